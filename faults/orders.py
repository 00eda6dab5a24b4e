"""The same release with its events delivered in every order, twice, or not at all.

A person acts as soon as what they see allows it; the event that this starts may reach the bot much
later. An order says which of the waiting events comes first. Two worlds that stand equal, with the
same deeds done and the same events waiting, are one: what follows is played once for both.
"""

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import permutations
from pathlib import Path

from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.hub import Event
from faults import story
from faults.harness import Harness
from faults.standing import Standing, differences, read_standing
from faults.world import World, copy_state

_SIZE = (2, 1)
_SCHEDULE = "schedule"
EVENTS = ("propose", "prove", "promote", "approve", "apply", _SCHEDULE)
"""Opened, evidence pushed, the command, both approvals, the merge, and the cron."""
_BY_HAND = "schedule by hand"
# The cron until what was lost is made good. Once a day it looks for what closed pull requests have
# left, too; started by hand it does at any hour.
_SCHEDULES = (_SCHEDULE, _SCHEDULE, _BY_HAND)


@dataclass(frozen=True, slots=True)
class Moment:
    """A world between two deliveries.

    Attributes:
        events: what has happened, by the deed that started it.
        heard: which of them the bot has heard of.
    """

    state: Path
    standing: Standing
    events: Mapping[str, tuple[Event, ...]]
    heard: frozenset[str]

    @property
    def key(self) -> tuple[object, ...]:
        """Return what two equal moments have in common."""
        return frozenset(self.standing.items()), frozenset(self.events), self.heard

    @property
    def waiting(self) -> frozenset[str]:
        """Return which events have happened, and the bot has not heard of."""
        return frozenset(self.events) - self.heard


@dataclass
class Orders:
    """Plays orders of deliveries; what was played once is not played again."""

    harness: Harness
    cast: story.Cast
    played: int = 0
    _moments: dict[tuple[object, ...], Moment] = field(default_factory=dict)
    _after: dict[tuple[tuple[object, ...], str], Moment] = field(default_factory=dict)

    def end(self, order: Sequence[str], lost: str = "") -> Standing:
        """Return how all stands once the events have come in `order`, but for the `lost` one.

        What waits longer than its place in the order comes as soon as it can. At the end the cron
        comes, as it does each hour, and once as it does each day.
        """
        moment, left = self._begin(), list(order)
        while following := next((name for name in left if name in moment.events), ""):
            left.remove(following)
            moment = self.deliver(moment, following, is_lost=following == lost)
        for schedule in _SCHEDULES:
            moment = self.deliver(moment, schedule)
            for name in EVENTS:
                if name in moment.waiting:
                    moment = self.deliver(moment, name)
        return moment.standing

    def deliver(self, moment: Moment, name: str, *, is_lost: bool = False) -> Moment:
        """Return the moment after an event has come, or been lost, and people have acted."""
        edge = (moment.key, f"-{name}" if is_lost else name)
        if edge not in self._after:
            self._after[edge] = self._played(moment, name, is_lost=is_lost)
        return self._after[edge]

    def _begin(self) -> Moment:
        first = ((), "")
        if first not in self._after:
            start = self.harness.folder / "orders" / "start"
            copy_state(self.harness.folder / "live", start)
            begun = Moment(start, {}, {_SCHEDULE: (), "": ()}, frozenset())
            self._after[first] = self._played(begun, "", is_lost=False)
        return self._after[first]

    def _played(self, moment: Moment, name: str, *, is_lost: bool) -> Moment:
        self.played += 1
        copy_state(moment.state, self.harness.folder / "live")
        world, _ = self.harness.open()
        try:
            if not is_lost:
                world.play(_woken(world, name) or moment.events[name])
            events = dict(moment.events)
            for deed in _possible(world, events.keys()):
                events[deed] = story.act(world, partial(story.STEPS[deed], self.cast))
            standing = read_standing(world)
        finally:
            world.close()
        return self._kept(Moment(moment.state, standing, events, moment.heard | {name}))

    def _kept(self, moment: Moment) -> Moment:
        """Return the earlier moment that is equal, or this one with its world put away."""
        if moment.key not in self._moments:
            state = self.harness.folder / "orders" / str(len(self._moments))
            copy_state(self.harness.folder / "live", state)
            self._moments[moment.key] = replace(moment, state=state)
        return self._moments[moment.key]


