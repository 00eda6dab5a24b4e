"""What people read about a rollback: where it is opened, answered, and once it is applied."""

from dataclasses import replace

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.action import Action, ActionKind
from bot.core.production.apply_report import ApplyReport, Outcome, OutcomeKind
from bot.core.production.deployment import LiveDeployment
from bot.core.production.plan import Plan
from bot.core.render.apply import apply_markdown
from bot.core.render.rollback import (
    after_rollback,
    already_open_markdown,
    opened_markdown,
    pull_body,
    pull_title,
)
from bot.core.rollback_edit import RollbackEdit

ONE, TWO = (CircuitId("P001", f"C00{number}") for number in (1, 2))
EDIT = RollbackEdit({}, (ONE,), (TWO,), ("docs/note.md",))


def report(*kinds: OutcomeKind, quiet: tuple[ActionKind, ...] = ()) -> ApplyReport:
    outcomes = tuple(
        Outcome(_action(number, ActionKind.UPDATE), kind) for number, kind in enumerate(kinds, 1)
    )
    others = tuple(_action(number, kind) for number, kind in enumerate(quiet, 50))
    plan = Plan((*(one.action for one in outcomes), *others), ())
    back = {one.action.circuit: "#13 Roll back #12" for one in outcomes if one.action.circuit}
    return ApplyReport("m" * 40, plan, outcomes, (13,), back)


def _action(number: int, kind: ActionKind) -> Action:
    circuit = CircuitId("P001", f"C{number:03}")
    return Action(kind, "plant-1", f"circuit-{number}", circuit, "", "", None, None, None)


def test_a_title_stays_within_what_a_tag_takes() -> None:
    assert len(f"#1234567 {pull_title(1234567, 'x' * 256)}") < 200


def test_a_title_of_hidden_characters_stays_within_what_github_takes() -> None:
    assert len(pull_title(1234567, "\U0001f468\u200d" * 128)) <= 256


def test_a_title_says_how_much_of_a_reason_is_left_out() -> None:
    spelled_out = "\u2039U+200D\u203a" * 12

    title = pull_title(1, "\u200d" * 40)

    assert title == f"Roll back #1: {spelled_out}… (28 more characters)"


def test_a_title_gives_github_no_command() -> None:
    assert pull_title(1, "Fix [skip ci]\nnow") == "Roll back #1: Fix (skip ci) now"


def test_the_text_of_the_pull_request_mentions_nobody() -> None:
    assert "@team" not in pull_body(12, "lise", "ask @team", EDIT)


def test_the_reply_lists_what_is_left() -> None:
    said = opened_markdown(13, 12, EDIT, within="60m")

    assert said.startswith("### ↩️ #13 takes #12 back\n\n- 1 circuit returns\n")
    assert "moved on: P001/C002" in said
    assert "not taken back: `docs/note.md`" in said
    assert "**Next:** Somebody else approves #13 within 60m" in said


def test_the_reply_says_with_which_model_a_circuit_goes_back() -> None:
    said = opened_markdown(13, 12, replace(EDIT, named={ONE: "1"}), within="60m")

    assert "with the model that ran before, as the apply wrote down: P001/C001 model `1`" in said
    assert "the model stays" not in said


def test_the_reply_says_which_model_stays_and_what_to_do() -> None:
    said = opened_markdown(13, 12, replace(EDIT, kept={ONE: "2"}), within="60m")

    assert "the model stays, because main named none before: P001/C001 model `2`. To go" in said
    assert "name it as `deployment.model_version` in a pull request" in said


def test_the_pull_request_says_the_same_of_models() -> None:
    edit = replace(EDIT, named={ONE: "1"}, kept={TWO: "2"})

    body = pull_body(12, "lise", "", edit)

    assert "P001/C001 model `1`" in body
    assert "P001/C002 model `2`" in body


def test_a_second_rollback_points_to_the_first() -> None:
    said = already_open_markdown(13, 12)

    assert said == "### ↩️ #13 takes #12 back\n\nIt is open already; nothing was changed.\n"


