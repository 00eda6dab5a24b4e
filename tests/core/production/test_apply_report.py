"""How an apply ended: counts, and whether production is what main asks for."""

from dataclasses import replace

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.apply_report import MOVED_ON, ApplyReport, Outcome, OutcomeKind
from bot.core.production.plan import Action, ActionKind, Plan
from bot.core.refusal import Refusal
from bot.core.render.apply import apply_markdown

DONE, SKIPPED, FAILED, NOT_STARTED = OutcomeKind
ERROR = Refusal("ENV_VERSION_MISSING", "it is not there", (), "tom", "Promote it.")


def action(number: int, kind: ActionKind = ActionKind.UPDATE) -> Action:
    circuit = CircuitId("P001", f"C{number:03}")
    return Action(kind, "endpoint", f"deployment-{number}", circuit, "", "", None, None, None)


def busy() -> ApplyReport:
    held = replace(action(0, ActionKind.REFUSED), code="DEPLOYMENT_BUSY")
    return replace(report(), plan=Plan((held,), ()))


def report(*kinds: OutcomeKind, errors: tuple[Refusal, ...] = ()) -> ApplyReport:
    outcomes = tuple(Outcome(action(number), kind) for number, kind in enumerate(kinds))
    plan = Plan(tuple(outcome.action for outcome in outcomes), errors)
    return ApplyReport(main="m" * 40, plan=plan, outcomes=outcomes, pulls=(7,), rolled_back={})


def test_every_kind_is_counted_zeros_included() -> None:
    assert report(DONE, FAILED, DONE).counts == {DONE: 2, SKIPPED: 0, FAILED: 1, NOT_STARTED: 0}


@pytest.mark.parametrize(
    ("found", "converged"),
    [
        pytest.param(report(), True, id="nothing to do"),
        pytest.param(report(DONE, DONE), True, id="all done"),
        pytest.param(report(DONE, SKIPPED), False, id="one skipped"),
        pytest.param(report(DONE, FAILED), False, id="one failed"),
        pytest.param(report(DONE, NOT_STARTED), False, id="one not started"),
        pytest.param(report(errors=(ERROR,)), False, id="a plan that may not be applied"),
        pytest.param(busy(), False, id="one that another operation keeps busy"),
    ],
)
def test_production_has_converged_only_when_all_is_done(
    found: ApplyReport, converged: bool
) -> None:
    assert found.converged is converged


@pytest.mark.parametrize(
    ("kind", "passes"),
    [
        (ActionKind.UNCHANGED, True),
        (ActionKind.DRIFTED, True),
        (ActionKind.MISSING, True),
        (ActionKind.ORPHAN, True),
        (ActionKind.UNAPPROVED, False),
        (ActionKind.REFUSED, False),
    ],
)
def test_an_apply_passes_unless_it_refuses_what_main_asks(
    kind: ActionKind, *, passes: bool
) -> None:
    done = report(DONE)
    beside = replace(done, plan=Plan((*done.plan.actions, action(1, kind)), ()))

    assert beside.converged
    assert beside.passes is passes


def test_an_apply_that_did_not_converge_does_not_pass() -> None:
    assert report(DONE).passes
    assert not report(DONE, FAILED).passes


def test_what_is_busy_is_told_with_the_way_on() -> None:
    text = apply_markdown(busy(), "")

    assert text.startswith("## 🟡 Applied in part: 1 deployment busy with another operation\n")
    assert "`P001/C000`" in text
    assert "/retry" in text


def stopped(why: str, newer: str) -> ApplyReport:
    """Return an apply that wrote one deployment and did not start another."""
    found = report(DONE, NOT_STARTED)
    return replace(
        found, outcomes=(found.outcomes[0], replace(found.outcomes[1], why=why)), newer=newer
    )


@pytest.mark.parametrize(
    ("found", "overtaken"),
    [
        pytest.param(stopped(MOVED_ON, "n" * 40), True, id="main moved on before the second"),
        pytest.param(stopped("too many others had failed", "n" * 40), False, id="others failed"),
        pytest.param(replace(report(DONE), newer="n" * 40), False, id="main moved on at the end"),
    ],
)
def test_an_apply_is_overtaken_where_main_kept_something_from_being_started(
    found: ApplyReport, *, overtaken: bool
) -> None:
    assert found.overtaken is overtaken


def test_an_overtaken_apply_asks_nobody_for_anything() -> None:
    text = apply_markdown(stopped(MOVED_ON, "n" * 40), "")

    assert text.startswith("## 🟡 Stopped, main has moved on: 1 of 2 deployments written\n")
    assert f"| ⚪ `P001/C001` | not started | {MOVED_ON} |" in text
    assert "The run of `nnnnnnn`, which is main now, plans anew" in text
    assert "/retry" not in text


def test_outcomes_of_some_kinds_keep_their_order() -> None:
    found = report(FAILED, DONE, SKIPPED, FAILED).of_kind(SKIPPED, FAILED)

    assert [outcome.kind for outcome in found] == [FAILED, SKIPPED, FAILED]


def held(*kinds: ActionKind) -> ApplyReport:
    actions = tuple(action(number, kind) for number, kind in enumerate(kinds))
    return replace(report(), plan=Plan(actions, ()))


@pytest.mark.parametrize(
    ("found", "headline"),
    [
        pytest.param(report(), "🟢 Production is what main asks for", id="nothing"),
        pytest.param(held(ActionKind.REFUSED), "🔴 Not applied: 1 circuit refused", id="refused"),
        pytest.param(
            held(ActionKind.MISSING, ActionKind.MISSING),
            "🟡 Nothing to write, but 2 circuits without a deployment",
            id="missing",
        ),
        pytest.param(
            report(FAILED, NOT_STARTED), "🔴 Nothing was applied: 0 of 2 deployments", id="in vain"
        ),
        pytest.param(report(DONE, FAILED), "🔴 Applied in part: 1 of 2 deployments", id="in part"),
        pytest.param(
            replace(report(DONE), plan=held(ActionKind.REFUSED).plan),
            "🟡 Applied: 1 deployment now runs what main asks for; 1 refused",
            id="but one",
        ),
        pytest.param(
            replace(report(DONE), plan=held(ActionKind.MISSING).plan),
            "🟡 Applied: 1 deployment now runs what main asks for; 1 without a deployment",
            id="but one that is not there",
        ),
    ],
)
def test_the_headline_never_says_more_than_was_done(found: ApplyReport, headline: str) -> None:
    assert apply_markdown(found, "").startswith(f"## {headline}\n")


def test_what_is_missing_is_named_with_what_is_lacking() -> None:
    missing = replace(action(0, ActionKind.MISSING), reason="not there; it must say which model")

    text = apply_markdown(replace(report(), plan=Plan((missing,), ())), "")

    assert "| 🟡 `P001/C000` | missing | not there; it must say which model |" in text
    assert "add what the reason names, by a pull request" in text


def test_what_was_refused_is_named_with_its_reason_and_the_way_on() -> None:
    refused = replace(action(0, ActionKind.REFUSED), reason="model m:9 does not exist")

    text = apply_markdown(replace(report(), plan=Plan((refused,), ())), "")

    assert "| 🔴 `P001/C000` | refused | model m:9 does not exist |" in text
    assert "**nothing written**" in text
    assert "mend what the reason names, then comment `/retry`" in text
