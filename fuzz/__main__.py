"""`python -m fuzz`: hostile texts for each reader, with a line that repeats what failed."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from time import monotonic

from fuzz.limited import Failure, run_batch
from fuzz.mutation import mutant
from fuzz.targets import targets

BATCH = 100
COUNTS = {
    "yaml": 1_000_000,
    "python": 100_000,
    "requirements": 100_000,
    "dockerfile": 100_000,
    "conda": 100_000,
    "schema": 100_000,
}


def fuzz(name: str, numbers: Sequence[int]) -> list[Failure]:
    """Return what failed of these texts of one target, read one batch after another."""
    target = targets()[name]

    def read(number: int) -> None:
        target.read(mutant(name, number, target.corpus))

    batches = (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH))
    return [failure for batch in batches for failure in run_batch(batch, read)]


def _portions(name: str, count: int, size: int) -> Iterator[tuple[str, range]]:
    return ((name, range(start, min(start + size, count))) for start in range(0, count, size))


def _all(names: Sequence[str], share: float, workers: int) -> int:
    failed = 0
    with ProcessPoolExecutor(workers) as pool:
        for name in names:
            count, started, done = int(COUNTS[name] * share), monotonic(), 0
            size = max(BATCH, count // 50)
            jobs = [
                (numbers, pool.submit(fuzz, name, numbers))
                for _, numbers in _portions(name, count, size)
            ]
            for numbers, job in jobs:
                for failure in job.result():
                    failed += 1
                    _tell(name, failure)
                done += len(numbers)
                print(f"{name}: {done:,} of {count:,}, {monotonic() - started:.0f} s", flush=True)
    return failed


def _tell(name: str, failure: Failure) -> None:
    print(f"FAILED {name} {failure.number}: {failure.why}", file=sys.stderr)
    print(f"  again: python -m fuzz {name} --only {failure.number}", file=sys.stderr, flush=True)


def main() -> int:
    """Fuzz as the command line says; return 1 if any text broke a promise."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("target", nargs="*", help=f"which readers; all of {', '.join(COUNTS)}")
    parser.add_argument("--share", type=float, default=1.0, help="which part of all texts, 0 to 1")
    parser.add_argument("--workers", type=int, default=2, help="how many processes")
    parser.add_argument("--only", type=int, help="read one text, and print it")
    asked = parser.parse_args()
    names = asked.target or list(COUNTS)
    if unknown := set(names) - COUNTS.keys():
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    if asked.only is None:
        return 1 if _all(names, asked.share, asked.workers) else 0
    return _one(names[0], asked.only)


def _one(name: str, number: int) -> int:
    sys.stdout.buffer.write(mutant(name, number, targets()[name].corpus).text)
    sys.stdout.flush()
    failed = fuzz(name, [number])
    for failure in failed:
        _tell(name, failure)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
