"""A plan waits for what a killed one began in Azure, but not for ever."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.plan import Action, ActionKind, Plan
from bot.handlers import planning
from bot.handlers.planning import Prepared

if TYPE_CHECKING:
    from tests.handlers.conftest import StillClock

FREE = Action(
    ActionKind.UNCHANGED, "endpoint", "deployment", CircuitId("P001", "C001"), "", "", None, None,
    None,
)  # fmt: skip
BUSY = replace(FREE, kind=ActionKind.REFUSED, code="DEPLOYMENT_BUSY")
POLL = 30.0


@pytest.mark.parametrize(
    ("seen", "looks"),
    [
        pytest.param([FREE], 1, id="nothing is busy"),
        pytest.param([BUSY, BUSY, FREE], 3, id="it ends"),
        pytest.param([BUSY] * 20, 11, id="it never ends"),
    ],
)
def test_a_busy_deployment_is_looked_at_again(
    clock: "StillClock", monkeypatch: pytest.MonkeyPatch, seen: Sequence[Action], looks: int
) -> None:
    plans, began = iter(seen), clock.now()

    def look(_context: object, _cloud: object) -> Prepared:
        return Prepared(Plan((next(plans),), ()), {})

    monkeypatch.setattr(planning, "prepare", look)
    context: Any = SimpleNamespace(clock=clock, patience=SimpleNamespace(poll=POLL))
    cloud: Any = None

    found = planning.prepare_settled(context, cloud)

    assert found.plan.actions == (seen[looks - 1],)
    assert (clock.now() - began).total_seconds() == POLL * (looks - 1)
