"""`python -m benchmarks.memory`: the most memory that a process with a plan has held.

It reads every config, compares them with as many deployments, and makes each report of the plan.
"""

import importlib
import re
from pathlib import Path

import click

from benchmarks.corpus import NEXT_VERSION, fleet, tree_of
from benchmarks.planning import UNLIMITED, live_deployments
from bot.core.config.circuit import read_fleet
from bot.core.production.desired import desired_deployments
from bot.core.production.plan import Known, make_plan
from bot.core.render.plan import plan_report
from bot.sandbox.world import sample_platform


@click.command()
@click.argument("size", type=int)
@click.option("--sdk", is_flag=True, help="Load the Azure SDK too, as a run does.")
def main(size: int, *, sdk: bool) -> None:
    """Print the peak of this process in MB after a plan of SIZE circuits and its reports."""
    if sdk:
        importlib.import_module("bot.adapters.azureml")
    circuits = read_fleet(tree_of(fleet(size, NEXT_VERSION))).circuits
    desired = desired_deployments(circuits.values(), sample_platform())
    plan = make_plan(desired, live_deployments(size), known=Known(), limits=UNLIMITED)
    assert len(plan.actions) == size
    assert re.fullmatch("[0-9a-f]{64}", plan.fingerprint)
    for shape in ("text", "markdown", "json"):
        assert plan_report(plan, shape)
    click.echo(_peak() // 1_000_000)


def _peak() -> int:
    """Return the most bytes that this program has held.

    Linux counts into `ru_maxrss` what the process held that started it.
    """
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(told[1]) * 1024 if told else 0


if __name__ == "__main__":
    main()
