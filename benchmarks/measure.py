"""Two ways to do one piece of work, in turn: first what they make, then how long they take."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")


class WrongResultError(Exception):
    """A side did not make what it should; there is no point in timing it."""


def nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True, slots=True)
class Side(Generic[Made]):
    """One way to do the work.

    Attributes:
        run: what is timed.
        digest: what a run made, in a form that can be compared.
        expected: what `digest` must return, known from somewhere other than this side.
        prepare: goes before every run and is not timed.
    """

    name: str
    run: Callable[[], Made]
    digest: Callable[[Made], str]
    expected: str
    prepare: Callable[[], object] = nothing

    def check(self) -> None:
        """Run once.

        Raises:
            WrongResultError: the run did not make what is expected.
        """
        self.prepare()
        found = self.digest(self.run())
        if found != self.expected:
            raise WrongResultError(f"{self.name} made {found}, not {self.expected}")

    def seconds(self) -> float:
        """Run once and return the wall time."""
        self.prepare()
        gc.collect()
        start = time.perf_counter()
        self.run()
        return time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table; `counts` says what is exact and not timed, after a check."""

    name: str
    size: int
    ours: Side[Any]
    yardstick: Side[Any]
    counts: Callable[[], str] = str

    def check(self) -> None:
        """Raise WrongResultError unless both sides make what they should."""
        self.ours.check()
        self.yardstick.check()


@dataclass(frozen=True, slots=True)
class Effort:
    """How often to measure: `pairs` at least, then until `seconds` are over or there are 25."""

    pairs: int
    seconds: float
    most_pairs: int = 25


@dataclass(frozen=True, slots=True)
class Timing:
    """Pairs of wall times in seconds: ours, then the yardstick."""

    pairs: tuple[tuple[float, float], ...]

    @property
    def ours(self) -> float:
        """Return our median."""
        return statistics.median(ours for ours, _ in self.pairs)

    @property
    def yardstick(self) -> float:
        """Return the yardstick's median."""
        return statistics.median(yardstick for _, yardstick in self.pairs)

    @property
    def ratios(self) -> list[float]:
        """Return the ratios within the pairs, sorted.

        Both halves of a pair see the same load of the machine; two medians need not.
        """
        return sorted(ours / yardstick for ours, yardstick in self.pairs)

    @property
    def median_ratio(self) -> float:
        """Return the median of the ratios."""
        return statistics.median(self.ratios)


def measure(case: Case, effort: Effort) -> Timing:
    """Return the times of a case that was checked, taken in turn: ours, yardstick, ours."""
    pairs: list[tuple[float, float]] = []
    end = time.monotonic() + effort.seconds
    while len(pairs) < effort.pairs or (len(pairs) < effort.most_pairs and time.monotonic() < end):
        pairs.append((case.ours.seconds(), case.yardstick.seconds()))
    return Timing(tuple(pairs))