def _woken(world: World, name: str) -> tuple[Event, ...]:
    """Return the event of the schedule if `name` is one."""
    if name not in _SCHEDULES:
        return ()
    repository = world.repository
    sha = repository.git.find(repository.default_ref) or ""
    subject = {"workflow": "schedule.yml", "cron": "23 * * * *"}
    kind, nobody = {_BY_HAND: "workflow_dispatch"}.get(name, name), Caller("github-actions[bot]")
    return (Event(kind, "", repository, nobody, repository.default_ref, sha, subject),)


def _possible(world: World, done: Collection[str]) -> Iterator[str]:
    """Yield, one after the other, the deeds that people do now, by what they see."""
    for name, may_begin in _DEEDS.items():
        if name not in done and may_begin(world):
            yield name


def _status(context: str, world: World) -> bool:
    sql = "SELECT sha, state FROM statuses WHERE context = ? ORDER BY id DESC"
    rows = world.hub.store.rows(sql, context)
    heads = set(world.repository.git.refs("refs/heads/").values())
    return any(row["state"] == "success" for row in rows[:1] if row["sha"] in heads)


def _waits_for_approval(world: World) -> bool:
    sql = "SELECT * FROM comments WHERE body LIKE '%kind=call stage=production%'"
    return bool(world.hub.store.rows(sql))


def _may_promote(world: World) -> bool:
    return _status("envbot/candidate", world) and _status("envbot/evidence", world)


def _always(_world: World) -> bool:
    return True


_DEEDS: Mapping[str, Callable[[World], bool]] = {
    "propose": _always,
    "prove": _always,
    "promote": _may_promote,
    "approve": _waits_for_approval,
    "apply": partial(_status, "envbot/release"),
}


def all_orders() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield each case: its name, the order, and what is lost."""
    for order in permutations(EVENTS):
        yield " ".join(order), order, ""
    for name in EVENTS:
        for later in range(EVENTS.index(name) + 1, len(EVENTS) + 1):
            again = (*EVENTS[:later], name, *EVENTS[later:])
            yield f"{name} again after {later}", again, ""
    for name in EVENTS:
        yield f"without {name}", EVENTS, name


def play_orders() -> int:
    """Play every order, each event twice, and each lost; return how many end otherwise."""
    with tempfile.TemporaryDirectory(prefix="envbot-faults-") as folder, ExitStack() as ending:
        orders = begin_orders(Path(folder), ending)
        expected, wrong = orders.end(EVENTS), 0
        for number, (name, order, lost) in enumerate(all_orders(), 1):
            found = list(differences(orders.end(order, lost), expected, failed=False))
            wrong += bool(found)
            for one in found:
                print(f"FAILED {name}\n  {one}", flush=True)
            if number % 60 == 0:
                print(f"orders: {number} played, {orders.played} deliveries", flush=True)
    print(f"orders: {number} played by {orders.played} deliveries, {wrong} wrong", flush=True)
    return wrong


def begin_orders(folder: Path, ending: ExitStack) -> Orders:
    """Return what plays orders in a world of its own, which `ending` closes."""
    harness = Harness.at(folder)
    ending.callback(harness.close)
    story.begin(folder / "live", *_SIZE)
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    world, _ = harness.open()  # people look for the repository before anything is played
    cast = story.Cast(harness.servers, home)
    for login in ("ada", "marie", "lise", "grace"):
        cast[login]
    world.close()
    ending.callback(cast.close)
    return Orders(harness, cast)
