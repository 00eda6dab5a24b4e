"""`python -m faults`: disturbs a release in every way, with a line that repeats what failed."""

import argparse
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from bot.sandbox.faults.plan import parse
from faults.bug_hunt import play_bugs
from faults.campaign import WATCHED_SECONDS, Case, by_chance, kills, kinds, singles
from faults.case import RERUNS, Verdict, play
from faults.harness import Harness
from faults.orders import play_orders
from faults.recording import Undisturbed, record

STEPS = ("promote", "approve", "apply")
SEEDS = 300
LARGE = 50
_PORTION = 5  # cases between two lines of progress


class Player:
    """One harness with its recording, in a process of its own."""

    def __init__(self, plants: int, circuits: int) -> None:
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="envbot-faults-"))
            self.harness = Harness.at(Path(folder))
            stack.callback(self.harness.close)
            self.steps = record(self.harness, plants, circuits)
            self._end = stack.pop_all()

    def play(self, case: Case, most: int = RERUNS) -> Verdict:
        """Play one case, which may need at most so many re-runs."""
        step = self.steps[case.step]
        return play(self.harness, step, case.plan, seconds=case.seconds, most=most)

    def close(self) -> None:
        """End it."""
        self._end.close()


_PLAYERS: list[Player] = []
Cases = Callable[[Mapping[str, Undisturbed], argparse.Namespace], Iterator[Case]]


def _kills(steps: Mapping[str, Undisturbed], asked: argparse.Namespace) -> Iterator[Case]:
    return (case for name in asked.step for case in kills(steps[name]))


def _kinds(steps: Mapping[str, Undisturbed], asked: argparse.Namespace) -> Iterator[Case]:
    return (case for name in asked.step for case in kinds(steps[name]))


def _singles(steps: Mapping[str, Undisturbed], asked: argparse.Namespace) -> Iterator[Case]:
    return (case for name in asked.step for case in singles(steps[name]))


def _seeds(steps: Mapping[str, Undisturbed], asked: argparse.Namespace) -> Iterator[Case]:
    chosen = {name: steps[name] for name in asked.step}
    numbers = range(asked.first, asked.first + asked.count)
    return (by_chance(number, chosen) for number in numbers)


def _large(steps: Mapping[str, Undisturbed], asked: argparse.Namespace) -> Iterator[Case]:
    return (by_chance(number, {"apply": steps["apply"]}) for number in range(asked.large))


@dataclass(frozen=True, slots=True)
class Campaign:
    """Cases of one kind.

    Attributes:
        size: how many endpoints with how many deployments each; None is what was asked for.
        most: the re-runs that a case may need.
    """

    cases: Cases
    size: tuple[int, int] | None = None
    most: int = RERUNS


CAMPAIGNS: Mapping[str, Campaign] = {
    "kills": Campaign(_kills, size=(2, 5)),
    "kinds": Campaign(_kinds),
    "singles": Campaign(_singles),
    "seeds": Campaign(_seeds),
    "large": Campaign(_large, size=(20, 10), most=2),
}
ALONE: Mapping[str, Callable[[], int]] = {"bugs": play_bugs, "orders": play_orders}


def _begin(plants: int, circuits: int) -> None:
    _PLAYERS.append(Player(plants, circuits))


def _portion(asked: argparse.Namespace, campaign: str, numbers: range) -> list[Verdict]:
    """Play those cases of a campaign; runs in a worker."""
    player, found = _PLAYERS[0], CAMPAIGNS[campaign]
    cases = list(found.cases(player.steps, asked))
    return [player.play(cases[number], found.most) for number in numbers if number < len(cases)]


def _run(asked: argparse.Namespace) -> int:
    alone = [ALONE[name]() for name in asked.campaign if name in ALONE]
    played = [_campaign(asked, name) for name in asked.campaign if name in CAMPAIGNS]
    return 1 if sum(alone) + sum(played) else 0


