"""What a place does not allow, told before a hop is tried."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.core.config.promotion import RECREATE
from bot.core.problem import Problem
from bot.core.refusal import Refusal

_MOST_PLACES = 10
_PROVIDER = "Microsoft.MachineLearningServices"
REGISTRY_WRITE = f"{_PROVIDER}/registries/assets/write"
WORKSPACE_WRITE = f"{_PROVIDER}/workspaces/environments/versions/write"
_PLATFORM = "whoever looks after config/platform.yml"


class RegistryLimits(NamedTuple):
    """What Azure says of a registry.

    Attributes:
        is_private: its public network access is disabled.
        regions: where it is replicated to, the first of them included, as `region_of` writes them.
    """

    name: str
    is_private: bool
    regions: frozenset[str]


class Hop(NamedTuple):
    """One environment version on its way to a place.

    Attributes:
        key: the setting of `promotion` that names the strategy.
        to: the name of the registry or workspace.
        may_write: whether this run's identity may register there; None where Azure does not say.
        users: the region of each workspace that takes part, by stage.
        unpinned: what the environment's files leave open.
    """

    key: str
    strategy: str
    to: str
    registry: RegistryLimits | None
    may_write: bool | None
    users: Mapping[str, str]
    unpinned: tuple[Problem, ...]


def region_of(location: str) -> str:
    """Return a region in one spelling: Azure writes both `Canada Central` and `canadacentral`."""
    return location.replace(" ", "").lower()


def limit_of(hop: Hop) -> Refusal | None:
    """Return why a hop cannot succeed; None where nothing is known that would stop it.

    Sources: how-to-registry-network-isolation (creation in private registries), and
    how-to-manage-registries (regions).
    """
    if hop.may_write is False:
        return _forbidden(hop)
    recreates = hop.strategy == RECREATE
    if recreates and hop.unpinned:
        return unpinned_refusal(hop.unpinned)
    if hop.registry is None:
        return None
    if recreates and hop.registry.is_private:
        return _private(hop)
    missing = [
        s for s, region in hop.users.items() if region_of(region) not in hop.registry.regions
    ]
    return _region(hop, hop.registry, missing) if missing else None


def allows(permissions: Iterable[Mapping[str, Iterable[str]]], action: str) -> bool:
    """Tell whether one of the roles in `permissions`, as Azure lists them, allows `action`."""
    return any(
        _among(role.get("actions") or (), action)
        and not _among(role.get("notActions") or (), action)
        for role in permissions
    )


def _among(patterns: Iterable[str], action: str) -> bool:
    for pattern in patterns:
        parts = (re.escape(part) for part in pattern.split("*"))
        if re.fullmatch(".*".join(parts), action, re.IGNORECASE):
            return True
    return False


def unpinned_refusal(unpinned: tuple[Problem, ...]) -> Refusal:
    """Return the refusal of files that are not the same environment each time."""
    shown = tuple(str(problem) for problem in unpinned[:_MOST_PLACES])
    more = len(unpinned) - len(shown)
    return Refusal(
        code="RECREATE_UNPINNED",
        headline="what these files make tomorrow may be another environment",
        facts=(*shown, f"And {more} more.") if more else shown,
        resolver="the author of the change",
        next="Pin each of them and push, or let Azure copy the environment that was tested",
    )


def _forbidden(hop: Hop) -> Refusal:
    action = REGISTRY_WRITE if hop.registry else WORKSPACE_WRITE
    role = "AzureML Registry User" if hop.registry else "AzureML Data Scientist"
    return Refusal(
        code="PROMOTION_FORBIDDEN",
        headline=f"this job may not register environments in {hop.to}",
        facts=(f"`promotion.{hop.key}: {hop.strategy}` needs the right `{action}` there.",),
        resolver="whoever grants rights in Azure",
        next=f"Give the job's identity the role {role} on {hop.to}, and repeat the command",
    )


def _private(hop: Hop) -> Refusal:
    return Refusal(
        code="REGISTRY_PRIVATE",
        headline=f"nothing can be registered directly in the private registry {hop.to}",
        facts=(
            f"Its public network access is disabled, and `promotion.{hop.key}` is `recreate`.",
            "A private registry builds no images.",
        ),
        resolver=_PLATFORM,
        next=f"Write `{hop.key}: share` under `promotion` in config/platform.yml",
    )


def _region(hop: Hop, registry: RegistryLimits, missing: Iterable[str]) -> Refusal:
    places = tuple(f"The {s} workspace is in {region_of(hop.users[s])}." for s in missing)
    return Refusal(
        code="REGISTRY_REGION_MISSING",
        headline=f"the registry {registry.name} is not in every region that needs it",
        facts=(*places, f"It is replicated to {', '.join(sorted(registry.regions))}."),
        resolver="whoever looks after the registry",
        next="Add the region to the registry, or write `recreate` for that workspace",
    )
