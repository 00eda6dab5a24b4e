"""One case: a step of the release under a fault plan, run again, and judged."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bot.sandbox.azureml import timeline
from bot.sandbox.azureml.store import Store
from bot.sandbox.faults.plan import KILLS, Plan, parse
from bot.sandbox.faults.wire import GITHUB, Wire, WireCall
from bot.sandbox.github.actions.records import jobs_of, list_runs
from bot.sandbox.github.git import BareRepository
from bot.sandbox.github.hub import Event, Hub
from bot.sandbox.world import NAME, OWNER
from faults import story, zygote
from faults.invariants import Invariants, effect
from faults.scenes import Scene, Stage
from faults.servers import Servers, running_servers
from faults.silence import writes
from faults.standing import INTRUDER, Standing, differences, read_standing
from faults.world import IMPATIENCE, PATIENCE, World, copy_state, open_world, set_patience

_ENDED = re.compile(r"^Ended with code (-?\d+)\.$", re.MULTILINE)
_ONCE = re.compile(r"/providers/.*/(jobs|environments)/")
_TOLD = (0, 1, 100)
_KILLED = 137
RERUNS = 1
Rival = Callable[[BareRepository], None]


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a case; sound if nothing is wrong.

    Attributes:
        struck: how many of the plan's faults met a call.
        reruns: how often what failed was run again.
        codes: the exit codes of the disturbed run's jobs.
    """

    step: str
    plan: str
    wrong: tuple[str, ...]
    struck: int
    reruns: int
    codes: tuple[int, ...] = ()


class Ended(NamedTuple):
    """How one job ended: its code, and what it printed."""

    job: str
    code: int
    log: str


@dataclass
class Harness:
    """Servers, a zygote, and a folder whose `live` is the world of the moment."""

    folder: Path
    servers: Servers
    bot: zygote.Zygote
    ending: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def at(cls, folder: Path) -> "Harness":
        """Return a running harness; close it."""
        with ExitStack() as ending:
            servers = ending.enter_context(running_servers(folder))
            bot = zygote.start(folder)
            ending.callback(bot.stop)
            return cls(folder, servers, bot, ending.pop_all())

    def close(self) -> None:
        """End everything."""
        self.ending.close()

    def open(
        self, allowed: Iterable[str] = (), plan: Plan | None = None, rival: Rival | None = None
    ) -> "Watched":
        """Open the live world; writes to Azure that are not `allowed` are noted.

        Where the plan has a second writer, `rival` writes to the repository; without one, somebody
        writes to Azure.
        """
        invariants: list[Invariants] = []

        def wire(azure: Store, hub: Hub) -> Wire:
            watching = Invariants(azure, hub, frozenset(allowed))
            invariants.append(watching)
            return Wire(
                plan,
                kill=self.bot.kill_bot,
                before=watching.look,
                intrude=partial(rival, hub.repository(OWNER, NAME).git)
                if rival
                else partial(_intrude, azure, watching),
            )

        world = open_world(self.folder / "live", self.servers, self.bot.command, wire)
        return Watched(world, invariants[0])

    def restore(self, start: Path, seconds: float) -> None:
        """Make the live world what it was at the start of a step; model tests take `seconds`."""
        copy_state(start, self.folder / "live")
        store = Store(self.folder / "live")
        store.put_setting(timeline.RUN_SECONDS, seconds)
        store.close()


class Watched(NamedTuple):
    """An open world, and who watches it."""

    world: World
    invariants: Invariants


def _intrude(azure: Store, watching: Invariants) -> None:
    """Tag the last deployment of production, as somebody in the portal would."""
    found = [key for key in azure.resources() if "/deployments/" in key and "prod" in key]
    body = azure.get(found[-1]) or {}
    body["tags"] = {**(body.get("tags") or {}), INTRUDER: "somebody"}
    azure.put(found[-1], found[-1].rpartition("/")[0], body)
    watching.intruded(found[-1])


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
    return replace(_played(harness, scene, start, events), before=before)


def _played(harness: Harness, scene: Scene, start: Path, events: tuple[Event, ...]) -> Undisturbed:
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
    created = call.status == 201  # noqa: PLR2004 - Created
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


def play(
    harness: Harness, step: Undisturbed, plan: Plan, *, seconds: float = 0.0, most: int = RERUNS
) -> Verdict:
    """Play one case and judge it; it may need at most so many re-runs."""
    harness.restore(step.start, seconds)
    world, invariants = harness.open(step.writes, plan)
    if any(strike.fault not in KILLS for strike in plan.strikes):
        set_patience(world.state, IMPATIENCE)
    wrong: list[str] = []
    try:
        world.play(step.events)
        new = {one.log: one for one in ended_jobs(world)}
        wrong += _untold(new.values())
        codes = tuple(sorted(one.code for one in new.values() if one.code))
        struck = sum(1 for call in world.wire.calls if call.fault)
        world.wire.plan = Plan()
        world.operations.mend()
        set_patience(world.state, PATIENCE)
        reruns = _rerun(world, wrong, most)
        wrong += differences(read_standing(world), step.standing, failed=bool(codes))
        wrong += _repeated(effects(world.wire.calls), step.effects)
        wrong += _unquiet(world, step)
    except TimeoutError as error:
        return Verdict(step.step, str(plan), (str(error),), 0, 0)
    finally:
        world.close()
    wrong = [*invariants.broken, *wrong]
    return Verdict(step.step, str(plan), tuple(wrong), struck, reruns, codes)


def play_scene(harness: Harness, scene: Scene, expected: Undisturbed) -> tuple[str, ...]:
    """Play a recorded scene with the harness's bot; return what is otherwise than it should be."""
    harness.restore(expected.start, scene.seconds)
    found = _played(harness, scene, harness.folder / "live", expected.events)
    return (
        *differences(found.standing, expected.standing, failed=False),
        *_repeated(found.effects, expected.effects),
    )


def _unquiet(world: World, step: Undisturbed) -> Iterator[str]:
    """Deliver the step's last event once more: yield what that changes, which should be nothing."""
    before = len(world.wire.calls)
    world.play(step.events[-1:])
    for name in writes(world.wire.calls[before:]):
        yield f"written again, though all was done: {name}"


def _untold(jobs: Iterable[Ended]) -> Iterator[str]:
    """Yield each job that ended neither well nor with a sentence."""
    for one in jobs:
        if one.code == _KILLED:
            continue
        if one.code not in _TOLD or "Traceback" in one.log:
            yield f"job {one.job} ended with code {one.code}: {one.log[-600:]}"


def _rerun(world: World, wrong: list[str], most: int) -> int:
    reruns = 0
    while world.run_again():
        reruns += 1
        if reruns > most:
            still = [f"{one.job}: {one.log[-600:]}" for one in ended_jobs(world) if one.code]
            wrong.append(f"still failing after {most} re-runs: {still}")
            break
    return reruns


def _repeated(found: Counter[str], expected: Counter[str]) -> Iterator[str]:
    for name in sorted(found.keys() | expected.keys()):
        if found[name] != expected[name]:
            yield f"done {found[name]} times, not {expected[name]}: {name}"
