"""How a release spreads over production: all at once, or a few deployments first."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import TypeAlias

from bot.core.config.policy import ApplyPolicy
from bot.core.production.action import Action
from bot.core.production.apply_report import Outcome, OutcomeKind
from bot.core.production.deployment import RELEASE_TAG

Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wave:
    """Updates that are written together; `number` counts from 1 up to `total`."""

    number: int
    total: int
    actions: tuple[Action, ...]

    @property
    def label(self) -> str:
        """Return the wave as people read it; empty where there is only one."""
        return f"wave {self.number} of {self.total}" if self.total > 1 else ""


def waves(
    updates: Iterable[Action], whole: Collection[Key], policy: ApplyPolicy
) -> tuple[Wave, ...]:
    """Return the waves that hold something to write, in their order.

    Waves are cut from the `whole` release, not from what is left of it: a run that goes on after a
    crash finds every deployment in the wave that it was in, and begins where the first one stopped.
    With `canary` the first holds `canary_size` deployments, the second `canary_percent` of all, the
    third the rest; each takes one deployment of every plant before a second of any.
    """
    updates = tuple(updates)
    spread = _spread({*whole, *(action.key for action in updates)})
    ends = _ends(len(spread), policy)
    wave_of = {key: sum(place >= end for end in ends) for place, key in enumerate(spread)}
    total = len(ends) + 1
    cut = [
        Wave(number + 1, total, tuple(one for one in updates if wave_of[one.key] == number))
        for number in range(total)
    ]
    return tuple(wave for wave in cut if wave.actions)


def runs_already(actions: Iterable[Action], releases: Collection[str]) -> frozenset[Key]:
    """Return which deployments of a plan a release has written before, by Azure's word alone.

    Our tag says so. A journal would, too, but any writer can rewrite one, and one that names
    thousands of other deployments would leave nothing for the first waves.
    """
    return frozenset(
        action.key
        for action in actions
        if action.live and action.live.tags.get(RELEASE_TAG) in releases
    )


def why_stop(wave: Wave, outcomes: Collection[Outcome]) -> str:
    """Return why nothing after `wave` may begin; empty when it went well.

    It went well when at least one deployment was read back as it should be and none failed. One
    that somebody changed meanwhile is skipped, which says nothing about the release.
    """
    kinds = [outcome.kind for outcome in outcomes]
    failed = sum(kind in (OutcomeKind.FAILED, OutcomeKind.NOT_STARTED) for kind in kinds)
    if failed:
        return f"{failed} of {len(kinds)} in {wave.label} did not succeed"
    if OutcomeKind.DONE not in kinds:
        return f"{wave.label} showed nothing: all of it was skipped"
    return ""


def wave_line(label: str, kinds: Collection[OutcomeKind]) -> str:
    """Return how a wave ended, as one line of a log or a comment."""
    counts = [(kind, sum(one is kind for one in kinds)) for kind in OutcomeKind]
    return f"{label}: " + ", ".join(f"{count:,} {kind}" for kind, count in counts if count)


def _ends(count: int, policy: ApplyPolicy) -> tuple[int, ...]:
    """Return where in `count` deployments every wave but the last ends."""
    if policy.waves == "all":
        return ()
    first = policy.canary_size
    second = max(first, -(-count * policy.canary_percent // 100))
    return tuple(end for end in sorted({first, second}) if end < count)


def _spread(keys: Collection[Key]) -> list[Key]:
    """Return the keys so that every endpoint comes up once before any comes up twice."""
    endpoints: dict[str, list[Key]] = defaultdict(list)
    for key in sorted(keys):
        endpoints[key[0]].append(key)
    return list(_present(chain.from_iterable(zip_longest(*endpoints.values()))))


def _present(keys: Iterable[Key | None]) -> Iterator[Key]:
    return (key for key in keys if key is not None)
