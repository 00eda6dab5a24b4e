"""Who was told of something not done is told once it is, and nobody else."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.adapters.github import GitHubHosting, GitHubSettings
from bot.core.production.apply_report import ApplyReport, Outcome, OutcomeKind
from bot.core.production.deployment import LiveDeployment
from bot.core.production.plan import Plan
from bot.core.refusal import Refusal
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.journal import keep_journal, read_journal
from bot.handlers.owed import owed_by, settle_owed

Live = Callable[..., LiveDeployment]
PlanTo = Callable[..., Plan]


class OneMerge(GitHubHosting):
    """A repository in which #7 alone was merged."""

    def is_merged(self, number: int) -> bool:
        return number == 7


@pytest.fixture
def plan(make_live: Live, make_plan_to: PlanTo) -> Plan:
    """Return a plan with one update."""
    return make_plan_to("1.5.1", make_live(1, "1.5.0"))


def ended(plan: Plan, kind: OutcomeKind) -> ApplyReport:
    outcomes = tuple(Outcome(action, kind) for action in plan.updates)
    return ApplyReport("main", plan, outcomes, pulls=(7,), rolled_back={})


def owing(context: Context) -> tuple[int, ...]:
    journal = read_journal(context)
    return journal.owing if journal else ()


@pytest.mark.parametrize("kind", [kind for kind in OutcomeKind if kind is not OutcomeKind.DONE])
def test_who_was_told_of_something_not_done_is_owed_a_word(
    context: Context, plan: Plan, kind: OutcomeKind
) -> None:
    settle_owed(context, keep_journal(context, plan), ended(plan, kind))

    assert owing(context) == (7,)


def test_a_plan_that_cannot_be_carried_out_settles_nothing(context: Context, plan: Plan) -> None:
    journal = keep_journal(context, plan)
    settle_owed(context, journal, ended(plan, OutcomeKind.FAILED))
    broken = replace(plan, actions=(), errors=(Refusal("E", "no", (), "ada", "wait"),))

    settle_owed(context, read_journal(context), ended(broken, OutcomeKind.DONE))

    assert owing(context) == (7,)


def test_once_all_is_done_nobody_is_owed_anything(context: Context, plan: Plan) -> None:
    settle_owed(context, keep_journal(context, plan), ended(plan, OutcomeKind.FAILED))

    settle_owed(context, read_journal(context), ended(plan, OutcomeKind.DONE))

    assert owing(context) == ()


def test_where_all_is_done_at_once_nothing_more_is_written(context: Context, plan: Plan) -> None:
    journal = keep_journal(context, plan)
    before = context.repository.read_ref(f"refs/envbot/releases/{context.rules.main[:12]}")

    settle_owed(context, journal, ended(plan, OutcomeKind.DONE))

    after = context.repository.read_ref(f"refs/envbot/releases/{context.rules.main[:12]}")
    assert after == before


def test_the_next_run_of_the_same_release_goes_on_owing(context: Context, plan: Plan) -> None:
    settle_owed(context, keep_journal(context, plan), ended(plan, OutcomeKind.FAILED))

    assert keep_journal(context, plan).owing == (7,)


def test_only_merged_pull_requests_are_owed_anything(context: Context, plan: Plan) -> None:
    nowhere = GitHubSettings("http://127.0.0.1:1", "plants/fleet", "token")
    asked = replace(context, hosting=OneMerge(nowhere))
    journal = replace(keep_journal(context, plan), owing=(7, 12, 999_999))

    assert owed_by(asked, journal) == (7,)
    assert owed_by(asked, None) == ()


def test_an_apply_is_over_although_nobody_can_write_down_whom_it_owes(
    context: Context, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = keep_journal(context, plan)

    def unreachable(*_: object, **__: object) -> str:
        raise BotError("origin cannot be reached")

    monkeypatch.setattr(context.repository, "write_ref", unreachable)

    settle_owed(context, journal, ended(plan, OutcomeKind.FAILED))