def test_a_rollback_that_somebody_has_changed_is_not_passed_off_as_one() -> None:
    said = already_open_markdown(13, 12, not_rollback="sets a value that main did not hold")

    assert "#13 takes #12 back" not in said
    assert "it is no rollback (sets a value that main did not hold)" in said
    assert (
        "If somebody has changed it, close it, delete its branch, and comment `/rollback`" in said
    )


def test_the_reply_says_that_the_way_forward_again_is_a_release() -> None:
    said = opened_markdown(
        13, 12, EDIT, within="60m", not_rollback="raises a version, 1.5.0 → 1.5.1"
    )

    assert "It is no rollback (raises a version, 1.5.0 → 1.5.1)" in said


def test_what_was_read_back_is_ticked_and_the_rest_is_for_people() -> None:
    lines = after_rollback(report(OutcomeKind.DONE, OutcomeKind.DONE)).splitlines()[2:]

    assert lines[0] == "- [x] All run their earlier environment: 2 of 2 were read back"
    assert [line[:6] for line in lines[1:]] == ["- [ ] "] * 4
    assert "--name plant-1 --deployment-name circuit-1" in lines[1]


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(report(OutcomeKind.DONE, OutcomeKind.FAILED), id="a failure"),
        pytest.param(report(OutcomeKind.DONE, quiet=(ActionKind.UNAPPROVED,)), id="a model held"),
    ],
)
def test_what_did_not_go_back_leaves_the_first_item_open(found: ApplyReport) -> None:
    assert "- [ ] All run their earlier environment: 1 of 2 were read back" in after_rollback(found)


def returned(number: int, reason: str) -> Action:
    """Return what an earlier run has written, as the next one finds it."""
    action = _action(number, ActionKind.UNCHANGED)
    live = LiveDeployment(
        action.endpoint, action.deployment, None, None,
        {"rollback_reason": reason}, "Succeeded", "model", "",
    )  # fmt: skip
    return replace(action, live=live)


MINE = "#13 Roll back #12: alerts"


def test_what_a_run_that_died_has_returned_is_still_to_be_verified() -> None:
    plan = Plan((returned(1, MINE), returned(2, MINE)), ())

    lines = after_rollback(ApplyReport("m" * 40, plan, (), (13,), {})).splitlines()[2:]

    assert lines[0] == "- [x] All run their earlier environment: 2 of 2 were read back"
    assert "--name plant-1 --deployment-name circuit-1" in lines[1]


def test_a_retry_counts_what_the_first_run_has_returned() -> None:
    retried = report(OutcomeKind.DONE)
    plan = replace(retried.plan, actions=(*retried.plan.actions, returned(2, MINE)))

    said = after_rollback(replace(retried, plan=plan))

    assert "- [x] All run their earlier environment: 2 of 2 were read back" in said


@pytest.mark.parametrize(
    ("reason", "pulls"),
    [
        pytest.param(MINE, (), id="told before"),
        pytest.param(MINE, (1, 12, 130), id="of another pull request"),
        pytest.param("alerts", (13,), id="of no pull request"),
        pytest.param("", (13,), id="no tag"),
    ],
)
def test_what_another_rollback_has_returned_is_not_verified_again(
    reason: str, pulls: tuple[int, ...]
) -> None:
    plan = Plan((returned(1, reason),), ())

    assert not after_rollback(ApplyReport("m" * 40, plan, (), pulls, {}))


def test_what_somebody_has_changed_since_is_not_counted_as_returned() -> None:
    drifted = replace(returned(2, MINE), kind=ActionKind.DRIFTED)
    found = report(OutcomeKind.DONE)
    plan = replace(found.plan, actions=(*found.plan.actions, drifted))

    assert "- [ ] All run their earlier environment: 1 of 2 were" in after_rollback(
        replace(found, plan=plan)
    )


def test_other_applies_have_no_such_list() -> None:
    release = ApplyReport("m" * 40, Plan((), ()), (), (), {})

    assert "After the rollback" not in apply_markdown(release, "")
