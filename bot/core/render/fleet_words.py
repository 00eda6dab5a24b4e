"""How the fleet is told: one sentence for all of it, and for each state what it means."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from bot.core.production.fleet_status import (
    NEEDS_SOMEBODY,
    CircuitStatus,
    FleetStatus,
    Release,
    State,
)
from bot.core.render.markdown import plural
from bot.core.render.plan import UNMANAGED_NEXT

_NAMED = 5  # circuits that are named where more have the same reason
_GOES_ON = "`/retry` on the merged pull request goes on."
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:/_-]+")


class Meaning(NamedTuple):
    """What a state says to people: a sign beside its word, what it means, and what to do."""

    sign: str
    says: str
    next: str


MEANINGS = {
    State.FAILING: Meaning(
        "✖", "Azure could not finish the last update.", "/retry on the merged pull request"
    ),
    State.DRIFTED: Meaning(
        "≠", "Somebody changed it outside of git.", "envbot drift says what, and by whom"
    ),
    State.HELD_BACK: Meaning(
        "■", "Main asks for something that may not be written.", "envbot plan says why"
    ),
    State.MISSING: Meaning(
        "○",
        "Main asks for it, it is not there, and no apply can make it.",
        "mend what is lacking, or remove its config",
    ),
    State.IN_PROGRESS: Meaning("…", "Azure is working on it now.", "wait, then look again"),
    State.WAITING: Meaning(
        "→", "Main asks for something else; no apply has written it yet.", "envbot plan"
    ),
    State.NOT_MANAGED: Meaning(
        "·", "It has no environment of its own, so envbot leaves it alone.", UNMANAGED_NEXT
    ),
    State.AS_ASKED: Meaning("✓", "It runs what main asks for.", ""),
}


def headline(fleet: FleetStatus) -> str:
    """Return the answer in one sentence without a full stop: who is needed, or that nobody is."""
    total = plural(len(fleet.circuits), "circuit")
    if not fleet.circuits:
        return "Main has no circuits"
    if wrong := sum(fleet.counts[state] for state in NEEDS_SOMEBODY):
        return f"{wrong:,} of {total} {'needs' if wrong == 1 else 'need'} somebody"
    if fleet.errors:
        return "Main cannot be applied"
    if waiting := len(fleet.unlike) - fleet.counts[State.NOT_MANAGED]:
        return f"{waiting:,} of {total} {'is' if waiting == 1 else 'are'} not yet as main asks"
    if unmanaged := fleet.counts[State.NOT_MANAGED]:
        return (
            f"{len(fleet.circuits) - unmanaged:,} of {total} run what main asks for; "
            f"{unmanaged:,} {'is' if unmanaged == 1 else 'are'} not managed"
        )
    all_of_them = "The one circuit runs" if len(fleet.circuits) == 1 else f"All {total} run"
    return f"{all_of_them} what main asks for"


def notices(fleet: FleetStatus) -> Iterator[str]:
    """Yield what goes on around the circuits, one sentence each, the most urgent first."""
    for error in fleet.errors:
        yield f"Nothing can be applied: {error.headline}. {error.next}"
    for ref in fleet.unreadable:
        yield f"`{ref}` holds nothing that envbot can read; delete the ref once no run is writing."
    if fleet.writer:
        run = _page(fleet.writer.owner) or "somebody outside of Actions"
        yield (
            f"Production is held by {run} until {moment(fleet.writer.expires_at)}. "
            f"If that run has ended, {_GOES_ON}"
        )
    if fleet.release and fleet.release.left:
        yield _incomplete(fleet.release) + ("" if fleet.writer else f" {_GOES_ON}")
    if fleet.orphans:
        yield f"{plural(len(fleet.orphans), 'deployment')} without a config; nothing deletes them."


def _incomplete(release: Release) -> str:
    total, run = plural(release.total, "deployment"), _page(release.run)
    return (
        f"An apply of this main is not complete: {release.left:,} of {total} "
        f"{'is' if release.left == 1 else 'are'} not as asked" + (f" ({run})." if run else ".")
    )


def _page(run: str) -> str:
    """Return the address of a run, and nothing of another form: any writer can write the ref."""
    return run if _ADDRESS.fullmatch(run) else ""


def alike(circuits: Iterable[CircuitStatus]) -> list[tuple[str, Sequence[CircuitStatus]]]:
    """Return the circuits by equal reason, the rarest reason first."""
    grouped: dict[str, list[CircuitStatus]] = defaultdict(list)
    for one in circuits:
        grouped[one.reason].append(one)
    return sorted(grouped.items(), key=lambda item: (len(item[1]), item[1][0].circuit))


def pinned(fleet: FleetStatus) -> str:
    """Return at which versions of their own circuits hold production; empty where none does."""
    found = Counter(one.wants for one in fleet.circuits if one.pinned)
    if not found:
        return ""
    versions = ", ".join(f"{count:,} at {version}" for version, count in sorted(found.items()))
    return f"{plural(found.total(), 'circuit')} pinned: {versions}"


def names(circuits: Sequence[CircuitStatus]) -> str:
    """Return the names of the first few circuits, and how many more there are."""
    named = ", ".join(str(one.circuit) for one in circuits[:_NAMED])
    left = len(circuits) - _NAMED
    return f"{named} and {left:,} more" if left > 0 else named


def moment(at: datetime) -> str:
    """Return a time in UTC, to the minute."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
