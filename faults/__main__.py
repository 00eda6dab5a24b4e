"""`python -m faults`: disturbs a release in every way, with a line that repeats what failed."""

import argparse
import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

from bot.sandbox.faults.plan import parse
from faults.campaign import WATCHED_SECONDS, Case, by_chance, kills, singles
from faults.case import Harness, Undisturbed, Verdict, play, record

STEPS = ("promote", "approve", "apply")
SEEDS = 300
_PORTION = 20  # cases between two lines of progress


class Player:
    """One harness with its recording, in a process of its own."""

    def __init__(self, plants: int, circuits: int) -> None:
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="envbot-faults-"))
            self._harness = Harness.at(Path(folder))
            stack.callback(self._harness.close)
            self.steps = record(self._harness, plants, circuits)
            self._end = stack.pop_all()

    def play(self, case: Case) -> Verdict:
        """Play one case."""
        step = self.steps[case.step]
        return play(self._harness, step, case.plan, seconds=case.seconds)

    def close(self) -> None:
        """End it."""
        self._end.close()


_PLAYERS: list[Player] = []
Cases = Callable[[Mapping[str, Undisturbed], argparse.Namespace], Iterator[Case]]


def _kills(steps: Mapping[str, Undisturbed], asked: argparse.Namespace) -> Iterator[Case]:
    return (case for name in asked.step for case in kills(steps[name]))


def _singles(steps: Mapping[str, Undisturbed], asked: argparse.Namespace) -> Iterator[Case]:
    return (case for name in asked.step for case in singles(steps[name]))


def _seeds(steps: Mapping[str, Undisturbed], asked: argparse.Namespace) -> Iterator[Case]:
    chosen = {name: steps[name] for name in asked.step}
    numbers = range(asked.first, asked.first + asked.count)
    return (by_chance(number, chosen) for number in numbers)


CAMPAIGNS: Mapping[str, Cases] = {"kills": _kills, "singles": _singles, "seeds": _seeds}


def _begin(plants: int, circuits: int) -> None:
    _PLAYERS.append(Player(plants, circuits))


def _portion(asked: argparse.Namespace, campaign: str, numbers: range) -> list[Verdict]:
    """Play those cases of a campaign; runs in a worker."""
    player = _PLAYERS[0]
    cases = list(CAMPAIGNS[campaign](player.steps, asked))
    return [player.play(cases[number]) for number in numbers if number < len(cases)]


def _run(asked: argparse.Namespace) -> int:
    wrong, started = 0, monotonic()
    spawning = multiprocessing.get_context("spawn")
    size = (asked.plants, asked.circuits)
    with ProcessPoolExecutor(asked.workers, spawning, _begin, size) as pool:
        for campaign in asked.campaign:
            done = 0
            for verdicts in _verdicts(pool, asked, campaign):
                done += len(verdicts)
                wrong += sum(_tell(verdict, asked) for verdict in verdicts)
                _keep_place(asked, campaign, done)
                elapsed = monotonic() - started
                print(f"{campaign}: {done} played, {wrong} wrong, {elapsed:.0f} s", flush=True)
    return 1 if wrong else 0


def _verdicts(
    pool: ProcessPoolExecutor, asked: argparse.Namespace, campaign: str
) -> Iterator[list[Verdict]]:
    """Yield the verdicts of a campaign, portion by portion, in order."""
    total = asked.count if campaign == "seeds" else pool.submit(_size, asked, campaign).result()
    starts = range(0, total, _PORTION)
    portions = [range(start, min(start + _PORTION, total)) for start in starts]
    futures = [pool.submit(_portion, asked, campaign, numbers) for numbers in portions]
    return (future.result() for future in futures)


def _size(asked: argparse.Namespace, campaign: str) -> int:
    return sum(1 for _ in CAMPAIGNS[campaign](_PLAYERS[0].steps, asked))


def _keep_place(asked: argparse.Namespace, campaign: str, done: int) -> None:
    if asked.resume and campaign == "seeds":
        asked.resume.write_text(str(asked.first + done), encoding="utf-8")


def _tell(verdict: Verdict, asked: argparse.Namespace) -> bool:
    if not verdict.wrong:
        return False
    print(f"FAILED {verdict.step} {verdict.plan}", file=sys.stderr)
    for one in verdict.wrong:
        print(f"  {one}", file=sys.stderr)
    size = f"--plants {asked.plants} --circuits {asked.circuits}"
    again = f"python -m faults {size} --case {verdict.step} '{verdict.plan}'"
    print(f"  again: {again}", file=sys.stderr, flush=True)
    return True


def main() -> int:
    """Play as the command line says; return 1 if anything was wrong."""
    asked = _asked()
    if asked.case:
        return _one(asked)
    if asked.resume and asked.resume.exists():
        reached = int(asked.resume.read_text(encoding="utf-8"))
        asked.count, asked.first = max(asked.first + asked.count - reached, 0), reached
    return _run(asked)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    known = ", ".join(CAMPAIGNS)
    parser.add_argument("campaign", nargs="*", help=f"of {known}; kills and seeds if none")
    parser.add_argument("--plants", type=int, default=2, help="how many endpoints")
    parser.add_argument("--circuits", type=int, default=2, help="deployments of each")
    parser.add_argument("--step", nargs="*", default=list(STEPS), help="steps of the release")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=SEEDS, help="how many seeds")
    parser.add_argument("--workers", type=int, default=2, help="how many processes")
    parser.add_argument("--resume", type=Path, help="file that keeps the place among the seeds")
    parser.add_argument("--case", nargs=2, metavar=("STEP", "PLAN"), help="play one case")
    asked = parser.parse_args()
    if unknown := set(asked.campaign) - CAMPAIGNS.keys():
        parser.error(f"no such campaign: {', '.join(sorted(unknown))}")
    asked.campaign = asked.campaign or ["kills", "seeds"]
    return asked


def _one(asked: argparse.Namespace) -> int:
    player = Player(asked.plants, asked.circuits)
    try:
        step, plan = asked.case
        verdict = player.play(Case(step, parse(plan), WATCHED_SECONDS if "," in plan else 0.0))
    finally:
        player.close()
    print(f"{verdict.struck} struck, {verdict.reruns} re-runs, exit codes {verdict.codes}")
    return int(_tell(verdict, asked))


if __name__ == "__main__":
    sys.exit(main())
