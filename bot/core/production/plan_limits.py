"""What makes a plan wrong as a whole: found before any write, whatever single circuits say."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.core.asset_id import parse_asset_id
from bot.core.config.platform import Platform
from bot.core.config.platform_file import AZURE_QUOTAS, Quotas
from bot.core.config.policy import Policy
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.refusal import Refusal

# Azure ML, "Manage and increase quotas": names of endpoints and deployments.
_NAME = re.compile(r"(?=.{3,32}$)[A-Za-z](?:-?[A-Za-z0-9])*")

_AUTHOR = "the author of the change"

Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a plan.

    Attributes:
        circuits_gone_percent: largest share of live circuits that may lose their config.
        quotas: what Azure would refuse to exceed, half-way through an apply.
        retired: what lost its config by a commit of main that stayed within that share. envbot
            deletes nothing, so without this all that was ever retired would add up.
    """

    circuits_gone_percent: int
    quotas: Quotas = AZURE_QUOTAS
    retired: frozenset[Key] = frozenset()


def limits_of(platform: Platform, policy: Policy) -> Limits:
    """Return the bounds that the rules of a commit of main set."""
    return Limits(policy.apply.circuits_gone_percent, platform.quotas)


def broken_limits(
    desired: Sequence[DesiredDeployment],
    live: Collection[LiveDeployment],
    limits: Limits,
    endpoints: Collection[str] = (),
) -> tuple[Refusal, ...]:
    """Return every limit that the plan breaks; empty means it may go on.

    `endpoints` names those that exist, in lower case: one may hold no deployment.
    """
    named, present = _keys(desired), _keys(live)
    # Whose environment they run matters only where one has lost its config.
    ours = present if present <= named else _on_our_environments(desired, live)
    return (
        *_empty(desired),
        *_gone(named, ours, limits),
        *_duplicates(desired, named),
        *_bad_names(desired),
        *_quotas(named - present, present, limits.quotas, endpoints),
    )


def limits_broken_by_merge(
    base: Sequence[DesiredDeployment], merged: Sequence[DesiredDeployment], limits: Limits
) -> tuple[Refusal, ...]:
    """Return every limit that a merge would break, as far as git alone can tell.

    What main asks for stands for what is live. What is wrong on main already is not the merge's.
    """
    if [item.key for item in base] == [item.key for item in merged]:
        return ()
    live, named = _keys(base), _keys(merged)
    found = (
        *_empty(merged),
        *_gone(named, live, limits),
        *_duplicates(merged, named),
        *_bad_names(merged),
        *_quotas(named - live, live, limits.quotas, ()),
    )
    known = {*_duplicates(base, live), *_bad_names(base)}
    return tuple(one for one in found if one not in known)


def _empty(desired: Sequence[DesiredDeployment]) -> Iterable[Refusal]:
    if not desired:
        yield Refusal(
            code="NO_CIRCUITS",
            headline="there is no circuit config at all",
            facts=("An empty `config/plants/` would leave every deployment without a config.",),
            resolver=_AUTHOR,
            next="Restore the files under `config/plants/`.",
        )


def _keys(deployments: Iterable[DesiredDeployment | LiveDeployment]) -> frozenset[Key]:
    return frozenset(item.key for item in deployments)


def _on_our_environments(
    desired: Iterable[DesiredDeployment], live: Iterable[LiveDeployment]
) -> frozenset[Key]:
    environments = {item.environment for item in desired}
    return _keys(item for item in live if _environment_name(item) in environments)


def _gone(named: frozenset[Key], ours: frozenset[Key], limits: Limits) -> Iterable[Refusal]:
    if not named:
        return
    ours -= limits.retired - named
    gone = len(ours - named)
    if gone * 100 > limits.circuits_gone_percent * len(ours):
        yield Refusal(
            code="TOO_MANY_CIRCUITS_GONE",
            headline=f"{gone} of {len(ours)} live deployments have lost their config",
            facts=(f"Policy allows {limits.circuits_gone_percent} %.",),
            resolver=_AUTHOR,
            next="Restore the configs; or, if they shall stay away, delete their deployments in "
            "Azure, or raise `apply.circuits_gone_percent` in `config/policy.yml` by a pull "
            "request of its own.",
        )


def _environment_name(live: LiveDeployment) -> str:
    parsed = parse_asset_id(live.environment_id or "")
    return parsed.name if parsed else ""


def _duplicates(desired: Sequence[DesiredDeployment], named: frozenset[Key]) -> Iterable[Refusal]:
    if len(named) == len(desired):
        return
    shared = {key for key, count in Counter(item.key for item in desired).items() if count > 1}
    circuits = defaultdict(list)
    for item in desired:
        if item.key in shared:
            circuits[item.key].append(item)
    for same in circuits.values():
        names = ", ".join(str(item.circuit) for item in same)
        yield Refusal(
            code="DUPLICATE_DEPLOYMENT",
            headline=f"several circuits name `{same[0].endpoint}/{same[0].deployment}`",
            facts=(f"They are {names}.", "Azure ignores case in names."),
            resolver=_AUTHOR,
            next="Make the names differ: the circuit ids, or the templates in "
            "`config/platform.yml`.",
        )


def _bad_names(desired: Sequence[DesiredDeployment]) -> Iterable[Refusal]:
    names = {name for item in desired for name in (item.endpoint, item.deployment)}
    for name in sorted(name for name in names if not _NAME.fullmatch(name)):
        yield Refusal(
            code="BAD_NAME",
            headline=f"`{name}` cannot be the name of an endpoint or deployment",
            facts=("Azure ML wants 3-32 letters, digits and single dashes, a letter first.",),
            resolver=_AUTHOR,
            next="Correct the id of the circuit, or the templates in `config/platform.yml`.",
        )


def _quotas(
    new: frozenset[Key],
    live: frozenset[Key],
    quotas: Quotas,
    endpoints: Collection[str],
) -> Iterable[Refusal]:
    """Yield the quotas that `new` deployments would exceed; what is live proves a higher one."""
    if not new:
        return
    counts = Counter(endpoint for endpoint, _ in (*live, *new))
    for endpoint in sorted({endpoint for endpoint, _ in new}):
        if counts[endpoint] > quotas.deployments_per_endpoint:
            headline = f"endpoint `{endpoint}` would hold {counts[endpoint]} deployments"
            yield _over_quota(headline, "deployments_per_endpoint", quotas)
    if counts.total() > quotas.deployments:
        yield _over_quota(f"there would be {counts.total()} deployments", "deployments", quotas)
    existing = {*endpoints, *(endpoint for endpoint, _ in live)}
    if counts.keys() - existing and len(existing | counts.keys()) > quotas.endpoints:
        headline = f"there would be {len(existing | counts.keys())} endpoints"
        yield _over_quota(headline, "endpoints", quotas)


def _over_quota(headline: str, quota: str, quotas: Quotas) -> Refusal:
    return Refusal(
        code="QUOTA_EXCEEDED",
        headline=headline,
        facts=(f"The quota is {getattr(quotas, quota)}.",),
        resolver="the platform engineer",
        next=f"Ask Azure for a higher quota and write it to `quotas.{quota}` in "
        "`config/platform.yml`, or spread the circuits.",
    )
