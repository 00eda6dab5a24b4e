"""Carries the head's environment from place to place, as config/platform.yml says."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from bot.core.config.platform import PRODUCTION_REGISTRY, REGISTRY, Platform
from bot.core.config.promotion import RECREATE
from bot.core.environment import EnvironmentSpec, RegisteredEnvironment
from bot.core.facts.unpinned import unpinned_sources
from bot.core.promotion_limits import (
    REGISTRY_WRITE,
    WORKSPACE_WRITE,
    Hop,
    RegistryLimits,
    limit_of,
)
from bot.core.refusal import Refusal
from bot.core.review import Review
from bot.core.source_record import SourceRecord
from bot.core.tree import subtree
from bot.errors import BotError, UserError
from bot.handlers.candidate_image import is_content
from bot.handlers.context import Context
from bot.handlers.ports import Cloud
from bot.handlers.source_records import read_source, write_source

_SHARE, _TEST = "share", "test"


class _Step(NamedTuple):
    """One hop: `version` of the environment to `place`, which the workspaces `users` need."""

    key: str
    strategy: str
    place: str
    version: str
    users: tuple[str, ...]


def carry_candidate(context: Context, cloud: Cloud, review: Review) -> RegisteredEnvironment:
    """Return the candidate as the registry has it, carried there unless it is there already.

    What this and the later hops need is looked at first, so that nothing is tried which cannot
    come to its end.

    Raises:
        UserError: a place does not allow it, or holds other content; nothing was carried.
        BotError: a call failed.
    """
    platform = context.rules.platform
    candidate = _candidate(platform, review)
    later = [_release(platform, review)] if platform.production_registry else []
    if platform.promotion.registry_to_test == RECREATE:
        later.append(_test(review))
    for step in (candidate, *later):
        _require_possible(context, cloud, review, step)
    return _carry(context, cloud, review, candidate)


def carry_to_test(context: Context, cloud: Cloud, review: Review) -> None:
    """Make the candidate usable in the test workspace, where referring to it is not enough.

    Raises:
        UserError: the workspace holds other content.
        BotError: a call failed.
    """
    if context.rules.platform.promotion.registry_to_test == RECREATE:
        _carry(context, cloud, review, _test(review))


def carry_release(context: Context, cloud: Cloud, review: Review) -> RegisteredEnvironment:
    """Return the final version as production's registry has it; made of the tested candidate.

    Raises:
        UserError: the registry does not allow it, or holds other content; nothing was carried.
        BotError: a call failed.
    """
    step = _release(context.rules.platform, review)
    _require_possible(context, cloud, review, step)
    return _carry(context, cloud, review, step)


def _candidate(platform: Platform, review: Review) -> _Step:
    hops, users = platform.promotion, ["test"]
    if not platform.production_registry:
        users.append("production")
    needing = _users(platform, hops.workspace_to_registry, users)
    key = "workspace_to_registry"
    return _Step(key, hops.workspace_to_registry, REGISTRY, review.candidate, needing)


def _release(platform: Platform, review: Review) -> _Step:
    two, strategy = bool(platform.production_registry), platform.promotion.release
    key = "dev_registry_to_production_registry" if two else "workspace_to_registry"
    needing = _users(platform, strategy, ["production"])
    return _Step(key, strategy, platform.release_place, review.content.version, needing)


def _test(review: Review) -> _Step:
    return _Step("registry_to_test", RECREATE, _TEST, review.candidate, ())


def _users(platform: Platform, strategy: str, stages: list[str]) -> tuple[str, ...]:
    """Return the workspaces that the registry has to be near: who shares, and who refers."""
    hops = {
        "test": platform.promotion.registry_to_test,
        "production": platform.promotion.registry_to_production,
    }
    sharing = ("dev",) if strategy == _SHARE else ()
    return (*sharing, *(stage for stage in stages if hops[stage] != RECREATE))


def _require_possible(context: Context, cloud: Cloud, review: Review, step: _Step) -> None:
    """Require what a hop needs that is still to be made; one that was made needs nothing.

    Raises:
        UserError: its place does not allow it.
    """
    name = review.content.environment
    if cloud.environment(step.place, name, step.version) is not None:
        return
    registry = _registry_limits(cloud, step.place)
    hop = Hop(
        key=step.key,
        strategy=step.strategy,
        to=registry.name if registry else f"the {step.place} workspace",
        registry=registry,
        may_write=cloud.may_do(step.place, REGISTRY_WRITE if registry else WORKSPACE_WRITE),
        users={stage: cloud.region(stage) for stage in step.users},
        unpinned=unpinned_sources(review.sources.head) if step.strategy == RECREATE else (),
    )
    if refusal := limit_of(hop):
        raise UserError(refusal)
    for line in _notes(hop):
        context.reporter.step(line)


def _registry_limits(cloud: Cloud, place: str) -> RegistryLimits | None:
    return cloud.registry_limits(place) if place in {REGISTRY, PRODUCTION_REGISTRY} else None


def _notes(hop: Hop) -> Iterator[str]:
    if hop.registry and hop.registry.is_private:
        yield (
            f"{hop.to} is private: this run must be inside its network, and the storage account of "
            "the dev workspace must let the registry in (docs/topologies.md)."
        )
    if hop.may_write is None:
        yield f"Azure does not say what this job may do at {hop.to}."


def _carry(context: Context, cloud: Cloud, review: Review, step: _Step) -> RegisteredEnvironment:
    name = review.content.environment
    if step.strategy == RECREATE:
        made = _recreate(cloud, review, step)
    else:
        made = _share(context, cloud, review, step)
    context.reporter.step(f"{name}:{made.version} is in {_place_name(step.place)}{_doubt(made)}")
    return made


def _share(context: Context, cloud: Cloud, review: Review, step: _Step) -> RegisteredEnvironment:
    """Copy the candidate; what it is copied from is written down first, should Azure drop it."""
    platform, content = context.rules.platform, review.content
    name, dev = content.environment, platform.workspace_id("dev")
    place = (platform.registry_at(step.place), name, step.version)
    recorded = read_source(context, *place)
    if cloud.environment(step.place, name, step.version) is None:
        source = f"{dev}/environments/{name}/versions/{review.candidate}"
        recorded = SourceRecord(source, content.env_digest)
        write_source(context, *place, recorded)
    return cloud.share(
        name,
        review.candidate,
        as_version=step.version,
        to=step.place,
        recorded=recorded.source if recorded else "",
    )


def _doubt(made: RegisteredEnvironment) -> str:
    return f"; not comparable: {made.not_comparable}" if made.not_comparable else ""


def _recreate(cloud: Cloud, review: Review, step: _Step) -> RegisteredEnvironment:
    """Register the head's files, which are those of the candidate that dev holds."""
    candidate = _dev_candidate(cloud, review)
    spec = replace(_spec(review), tags=candidate.tags)
    files = subtree(review.sources.head, "environment")
    made = cloud.recreate(step.place, spec, files, version=step.version)
    if made.asset_digest != candidate.asset_digest:
        raise UserError(_other_content(made, candidate))
    return made


