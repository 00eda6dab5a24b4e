"""What a plan holds for one deployment."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core import asset_id
from bot.core.asset_id import AssetId
from bot.core.config.circuit import CircuitId
from bot.core.production.blueprint import Blueprint, NewDeployment
from bot.core.production.deployment import LiveDeployment, deployment_key


class ActionKind(StrEnum):
    """What the plan holds for one deployment; only CREATE and UPDATE are ever written."""

    CREATE = "create"  # desired, not there, and the template says how to make it
    UPDATE = "update"
    UNCHANGED = "unchanged"
    MISSING = "missing"  # desired and not there, and something is lacking to make it
    ORPHAN = "orphan"  # on our environment, but no config names it; never deleted
    NOT_MANAGED = "not_managed"  # a pipeline component, or nothing that follows our environment
    DRIFTED = "drifted"  # changed outside of git; left alone, unless policy enforces main
    UNAPPROVED = "unapproved"  # no valid gate explains the desired value
    REFUSED = "refused"


WRITTEN = (ActionKind.CREATE, ActionKind.UPDATE)


@dataclass(frozen=True, slots=True)
class Action:
    """One deployment of the plan.

    Attributes:
        circuit: None when no config names the deployment.
        code: why it is refused, a heading of `docs/errors.md`; empty for every other kind.
        reason: one sentence for people.
        environment_id: what it should run on; None when nothing is desired.
        model_id: the model it should run; the live one when the config leaves it open.
        live: what the plan saw, and the write must find again; None where nothing was there.
        blueprint: what a CREATE makes it of; None for every other kind.
    """

    kind: ActionKind
    endpoint: str
    deployment: str
    circuit: CircuitId | None
    code: str
    reason: str
    environment_id: str | None
    model_id: str | None
    live: LiveDeployment | None
    blueprint: Blueprint | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Return what the plan is sorted by: the key of the deployment, live or desired."""
        return self.live.key if self.live else deployment_key(self.endpoint, self.deployment)

    @property
    def essence(self) -> list[object]:
        """Return what makes two actions the same to an apply; words for people are left out."""
        live = self.live
        seen = live and [
            _identity(live.environment_id),
            _identity(live.model_id),
            dict(live.tags),
            live.rest_digest,
        ]
        desired = [_identity(self.environment_id), _identity(self.model_id)]
        made_of = self.blueprint and self.blueprint.digest
        return [self.kind, self.code, *self.key, desired, seen, made_of]


def new_deployment(action: Action, tags: Mapping[str, str]) -> NewDeployment:
    """Return what a CREATE makes.

    Raises:
        ValueError: the action is of another kind.
    """
    if not (action.environment_id and action.model_id and action.blueprint):
        message = f"{action.endpoint}/{action.deployment} is not to be created"
        raise ValueError(message)
    return NewDeployment(
        endpoint=action.endpoint,
        deployment=action.deployment,
        environment_id=action.environment_id,
        model_id=action.model_id,
        tags=tags,
        blueprint=action.blueprint,
    )


def _identity(text: str | None) -> object:
    parsed: AssetId | None = asset_id.parse_asset_id(text) if text else None
    return [parsed.place, parsed.name, parsed.version] if parsed else text
