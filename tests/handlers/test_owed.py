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
from bot.handlers.journal import FILE, keep_journal, read_journal, release_ref
from bot.handlers.owed import Owed, find_owed, settle_owed
from bot.handlers.ref_record import RefRecord, write_record
from tests.handlers.conftest import NOON

Live = Callable[..., LiveDeployment]
PlanTo = Callable[..., Plan]


class OneMerge(GitHubHosting):
    """A repository in which #7 alone was merged."""

    def is_merged(self, number: int) -> bool:
        return number == 7


@pytest.fixture
def context(context: Context) -> Context:
    """Return a run on a repository in which #7 alone was merged."""
    nowhere = GitHubSettings("http://127.0.0.1:1", "plants/fleet", "token")
    return replace(context, hosting=OneMerge(nowhere))


@pytest.fixture
def plan(make_live: Live, make_plan_to: PlanTo) -> Plan:
    """Return a plan with one update."""
    return make_plan_to("1.5.1", make_live(1, "1.5.0"))


def ended(plan: Plan, kind: OutcomeKind) -> ApplyReport:
    outcomes = tuple(Outcome(action, kind) for action in plan.updates)
    return ApplyReport("main", plan, outcomes, pulls=(7,), rolled_back={})


def settle(context: Context, plan: Plan, kind: OutcomeKind) -> None:
    """Let an apply of main write `plan`, end like this, and tell so."""
    keep_journal(context, plan)
    settle_owed(context, find_owed(context), ended(plan, kind))


def owing(context: Context) -> tuple[int, ...]:
    journal = read_journal(context)
    return journal.owing if journal else ()


@pytest.mark.parametrize("kind", [kind for kind in OutcomeKind if kind is not OutcomeKind.DONE])
def test_who_was_told_of_something_not_done_is_owed_a_word(
    context: Context, plan: Plan, kind: OutcomeKind
) -> None:
    settle(context, plan, kind)

    assert owing(context) == (7,)


def test_a_plan_that_cannot_be_carried_out_settles_nothing(context: Context, plan: Plan) -> None:
    settle(context, plan, OutcomeKind.FAILED)
    broken = replace(plan, actions=(), errors=(Refusal("E", "no", (), "ada", "wait"),))

    settle_owed(context, find_owed(context), ended(broken, OutcomeKind.DONE))

    assert owing(context) == (7,)


def test_once_all_is_done_nobody_is_owed_anything(context: Context, plan: Plan) -> None:
    settle(context, plan, OutcomeKind.FAILED)

    settle_owed(context, find_owed(context), ended(plan, OutcomeKind.DONE))

    assert owing(context) == ()


def test_where_all_is_done_at_once_nothing_more_is_written(context: Context, plan: Plan) -> None:
    keep_journal(context, plan)
    before = context.repository.read_ref(f"refs/envbot/releases/{context.rules.main[:12]}")

    settle_owed(context, find_owed(context), ended(plan, OutcomeKind.DONE))

    after = context.repository.read_ref(f"refs/envbot/releases/{context.rules.main[:12]}")
    assert after == before


def test_the_next_run_of_the_same_release_goes_on_owing(context: Context, plan: Plan) -> None:
    settle(context, plan, OutcomeKind.FAILED)

    assert keep_journal(context, plan).owing == (7,)


def test_only_merged_pull_requests_are_owed_anything(context: Context, plan: Plan) -> None:
    keep_journal(context, plan, owing=(7, 12, 999_999))

    assert find_owed(context).pulls == (7,)


def test_where_nothing_was_ever_written_nobody_is_owed_anything(context: Context) -> None:
    assert find_owed(context) == Owed()


def later(context: Context) -> Context:
    """Return the run of a commit that came to main after that of `context`."""
    main = context.rules.main
    newer = context.repository.commit((main,), {"README.md": main.encode()}, "N", at=NOON)
    assert context.repository.push(newer, "main", onto=main)
    return replace(context, rules=replace(context.rules, main=newer))


def test_the_run_of_a_newer_main_tells_whom_an_older_one_still_owes(
    context: Context, plan: Plan
) -> None:
    settle(context, plan, OutcomeKind.NOT_STARTED)
    newer = later(later(context))

    assert find_owed(newer).pulls == (7,)
    settle_owed(newer, find_owed(newer), ended(plan, OutcomeKind.DONE))
    assert find_owed(later(newer)).pulls == ()


def test_a_newer_run_that_dies_after_its_journal_leaves_the_word_to_the_next(
    context: Context, plan: Plan
) -> None:
    settle(context, plan, OutcomeKind.NOT_STARTED)
    newer = later(context)

    keep_journal(newer, plan, owing=find_owed(newer).pulls)

    assert find_owed(newer).pulls == (7,)


def test_a_newer_run_that_wrote_settles_in_its_own_journal(context: Context, plan: Plan) -> None:
    settle(context, plan, OutcomeKind.NOT_STARTED)
    newer = later(context)
    owed = find_owed(newer)

    written = owed.after(newer, keep_journal(newer, plan, owing=owed.pulls))
    settle_owed(newer, written, ended(plan, OutcomeKind.DONE))

    assert find_owed(newer).pulls == ()


def test_a_journal_that_cannot_be_read_owes_nobody(context: Context, plan: Plan) -> None:
    keep_journal(context, plan, owing=(7,))
    ref = release_ref(context.rules.main)
    seen = RefRecord(context.repository.read_ref(ref), None)
    write_record(context.repository, ref, FILE, b"{}", seen=seen, message="Forge", at=NOON)

    assert find_owed(context) == Owed()


def test_an_apply_is_over_although_nobody_can_write_down_whom_it_owes(
    context: Context, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_journal(context, plan)
    owed = find_owed(context)

    def unreachable(*_: object, **__: object) -> str:
        raise BotError("origin cannot be reached")

    monkeypatch.setattr(context.repository, "write_ref", unreachable)

    settle_owed(context, owed, ended(plan, OutcomeKind.FAILED))
