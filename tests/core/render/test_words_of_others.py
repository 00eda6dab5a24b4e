"""What strangers and Azure wrote stays text wherever a comment or a page shows it."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from markdown_it import MarkdownIt

from bot.core.config.circuit import CircuitId
from bot.core.production.action import Action, ActionKind
from bot.core.production.apply_report import ApplyReport, Outcome, OutcomeKind
from bot.core.production.drift_report import DriftReport
from bot.core.production.fleet_status import CircuitStatus, FleetStatus, State
from bot.core.production.lease import Lease, held
from bot.core.production.plan import Plan
from bot.core.refusal import Refusal
from bot.core.render.apply import apply_markdown
from bot.core.render.drift import Place, drift_markdown
from bot.core.render.failure import failure_markdown
from bot.core.render.fleet import fleet_report
from bot.core.render.plan import plan_markdown
from bot.core.render.refusal import refusal_markdown
from bot.errors import BotError

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False, "html": True})
HOSTILE = "Quota | <!-- x @acme/ops #7 </details><img src=x> ![x](https://evil.example/p.png) `y"
C1 = CircuitId("P001", "C001")


def action(kind: ActionKind, reason: str = HOSTILE) -> Action:
    return Action(kind, "endpoint", "deployment", C1, "", reason, None, None, None)


def applied(plan: Plan, *outcomes: Outcome, rolled_back: str = "") -> str:
    back = {C1: rolled_back} if rolled_back else {}
    return apply_markdown(ApplyReport("m" * 40, plan, outcomes, (7,), back), "")


def a_write_that_failed() -> str:
    update = action(ActionKind.UPDATE, "moves")
    return applied(Plan((update,), ()), Outcome(update, OutcomeKind.FAILED, HOSTILE))


def a_rollback() -> str:
    update = action(ActionKind.UPDATE, "moves")
    done = Outcome(update, OutcomeKind.DONE)
    return applied(Plan((update,), ()), done, rolled_back=f"#2 Revert {HOSTILE}")


def a_circuit(kind: ActionKind) -> str:
    return applied(Plan((action(kind),), ()))


def a_plan_with_errors() -> str:
    error = Refusal("QUOTA_EXCEEDED", HOSTILE, (HOSTILE,), "tom", HOSTILE)
    return applied(Plan((action(ActionKind.UPDATE),), (error,)))


def what_is_gone() -> str:
    found = DriftReport((), (action(ActionKind.MISSING),), (), (), to_come=0, unchanged=0)
    return drift_markdown(found, Place("rg", "ws"))


def a_circuit_of_the_fleet() -> str:
    one = CircuitStatus(C1, HOSTILE, HOSTILE, "1.5.1", False, State.DRIFTED, HOSTILE)
    return fleet_report(FleetStatus((one,), "m" * 40, datetime(2026, 3, 1, tzinfo=UTC)), "markdown")


def a_lease() -> str:
    lease = Lease(HOSTILE, HOSTILE, datetime(2026, 3, 1, tzinfo=UTC))
    return refusal_markdown(held("production", lease))


def a_failure() -> str:
    return failure_markdown(BotError(HOSTILE, done=HOSTILE, undone=HOSTILE), "")


PLACES = {
    "a write that failed": a_write_that_failed,
    "the title of a rollback": a_rollback,
    **{
        f"a circuit that is {kind}": partial(a_circuit, kind)
        for kind in ActionKind
        if kind is not ActionKind.UNCHANGED
    },
    "the plan's errors": a_plan_with_errors,
    "the plan alone": lambda: plan_markdown(Plan((action(ActionKind.UPDATE),), ())),
    "drift": what_is_gone,
    "the fleet": a_circuit_of_the_fleet,
    "a lease": a_lease,
    "a call that failed": a_failure,
}


@pytest.mark.parametrize("shown", PLACES.values(), ids=PLACES)
def test_words_of_others_become_neither_markup_nor_mentions(shown: Callable[[], str]) -> None:
    page = shown()
    tokens = [one for token in MARKDOWN.parse(page) for one in (token, *(token.children or ()))]

    html = {one.content.strip() for one in tokens if one.type.startswith("html")}
    assert "Quota" in page
    assert "image" not in {one.type for one in tokens}
    assert not [one for one in html if "img" in one or "<!--" in one]
    assert "@acme" not in page
    assert "evil" not in "".join(str(one.attrGet("href")) for one in tokens)


def test_words_of_others_stay_in_their_cell() -> None:
    page = a_write_that_failed().split("**Next")[0]
    (row,) = (line for line in page.splitlines() if line.startswith("| 🔴"))

    assert row.count("|") == 4


def test_the_pull_request_of_a_rollback_is_a_link_and_its_title_is_not() -> None:
    update = action(ActionKind.UPDATE, "moves")
    page = applied(
        Plan((update,), ()),
        Outcome(update, OutcomeKind.DONE),
        rolled_back='#2 Revert "Log more" (#1)',
    )

    assert '\n↩️ #2 `Revert "Log more" (#\u200b1)`\n' in page


def test_the_page_of_a_lease_is_a_link_where_it_is_one() -> None:
    end = datetime(2026, 3, 1, tzinfo=UTC)
    page, process = Lease("run", "https://ci.example/runs/7", end), Lease("run", "host/1", end)

    assert "`run` (https://ci.example/runs/7)" in held("production", page).facts[0]
    assert "`run` (`host/1`)" in held("production", process).facts[0]
