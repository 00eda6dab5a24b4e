"""The benchmarks run, and time nothing that is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import GROUPS
from benchmarks.corpus import NEXT_VERSION, VERSION, digest_of, fleet
from benchmarks.measure import Case, Effort, Side, Timing, WrongResultError, measure
from benchmarks.table import table


def side(name: str, made: str, calls: list[str] | None = None) -> Side[str]:
    def run() -> str:
        if calls is not None:
            calls.append(name)
        return made

    return Side(name, run, digest=str, expected="right")


@pytest.mark.parametrize("group", GROUPS)
def test_both_sides_of_every_case_make_what_they_should(group: str, checkout: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--check-only", group],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    assert all(line.startswith("right: ") for line in finished.stderr.splitlines())
    assert finished.stderr
    assert finished.stdout == ""


@pytest.mark.parametrize(
    ("ours", "yardstick"),
    [pytest.param("wrong", "right", id="ours"), pytest.param("right", "wrong", id="yardstick")],
)
def test_a_wrong_result_has_no_time(ours: str, yardstick: str) -> None:
    case = Case("case", 1, side("ours", ours), side("yardstick", yardstick))

    with pytest.raises(WrongResultError, match="made wrong, not right"):
        case.check()


def test_measures_the_sides_in_turn() -> None:
    calls: list[str] = []
    case = Case("case", 1, side("A", "right", calls), side("B", "right", calls))

    timing = measure(case, Effort(pairs=3, seconds=0))

    assert calls == ["A", "B"] * 3
    assert len(timing.pairs) == 3


def test_the_ratio_is_the_median_of_the_pairs_and_not_the_ratio_of_the_medians() -> None:
    timing = Timing(((1.0, 1.0), (20.0, 10.0), (30.0, 3.0)))

    assert timing.median_ratio == 2.0
    assert timing.ours / timing.yardstick == pytest.approx(20 / 3)


def test_the_table_shows_ratio_and_range() -> None:
    case = Case("case", 2_000, side("ours", "right"), side("yardstick", "right"))

    text = table([(case, Timing(((0.002, 0.001), (0.03, 0.002))), "3 against 4")])

    assert [cell.strip() for cell in text.splitlines()[2].strip("|").split("|")] == [
        "case",
        "2,000",
        "yardstick",
        "16.0 ms",
        "1.5 ms",
        "8.50",
        "2.00 to 15.0",
        "2",
        "3 against 4",
    ]


def test_a_plan_of_20_000_circuits_needs_no_250_megabytes(checkout: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", "20000", "--sdk"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(finished.stdout) <= 250


def test_the_corpus_is_the_same_everywhere() -> None:
    assert digest_of(fleet(200)).startswith("48da397a41b4df3e")


def test_fleets_of_two_versions_differ_in_the_version_alone() -> None:
    before, after = fleet(200, VERSION), fleet(200, NEXT_VERSION)

    assert before != after
    assert after == {
        path: data.replace(VERSION.encode(), NEXT_VERSION.encode()) for path, data in before.items()
    }
