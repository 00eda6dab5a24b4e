"""What may lose its config is bounded for each commit of main, not for all that ever went."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from bot.core.config.circuit import CircuitId, circuit_path
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.plan_limits import broken_limits
from bot.handlers.context import Context
from bot.handlers.plan_bounds import bounds_of_plan
from bot.handlers.planning import read_desired
from tests.handlers.conftest import NOON

FIRST = CircuitId("P001", "C001")
OTHERS = [CircuitId("P002", f"C{number:03}") for number in range(1, 20)]


@pytest.fixture
def context(context: Context) -> Context:
    """Return a run on a main with twenty circuits, of which a tenth may go at once."""
    config = context.repository.read(context.rules.main, circuit_path(FIRST))
    files = {circuit_path(one): _config_of(config[circuit_path(FIRST)].data, one) for one in OTHERS}
    return _after(context, files)


def _config_of(config: bytes, circuit: CircuitId) -> bytes:
    named = config.replace(b"P001", circuit.plant.encode())
    return named.replace(b"C001", circuit.circuit.encode())


def _after(context: Context, files: Mapping[str, bytes | None]) -> Context:
    """Return the run of a commit that makes these changes."""
    main = context.repository.commit((context.rules.main,), files, "Move on", at=NOON)
    return replace(context, rules=replace(context.rules, main=main))


def without(context: Context, circuits: Iterable[CircuitId]) -> Context:
    return _after(context, {circuit_path(one): None for one in circuits})


def live_of(desired: Iterable[DesiredDeployment]) -> list[LiveDeployment]:
    return [
        LiveDeployment(
            endpoint=one.endpoint,
            deployment=one.deployment,
            environment_id=one.environment_id,
            model_id=None,
            tags={},
            provisioning_state="Succeeded",
            kind="model",
            rest_digest="",
        )
        for one in desired
    ]


def errors(context: Context, live: list[LiveDeployment]) -> list[str]:
    desired = read_desired(context)
    bounds = bounds_of_plan(context.repository, context.rules, desired, live)
    return [error.headline for error in broken_limits(desired, live, bounds)]


def test_retirements_that_each_stayed_within_the_limit_do_not_add_up(context: Context) -> None:
    live = live_of(read_desired(context))
    for begin in (0, 1, 2, 3):
        context = without(context, OTHERS[begin : begin + 1])

    assert errors(context, live) == []


def test_a_commit_that_takes_away_half_is_stopped_also_by_the_runs_of_later_ones(
    context: Context,
) -> None:
    live = live_of(read_desired(context))
    halved = without(context, OTHERS[:10])
    later = without(halved, OTHERS[10:11])

    assert errors(halved, live) == ["10 of 20 live deployments have lost their config"]
    assert errors(later, live) == ["10 of 19 live deployments have lost their config"]


def test_once_what_lost_its_config_is_deleted_in_azure_nothing_is_stopped(
    context: Context,
) -> None:
    live = live_of(read_desired(context))
    halved = without(context, OTHERS[:10])
    gone = {one.key for one in live} - {one.key for one in read_desired(halved)}

    assert errors(halved, [one for one in live if one.key not in gone]) == []


def test_what_no_config_ever_named_counts_as_lost(context: Context) -> None:
    live = live_of(read_desired(context))
    foreign = [replace(one, deployment=f"{one.deployment}-old") for one in live[:3]]

    assert errors(context, [*live, *foreign]) == ["3 of 23 live deployments have lost their config"]
