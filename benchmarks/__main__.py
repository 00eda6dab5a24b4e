"""`python -m benchmarks`: measure the hot paths, or only check what they make."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import click

from benchmarks import applying, bulk_edit, classifying, committing, planning, reading, starting
from benchmarks.machine import description
from benchmarks.measure import Case, Effort, Timing, WrongResultError, measure
from benchmarks.scale import FULL, QUICK, Scale
from benchmarks.table import table

Group: TypeAlias = Callable[[Scale, Path], Iterator[Case]]
# Applying comes last: it imports the Azure SDK into this process.
GROUPS: dict[str, Group] = {
    "start": starting.cases,
    "classify": classifying.cases,
    "read": reading.cases,
    "bump": bulk_edit.cases,
    "commit": committing.cases,
    "plan": planning.cases,
    "apply": applying.cases,
}

# Of what takes a second and more, further pairs say little more.
LARGE = 10_000
FEW = Effort(pairs=3, seconds=2)


@click.command()
@click.argument("groups", nargs=-1, type=click.Choice(list(GROUPS)))
@click.option("--quick", is_flag=True, help="Small corpora and few pairs.")
@click.option("--check-only", is_flag=True, help="Check the results and measure nothing.")
def main(groups: tuple[str, ...], *, quick: bool, check_only: bool) -> None:
    """Measure GROUPS, or all, each against a yardstick that runs in turn with it.

    What both sides make is checked before anything is timed; a wrong result ends the run with 1.
    """
    scale = QUICK if quick else FULL
    effort = Effort(pairs=3, seconds=0.5) if quick else Effort(pairs=5, seconds=2)
    rows: list[tuple[Case, Timing, str]] = []
    with tempfile.TemporaryDirectory(prefix="envbot-benchmarks-") as name:
        folder = Path(name).resolve()
        for group in groups or GROUPS:
            (folder / group).mkdir()
            for case in GROUPS[group](scale, folder / group):
                _check(case)
                if not check_only:
                    enough = FEW if case.size > LARGE else effort
                    rows.append((case, measure(case, enough), case.counts()))
        facts = description(folder)
    if rows:
        click.echo(f"\n{table(rows)}\n")
        click.echo("\n".join(facts))


def _check(case: Case) -> None:
    label = f"{case.name} against {case.yardstick.name}, {case.size:,}"
    try:
        case.check()
    except WrongResultError as error:
        click.echo(f"wrong: {label}: {error}", err=True)
        sys.exit(1)
    click.echo(f"right: {label}", err=True)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
