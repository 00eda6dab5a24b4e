"""How a step of the release, or a scene, goes when nothing else is disturbed."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from bot.sandbox.azureml import timeline
from bot.sandbox.faults.plan import parse
from bot.sandbox.faults.wire import GITHUB, WireCall
from bot.sandbox.github.actions.records import jobs_of, list_runs
from bot.sandbox.github.hub import Event
from faults import story
from faults.harness import Harness
from faults.invariants import effect
from faults.scenes import Scene, Stage
from faults.standing import Standing, read_standing
from faults.world import World, copy_state, set_patience

_ENDED = re.compile(r"^Ended with code (-?\d+)\.$", re.MULTILINE)
_ONCE = re.compile(r"/providers/.*/(jobs|environments)/")


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """How a step goes when nothing goes wrong.

    Attributes:
        before: the world before anybody acts.
        start: the world before the bot hears of it.
        calls: all calls of the bot, in order.
        effects: how often something was done that must not be done twice.
    """

    step: str
    start: Path
    events: tuple[Event, ...]
    calls: tuple[WireCall, ...]
    standing: Standing
    effects: Counter[str]
    before: Path = field(default_factory=Path)

    @property
    def writes(self) -> frozenset[str]:
        """Return what is written to Azure."""
        return frozenset(effect(call) for call in self.calls)


class Ended(NamedTuple):
    """How one job ended: its code, and what it printed."""

    job: str
    code: int
    log: str


def record(
    harness: Harness, plants: int, circuits: int, edits: Mapping[str, str] = story.AS_IT_IS
) -> dict[str, Undisturbed]:
    """Play the whole release once, undisturbed; return its steps. `edits` are of the policy."""
    story.begin(harness.folder / "live", plants, circuits, edits)
    cast, found = story.Cast(harness.servers, harness.folder / "home"), {}
    for step in story.STEPS:
        found[step] = _recorded(harness, cast, step)
    cast.close()
    return found


def _recorded(harness: Harness, cast: story.Cast, step: str) -> Undisturbed:
    before, start = (harness.folder / f"{when}-{step}" for when in ("before", "start"))
    copy_state(harness.folder / "live", before)
    world, _ = harness.open()
    events = story.act(world, partial(story.STEPS[step], cast))
    world.close()
    copy_state(harness.folder / "live", start)
    world, _ = harness.open()
    try:
        world.play(events)
        told = [f"{one.job}: {one.log}" for one in ended_jobs(world) if one.code]
        if told:
            raise RuntimeError(f"{step} fails undisturbed: {told}")
        calls = tuple(world.wire.calls)
        standing = read_standing(world)
        return Undisturbed(step, start, events, calls, standing, effects(calls), before)
    finally:
        world.close()


def record_scene(harness: Harness, scene: Scene, before: Path) -> Undisturbed:
    """Play a scene with the bot as it is; what that leads to is what it shall lead to."""
    harness.restore(before, scene.seconds)
    home = harness.folder / "scene"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(harness.folder / "home", home)
    world, _ = harness.open()
    cast = story.Cast(harness.servers, home)
    events = story.act(world, partial(scene.deed, Stage(world, cast)))
    world.azure.put_setting(timeline.RUN_SECONDS, scene.seconds)
    cast.close()
    world.close()
    start = harness.folder / "start-scene"
    copy_state(harness.folder / "live", start)
    return replace(play_once(harness, scene, start, events), before=before)


def play_once(
    harness: Harness, scene: Scene, start: Path, events: tuple[Event, ...]
) -> Undisturbed:
    """Return how a scene goes from `start` once the bot hears of `events`."""
    world, _ = harness.open(plan=parse(scene.plan), rival=scene.rival)
    set_patience(world.state, scene.waits)
    try:
        world.play(events)
        calls = tuple(world.wire.calls)
        return Undisturbed(scene.step, start, events, calls, read_standing(world), effects(calls))
    finally:
        world.close()


def effects(calls: Sequence[WireCall]) -> Counter[str]:
    """Count what was done at the servers and must not be done twice."""
    return Counter(name for call in calls if call.is_applied for name in _effect(call))


def _effect(call: WireCall) -> Iterator[str]:
    created = call.status == HTTPStatus.CREATED
    if call.server == GITHUB and call.method == "POST" and call.path.endswith("/comments"):
        yield "comment"
    elif call.method == "PUT" and created and _ONCE.search(call.path):
        yield effect(call)


def ended_jobs(world: World) -> Iterator[Ended]:
    """Yield how each job that ran a process ended, the last of its attempts."""
    for run in list_runs(world.hub):
        for job in jobs_of(world.hub, run["id"]):
            log = world.state / "runs" / str(run["id"]) / f"{job['job']}.log"
            text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            if codes := _ENDED.findall(text):
                yield Ended(job["job"], int(codes[-1]), text)
