"""One case: a step of the release under a fault plan, run again, and judged."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.sandbox.faults.plan import KILLS, Fault, Plan
from faults.harness import Harness
from faults.recording import Ended, Undisturbed, effects, ended_jobs, play_once
from faults.scenes import Scene
from faults.silence import writes
from faults.standing import differences, read_standing
from faults.world import IMPATIENCE, PATIENCE, World, set_patience

_TOLD = (0, 1, 100)
_KILLED = 137
_SAID = 400  # bytes of a body that a failed case shows
RERUNS = 1


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
        done = effects(world.wire.calls)
        if any(strike.fault is Fault.STALE for strike in plan.strikes):
            # Who is shown an old list writes a second comment, which the next look takes away.
            done["comment"] = step.effects["comment"]
        wrong += _repeated(done, step.effects)
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
    found = play_once(harness, scene, harness.folder / "live", expected.events)
    return (
        *differences(found.standing, expected.standing, failed=False),
        *_repeated(found.effects, expected.effects),
    )


def _unquiet(world: World, step: Undisturbed) -> Iterator[str]:
    """Deliver the step's last event once more: yield what that changes, which should be nothing."""
    before = len(world.wire.calls)
    world.play(step.events[-1:])
    for call in writes(world.wire.calls[before:]):
        said = call.body[:_SAID].decode(errors="replace")
        yield f"written again, though all was done: {call.name} {said}"


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