def _dev_candidate(cloud: Cloud, review: Review) -> RegisteredEnvironment:
    content = review.content
    found = cloud.environment("dev", content.environment, review.candidate)
    if found is None or not is_content(found, content):
        raise UserError(_no_candidate(f"{content.environment}:{review.candidate}"))
    return found


def _spec(review: Review) -> EnvironmentSpec:
    if review.after is None:
        raise BotError("environment/environment.yml of the head cannot be read.")
    return review.after


def _place_name(place: str) -> str:
    names = {REGISTRY: "the registry", PRODUCTION_REGISTRY: "the production registry"}
    return names.get(place, place)


def _no_candidate(label: str) -> Refusal:
    return Refusal(
        code="ENV_NOT_FOUND",
        headline=f"`{label}` is not registered in dev",
        facts=("Only what is registered and tried out there is registered anew elsewhere.",),
        resolver="the author of the change",
        next="Push the pull request's head again, so that its candidate is registered.",
    )


def _other_content(made: RegisteredEnvironment, candidate: RegisteredEnvironment) -> Refusal:
    return Refusal(
        code="ENV_CONTENT_DIFFERS",
        headline=f"`{made.name}:{made.version}` in {_place_name(made.place)} is not the candidate",
        facts=(f"Azure returns other settings for it than for {candidate.version} in dev.",),
        resolver="the author of the change",
        next="Raise `version` in environment/environment.yml and push.",
    )
