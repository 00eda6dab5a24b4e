"""Requires of Azure, before a merge, all that the merge would newly make production run."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from bot.core.asset_id import AssetId, is_same_asset, parse_asset_id
from bot.core.config.circuit import CircuitId
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.environment_state import refusal_of_version
from bot.core.refusal import Refusal
from bot.core.review import Review
from bot.errors import UserError
from bot.handlers.context import Context
from bot.handlers.environment_checks import why_unusable
from bot.handlers.plan_facts import model_tags_of
from bot.handlers.ports import Cloud

_STAGE = "production"
_NAMED = 10


class _Target(NamedTuple):
    """The model that a circuit does not run yet and would run after the merge."""

    circuit: CircuitId
    model_id: str

    @property
    def model(self) -> AssetId | None:
        return parse_asset_id(self.model_id)

    def __str__(self) -> str:
        return f"{self.circuit} would run `{self.model.label if self.model else self.model_id}`"


def require_versions(context: Context, cloud: Cloud, review: Review, author: str) -> None:
    """Return when production can get every environment version that the merge would make it run.

    Raises:
        UserError: a version is not in the registry (`ENV_NOT_FOUND`), or it cannot be run
            (`ENV_NOT_READY`, `ENV_IMAGE_GONE`).
        BotError: a call failed.
    """
    name, place = context.rules.platform.names.environment, context.rules.platform.release_place
    for version in sorted(review.target_versions):
        if cloud.environment(place, name, version) is None:
            raise UserError(_no_version(f"{name}:{version}", author))
        if objection := why_unusable(context, cloud, name, version):
            raise UserError(refusal_of_version(objection, f"{name}:{version}"))


def require_models(context: Context, cloud: Cloud, review: Review, author: str) -> None:
    """Return when production has every model that the merge would newly make a circuit run.

    Raises:
        UserError: it does not have one (`MODEL_NOT_FOUND`).
    """
    if absent := _absent_models(context, cloud, review.named_models):
        raise UserError(_no_models(absent, author))


def _absent_models(
    context: Context, cloud: Cloud, circuits: Collection[DesiredDeployment]
) -> tuple[_Target, ...]:
    """Return the targets that are not there: one read for each circuit and for each new model."""
    workers = context.rules.policy.apply.workers
    targets = _new_models(cloud, circuits, workers)
    tags = model_tags_of(cloud, _STAGE, {one.model_id for one in targets}, workers)
    absent = {model for model, found in tags.items() if found is None}
    return tuple(one for one in targets if one.model in absent)


def _new_models(
    cloud: Cloud, circuits: Collection[DesiredDeployment], workers: int
) -> tuple[_Target, ...]:
    """Return what would run anew. What runs now says of which model a version is meant."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        found = pool.map(
            lambda one: cloud.deployment(_STAGE, one.endpoint, one.deployment), circuits
        )
        pairs = list(zip(circuits, found, strict=True))
    return tuple(
        _Target(desired.circuit, model_id)
        for desired, live in pairs
        if (model_id := desired.model_after(live))
        and not is_same_asset(model_id, live.model_id if live else None)
    )


def _no_version(label: str, author: str) -> Refusal:
    return Refusal(
        code="ENV_NOT_FOUND",
        headline=f"{label} is not in the registry",
        facts=("Circuits of this pull request would run it.",),
        resolver=author,
        next="Promote that version first, or correct `environment_version`.",
    )


def _no_models(absent: Sequence[_Target], author: str) -> Refusal:
    others, left = len(absent) - 1, len(absent) - _NAMED
    more = f" (and {others:,} more)" if others else ""
    facts = [f"{one}." for one in absent[:_NAMED]]
    return Refusal(
        code="MODEL_NOT_FOUND",
        headline=f"{absent[0]}, which production does not have{more}",
        facts=(*facts, *((f"… and {left:,} more.",) if left > 0 else ())),
        resolver=author,
        next="Register the model in production, or correct `deployment.model_version`.",
    )