def _campaign(asked: argparse.Namespace, name: str) -> int:
    """Play a campaign from where it was left; return how many cases went wrong."""
    spawning = multiprocessing.get_context("spawn")
    size = CAMPAIGNS[name].size or (asked.plants, asked.circuits)
    wrong, started = 0, monotonic()
    with ProcessPoolExecutor(asked.workers, spawning, _begin, size) as pool:
        for done, verdicts in _verdicts(pool, asked, name):
            wrong += sum(_tell(verdict, size) for verdict in verdicts)
            _keep_place(asked, name, done)
            elapsed = monotonic() - started
            print(f"{name}: {done} played, {wrong} wrong, {elapsed:.0f} s", flush=True)
    return wrong


def _verdicts(
    pool: ProcessPoolExecutor, asked: argparse.Namespace, campaign: str
) -> Iterator[tuple[int, list[Verdict]]]:
    """Yield the verdicts of a campaign in order, portion by portion, and how many that makes."""
    total = pool.submit(_size, asked, campaign).result()
    starts = range(_place(asked, campaign), total, _PORTION)
    portions = [range(start, min(start + _PORTION, total)) for start in starts]
    futures = [pool.submit(_portion, asked, campaign, numbers) for numbers in portions]
    for numbers, future in zip(portions, futures, strict=True):
        yield numbers.stop, future.result()


def _size(asked: argparse.Namespace, campaign: str) -> int:
    return sum(1 for _ in CAMPAIGNS[campaign].cases(_PLAYERS[0].steps, asked))


def _places(asked: argparse.Namespace) -> dict[str, int]:
    if asked.resume is None or not asked.resume.exists():
        return {}
    return dict(json.loads(asked.resume.read_text(encoding="utf-8")))


def _place(asked: argparse.Namespace, campaign: str) -> int:
    return _places(asked).get(campaign, 0)


def _keep_place(asked: argparse.Namespace, campaign: str, done: int) -> None:
    if asked.resume:
        places = {**_places(asked), campaign: done}
        asked.resume.write_text(json.dumps(places), encoding="utf-8")


def _tell(verdict: Verdict, size: tuple[int, int]) -> bool:
    if not verdict.wrong:
        return False
    print(f"FAILED {verdict.step} {verdict.plan}", file=sys.stderr)
    for one in verdict.wrong:
        print(f"  {one}", file=sys.stderr)
    options = f"--plants {size[0]} --circuits {size[1]}"
    again = f"python -m faults {options} --case {verdict.step} '{verdict.plan}'"
    print(f"  again: {again}", file=sys.stderr, flush=True)
    return True


def main() -> int:
    """Play as the command line says; return 1 if anything was wrong."""
    asked = _asked()
    return _one(asked) if asked.case else _run(asked)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    known = [*CAMPAIGNS, *ALONE]
    usual = ["kills", "seeds", "large", "bugs", "orders"]
    told = f"of {', '.join(known)}; if none, {', '.join(usual)}"
    parser.add_argument("campaign", nargs="*", help=told)
    parser.add_argument("--plants", type=int, default=2, help="how many endpoints")
    parser.add_argument("--circuits", type=int, default=2, help="deployments of each")
    parser.add_argument("--step", nargs="*", default=list(STEPS), help="steps of the release")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=SEEDS, help="how many seeds")
    parser.add_argument("--large", type=int, default=LARGE, help="how many with 200 deployments")
    parser.add_argument("--workers", type=int, default=2, help="how many processes")
    parser.add_argument("--resume", type=Path, help="file that keeps the place")
    parser.add_argument("--case", nargs=2, metavar=("STEP", "PLAN"), help="play one case")
    asked = parser.parse_args()
    if unknown := set(asked.campaign) - set(known):
        parser.error(f"no such campaign: {', '.join(sorted(unknown))}")
    asked.campaign = asked.campaign or usual
    return asked


def _one(asked: argparse.Namespace) -> int:
    player = Player(asked.plants, asked.circuits)
    try:
        step, plan = asked.case
        verdict = player.play(Case(step, parse(plan), WATCHED_SECONDS if "," in plan else 0.0))
    finally:
        player.close()
    print(f"{verdict.struck} struck, {verdict.reruns} re-runs, exit codes {verdict.codes}")
    return int(_tell(verdict, (asked.plants, asked.circuits)))
