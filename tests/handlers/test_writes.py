"""The production writes of a plan: all of them, in bounded number, one outcome each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Barrier, Lock
from typing import TYPE_CHECKING, cast

import pytest

from bot.core.production.apply_report import Outcome, OutcomeKind
from bot.core.production.deployment import LiveDeployment
from bot.core.production.plan import Action, Plan
from bot.core.refusal import Refusal
from bot.errors import BotError, UserError
from bot.handlers.ports import Cloud, Reporter
from bot.handlers.writes import FailureBudget, write_all
from tests.handlers.conftest import Heard

if TYPE_CHECKING:
    pass

Live = Callable[..., LiveDeployment]
PlanTo = Callable[..., Plan]

DRIFTED = UserError(Refusal("DRIFTED", "somebody changed it meanwhile", (), "ada", "Look."))
AWAY = BotError("Azure answered 500.")
DONE, SKIPPED, FAILED, NOT_STARTED = OutcomeKind


@dataclass
class Azure:
    """Deployments in memory; `fails` says what updating some of them raises."""

    fails: Mapping[str, Exception] = field(default_factory=dict)
    written: dict[str, Mapping[str, str]] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0
    meeting: Barrier | None = None
    lock: Lock = field(default_factory=Lock)

    def update_deployment(
        self,
        stage: str,
        seen: LiveDeployment,
        *,
        environment_id: str,
        model_id: str | None,
        tags: Mapping[str, str],
    ) -> LiveDeployment:
        assert stage == "production"
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        if self.meeting:
            self.meeting.wait(timeout=10)
        with self.lock:
            self.at_once -= 1
            if error := self.fails.get(seen.deployment):
                raise error
            self.written[seen.deployment] = tags
        return replace(seen, environment_id=environment_id, model_id=model_id, tags=tags)


def name(number: int) -> str:
    return f"deployment-circuit-C{number:03}"


@pytest.fixture
def updates(make_live: Live, make_plan_to: PlanTo) -> tuple[Action, ...]:
    """Return six updates."""
    return make_plan_to("1.5.1", *(make_live(number) for number in range(1, 7))).updates


def write(
    azure: Azure,
    actions: tuple[Action, ...],
    *,
    workers: int = 1,
    budget: int = 5,
    reporter: Reporter | None = None,
    tags: Mapping[str, str] | None = None,
) -> tuple[Outcome, ...]:
    return write_all(
        cast("Cloud", azure),
        actions,
        lambda _: tags or {},
        workers=workers,
        budget=FailureBudget(budget),
        reporter=reporter or Heard(),
    )


def kinds(outcomes: tuple[Outcome, ...]) -> list[OutcomeKind]:
    return [outcome.kind for outcome in outcomes]


def test_every_update_is_written_once(updates: tuple[Action, ...]) -> None:
    azure, heard = Azure(), Heard()

    outcomes = write(azure, updates, reporter=heard)

    assert kinds(outcomes) == [DONE] * 6
    assert sorted(azure.written) == [name(number) for number in range(1, 7)]
    assert heard.counts == [(done, 6) for done in range(1, 7)]


def test_nothing_to_write_is_no_outcome() -> None:
    assert write(Azure(), ()) == ()


@pytest.mark.parametrize("workers", [1, 3, 32])
def test_outcomes_stand_in_the_plans_order(updates: tuple[Action, ...], workers: int) -> None:
    azure = Azure({name(2): AWAY, name(5): DRIFTED})

    outcomes = write(azure, updates, workers=workers)

    assert [outcome.action for outcome in outcomes] == list(updates)
    assert kinds(outcomes) == [DONE, FAILED, DONE, DONE, SKIPPED, DONE]


def test_writes_go_on_side_by_side_up_to_the_number_of_workers(
    updates: tuple[Action, ...],
) -> None:
    azure = Azure(meeting=Barrier(3))

    write(azure, updates, workers=3)

    assert azure.most_at_once == 3


def test_why_it_failed_or_was_skipped_is_said(updates: tuple[Action, ...]) -> None:
    outcomes = write(Azure({name(1): AWAY, name(2): DRIFTED}), updates)

    assert [outcome.why for outcome in outcomes[:3]] == [
        "Azure answered 500.",
        "somebody changed it meanwhile",
        "",
    ]


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        pytest.param(1, [FAILED, *[NOT_STARTED] * 3], id="the first stops the rest"),
        pytest.param(2, [FAILED, FAILED, NOT_STARTED, NOT_STARTED], id="the second does"),
        pytest.param(3, [FAILED, FAILED, DONE, DONE], id="one more would have"),
    ],
)
def test_a_spent_budget_starts_nothing_new(
    updates: tuple[Action, ...], budget: int, expected: list[OutcomeKind]
) -> None:
    azure = Azure({name(1): AWAY, name(2): AWAY})

    assert kinds(write(azure, updates[:4], budget=budget)) == expected


def test_a_refusal_costs_nothing_of_the_budget(updates: tuple[Action, ...]) -> None:
    azure = Azure({name(number): DRIFTED for number in range(1, 6)})

    assert kinds(write(azure, updates, budget=1)) == [*[SKIPPED] * 5, DONE]


def test_our_tags_replace_ours_and_leave_the_others(make_live: Live, make_plan_to: PlanTo) -> None:
    live = make_live(1, "1.5.0", team="sensors", rolled_back_by="ada", rollback_reason="drift")
    azure = Azure()

    write(azure, make_plan_to("1.5.1", live).updates, tags={"rolled_back_by": "lise"})

    assert azure.written[name(1)] == {"team": "sensors", "rolled_back_by": "lise"}


def test_an_action_without_a_live_deployment_is_skipped(updates: tuple[Action, ...]) -> None:
    azure = Azure()

    outcomes = write(azure, (replace(updates[0], live=None), updates[1]))

    assert kinds(outcomes) == [SKIPPED, DONE]
    assert list(azure.written) == [name(2)]


def test_what_nobody_expected_is_raised_and_ends_the_writing(
    updates: tuple[Action, ...],
) -> None:
    azure = Azure({name(1): ZeroDivisionError("a bug")})

    with pytest.raises(ZeroDivisionError):
        write(azure, updates)

    assert azure.written == {}


@dataclass
class Mute:
    """A reporter whose comment cannot be edited."""

    def step(self, text: str) -> None:
        raise BotError(f"GitHub is away: {text}")

    def progress(self, done: int, total: int, what: str) -> None:
        raise BotError(f"GitHub is away: {done} of {total} {what}")


def test_tags_that_cannot_be_told_end_the_writing_too(updates: tuple[Action, ...]) -> None:
    azure = Azure()

    def no_tags(action: Action) -> Mapping[str, str]:
        raise KeyError(action.deployment)

    with pytest.raises(KeyError):
        write_all(
            cast("Cloud", azure),
            updates,
            no_tags,
            workers=1,
            budget=FailureBudget(5),
            reporter=Heard(),
        )

    assert azure.written == {}


@dataclass
class Interrupted(Heard):
    """A terminal at which somebody presses Ctrl-C once the first deployment is written."""

    def progress(self, done: int, total: int, what: str) -> None:
        super().progress(done, total, what)
        raise KeyboardInterrupt


def test_an_interrupt_ends_the_writing(updates: tuple[Action, ...]) -> None:
    interrupted = Interrupted()

    with pytest.raises(KeyboardInterrupt):
        write(Azure(), updates, reporter=interrupted)

    assert interrupted.counts == [(1, 6)]


def test_a_display_that_fails_stops_no_write(updates: tuple[Action, ...]) -> None:
    assert kinds(write(Azure(), updates, reporter=Mute())) == [DONE] * 6


def test_a_budget_is_spent_by_as_many_failures_as_it_names() -> None:
    budget = FailureBudget(2)

    budget.record_failure()
    assert not budget.spent
    budget.record_failure()
    assert budget.spent
