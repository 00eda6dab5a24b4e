"""The production writes of a plan: all of them, in bounded number, one outcome each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Barrier, Lock
from typing import TYPE_CHECKING, cast

import pytest

from bot.core.production.apply_report import Outcome, OutcomeKind
from bot.core.production.blueprint import Blueprint, NewDeployment
from bot.core.production.deployment import LiveDeployment
from bot.core.production.plan import Action, ActionKind, Plan
from bot.core.production.waves import Wave
from bot.core.refusal import Refusal
from bot.errors import BotError, UserError
from bot.handlers.ports import Cloud, Reporter
from bot.handlers.writes import FailureBudget, Held, Writing, write_all
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
    made: list[NewDeployment] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    meeting: Barrier | None = None
    lock: Lock = field(default_factory=Lock)

    def create_deployment(self, stage: str, new: NewDeployment) -> None:
        assert stage == "production"
        self.made.append(new)

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


@dataclass
class Lasting:
    """A lease that ends once `ends_after` deployments are written; never without."""

    azure: Azure | None = None
    ends_after: int = 0
    beats: int = 0
    waves_begun: int = 0

    @property
    def objection(self) -> str:
        ended = self.azure is not None and len(self.azure.written) >= self.ends_after
        return "another run took the lease" if ended else ""

    def beat(self) -> None:
        self.beats += 1

    def begin_wave(self) -> None:
        self.waves_begun += 1


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
    held: Held | None = None,
    waves: int = 1,
) -> tuple[Outcome, ...]:
    """Write `actions`, cut into waves of the same size."""
    writing = Writing(
        cloud=cast("Cloud", azure),
        stage="production",
        our_tags=lambda _: tags or {},
        workers=workers,
        budget=FailureBudget(budget),
        held=held or Lasting(),
        reporter=reporter or Heard(),
    )
    size = len(actions) // waves
    cut = [actions[number * size : (number + 1) * size] for number in range(waves)]
    return write_all(writing, [Wave(at, waves, one) for at, one in enumerate(cut, 1)])


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


def test_a_deployment_that_was_not_there_is_created(updates: tuple[Action, ...]) -> None:
    azure = Azure()
    made_of = cast("Blueprint", object())
    new = replace(updates[0], kind=ActionKind.CREATE, live=None, blueprint=made_of)

    outcomes = write(azure, (new, updates[1]), tags={"rolled_back_by": "lise"})

    assert kinds(outcomes) == [DONE, DONE]
    assert azure.made == [
        NewDeployment(
            endpoint=new.endpoint,
            deployment=new.deployment,
            environment_id=new.environment_id or "",
            model_id=new.model_id or "",
            tags={"rolled_back_by": "lise"},
            blueprint=made_of,
        )
    ]
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
            Writing(
                cloud=cast("Cloud", azure),
                stage="production",
                our_tags=no_tags,
                workers=1,
                budget=FailureBudget(5),
                held=Lasting(),
                reporter=Heard(),
            ),
            [Wave(1, 1, updates)],
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


def test_a_lost_lease_lets_nothing_new_begin(updates: tuple[Action, ...]) -> None:
    azure = Azure()

    outcomes = write(azure, updates, held=Lasting(azure, ends_after=2))

    assert kinds(outcomes) == [DONE, DONE, *[NOT_STARTED] * 4]
    assert outcomes[-1].why == "another run took the lease"


def test_the_lease_is_kept_alive_while_writes_go_on(updates: tuple[Action, ...]) -> None:
    held = Lasting()

    write(Azure(), updates, held=held)

    assert held.beats >= 1


def test_no_wave_begins_before_the_one_before_it_has_ended(updates: tuple[Action, ...]) -> None:
    azure = Azure(meeting=Barrier(2))  # the deployments of one wave wait for each other

    outcomes = write(azure, updates, workers=6, waves=3)

    assert kinds(outcomes) == [DONE] * 6
    assert azure.most_at_once == 2


def test_a_failure_in_a_wave_keeps_the_later_ones_from_beginning(
    updates: tuple[Action, ...],
) -> None:
    azure = Azure({name(1): AWAY})

    outcomes = write(azure, updates, waves=3)

    assert kinds(outcomes) == [FAILED, DONE, *[NOT_STARTED] * 4]
    assert outcomes[-1].why == "1 of 2 in wave 1 of 3 did not succeed"


@pytest.mark.parametrize(("waves", "asked"), [(1, 0), (2, 1), (3, 2)])
def test_whether_writes_may_go_on_is_asked_between_waves(
    updates: tuple[Action, ...], waves: int, asked: int
) -> None:
    held = Lasting()

    write(Azure(), updates, waves=waves, held=held)

    assert held.waves_begun == asked


def test_what_objects_between_waves_is_why_none_of_the_later_ones_begins(
    updates: tuple[Action, ...],
) -> None:
    azure = Azure()

    outcomes = write(azure, updates, waves=3, held=Lasting(azure, ends_after=2))

    assert kinds(outcomes) == [DONE, DONE, *[NOT_STARTED] * 4]
    assert {outcome.why for outcome in outcomes[2:]} == {"another run took the lease"}


def test_what_objects_within_a_wave_is_why_none_of_the_later_ones_begins(
    updates: tuple[Action, ...],
) -> None:
    azure = Azure()

    outcomes = write(azure, updates, waves=3, held=Lasting(azure, ends_after=1))

    assert {outcome.why for outcome in outcomes[1:]} == {"another run took the lease"}


def test_a_wave_of_which_nothing_was_written_shows_nothing(updates: tuple[Action, ...]) -> None:
    azure = Azure({name(1): DRIFTED, name(2): DRIFTED})

    assert kinds(write(azure, updates, waves=3)) == [SKIPPED, SKIPPED, *[NOT_STARTED] * 4]


def test_a_wave_with_one_that_somebody_changed_lets_the_next_begin(
    updates: tuple[Action, ...],
) -> None:
    azure = Azure({name(1): DRIFTED})

    assert kinds(write(azure, updates, waves=3)) == [SKIPPED, *[DONE] * 5]


def test_each_wave_is_told_by_one_line(updates: tuple[Action, ...]) -> None:
    heard = Heard()

    write(Azure({name(3): AWAY}), updates, waves=3, reporter=heard)

    assert heard.steps == [
        "wave 1 of 3: 2 done",
        "wave 2 of 3: 1 done, 1 failed",
    ]


def test_an_only_wave_needs_no_line(updates: tuple[Action, ...]) -> None:
    heard = Heard()

    write(Azure(), updates, reporter=heard)

    assert heard.steps == []


def test_outcomes_name_their_wave(updates: tuple[Action, ...]) -> None:
    assert [one.wave for one in write(Azure(), updates[:2], waves=2)] == [
        "wave 1 of 2",
        "wave 2 of 2",
    ]
