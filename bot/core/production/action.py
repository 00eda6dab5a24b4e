"""What a plan holds for one deployment."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core import asset_id
from bot.core.asset_id import AssetId
from bot.core.config.circuit import CircuitId
from bot.core.production.deployment import LiveDeployment, deployment_key


class ActionKind(StrEnum):
    """What the plan holds for one deployment; only UPDATE is ever written."""

    UPDATE = "update"
    UNCHANGED = "unchanged"
    MISSING = "missing"  # desired, but there is no such deployment
    ORPHAN = "orphan"  # on our environment, but no config names it; never deleted
    NOT_MANAGED = "not_managed"  # a pipeline component, or nothing that follows our environment
    UNAPPROVED = "unapproved"  # no valid gate explains the desired value
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Action:
    """One deployment of the plan.

    Attributes:
        circuit: None when no config names the deployment.
        code: why it is refused, a heading of `docs/errors.md`; empty for every other kind.
        reason: one sentence for people.
        environment_id: what it should run on; None when nothing is desired.
        model_id: the model it should run; the live one when the config leaves it open.
        live: what the plan saw, and the write must find again.
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
        return [self.kind, self.code, *self.key, desired, seen]


def _identity(text: str | None) -> object:
    parsed: AssetId | None = asset_id.parse_asset_id(text) if text else None
    return [parsed.place, parsed.name, parsed.version] if parsed else text
