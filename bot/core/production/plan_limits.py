"""What makes a plan wrong as a whole: found before any write, whatever single circuits say."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.core.asset_id import parse_asset_id
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.refusal import Refusal

# Azure ML, "Manage and increase quotas": names of endpoints and deployments.
_NAME = re.compile(r"(?=.{3,32}$)[A-Za-z](?:-?[A-Za-z0-9])*")

_AUTHOR = "the author of the change"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a plan; the two quotas are Azure ML's defaults, and can be raised on request.

    Attributes:
        circuits_gone_percent: largest share of live circuits that may lose their config.
        deployments_per_endpoint: of all kinds.
        deployments_in_all: in one subscription and region.
    """

    circuits_gone_percent: int
    deployments_per_endpoint: int = 20
    deployments_in_all: int = 500


def broken_limits(
    desired: Sequence[DesiredDeployment], live: Collection[LiveDeployment], limits: Limits
) -> tuple[Refusal, ...]:
    """Return every limit that the plan breaks; empty means it may go on."""
    return (
        *_empty(desired),
        *_gone(desired, live, limits),
        *_duplicates(desired),
        *_bad_names(desired),
        *_quotas(desired, live, limits),
    )


def _empty(desired: Sequence[DesiredDeployment]) -> Iterable[Refusal]:
    if not desired:
        yield Refusal(
            code="NO_CIRCUITS",
            headline="there is no circuit config at all",
            facts=("An empty `config/plants/` would leave every deployment without a config.",),
            resolver=_AUTHOR,
            next="Restore the files under `config/plants/`.",
        )


def _gone(
    desired: Sequence[DesiredDeployment], live: Iterable[LiveDeployment], limits: Limits
) -> Iterable[Refusal]:
    if not desired:
        return
    environments = {item.environment for item in desired}
    named = {item.key for item in desired}
    ours = [item.key in named for item in live if _environment_name(item) in environments]
    gone = len(ours) - sum(ours)
    if gone * 100 > limits.circuits_gone_percent * len(ours):
        yield Refusal(
            code="TOO_MANY_CIRCUITS_GONE",
            headline=f"{gone} of {len(ours)} live deployments have lost their config",
            facts=(f"Policy allows {limits.circuits_gone_percent} %.",),
            resolver=_AUTHOR,
            next="Restore the configs, or raise `apply.circuits_gone_percent` in "
            "`config/policy.yml` by a pull request of its own.",
        )


def _environment_name(live: LiveDeployment) -> str:
    parsed = parse_asset_id(live.environment_id or "")
    return parsed.name if parsed else ""


def _duplicates(desired: Sequence[DesiredDeployment]) -> Iterable[Refusal]:
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
    desired: Sequence[DesiredDeployment], live: Iterable[LiveDeployment], limits: Limits
) -> Iterable[Refusal]:
    named = {item.key for item in desired}
    counts = Counter(endpoint for endpoint, _ in named)
    counts.update(item.key[0] for item in live if item.key not in named)
    for endpoint, count in sorted(counts.items()):
        if count > limits.deployments_per_endpoint:
            most = limits.deployments_per_endpoint
            yield _over_quota(f"endpoint `{endpoint}` would hold {count} deployments", most)
    if counts.total() > limits.deployments_in_all:
        headline = f"there would be {counts.total()} deployments"
        yield _over_quota(headline, limits.deployments_in_all)


def _over_quota(headline: str, most: int) -> Refusal:
    return Refusal(
        code="QUOTA_EXCEEDED",
        headline=headline,
        facts=(f"The quota is {most}.",),
        resolver="the platform engineer",
        next="Ask Azure for a higher quota, or spread the circuits.",
    )
