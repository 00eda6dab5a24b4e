"""A release survives what is done to it, and the harness would notice if it did not.

`make faults` plays every call; here are the calls after which most can go wrong, and some seeds.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.sandbox.faults.plan import KILLS, Fault, Plan, Strike, parse
from bot.sandbox.faults.wire import AZURE, GITHUB, WireCall
from faults.__main__ import Player
from faults.campaign import Case, by_chance, fits, kills, singles
from faults.case import Undisturbed, effects
from faults.standing import differences

pytestmark = pytest.mark.timeout(300)
SEEDS = range(4)


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    player = Player(plants=2, circuits=1)
    yield player
    player.close()


def ends(method: str, tail: str) -> Callable[[WireCall], bool]:
    """Return what tells the calls whose address holds `tail` and that are written with `method`."""
    return lambda call: call.method == method and tail in call.path.lower()


# Each writes what a second time would be one too many.
TELLING = [
    pytest.param("promote", ends("POST", "/issues/1/comments"), id="the reply"),
    pytest.param("promote", ends("POST", "/import"), id="the share"),
    pytest.param("promote", ends("PUT", "/jobs/"), id="the tests"),
    pytest.param("apply", ends("POST", "git-receive-pack"), id="the lease"),
    pytest.param("apply", ends("PUT", "/deployments/"), id="a deployment"),
]


@pytest.mark.parametrize(("step", "is_it"), TELLING)
def test_killed_where_the_answer_is_lost_a_second_run_converges(
    player: Player, step: str, is_it: Callable[[WireCall], bool]
) -> None:
    number = next(call.number for call in player.steps[step].calls if is_it(call))

    verdict = player.play(Case(step, Plan([Strike(number, Fault.KILLED_UNANSWERED)])))

    assert verdict.wrong == ()
    assert (verdict.struck, verdict.reruns) == (1, 1)


def test_a_failed_upload_is_told_and_not_waited_for(player: Player) -> None:
    is_upload = ends("PUT", ".blob.core.windows.net/")
    number = next(call.number for call in player.steps["promote"].calls if is_upload(call))

    verdict = player.play(Case("promote", Plan([Strike(number, Fault.UNAUTHORIZED)])))

    assert verdict.wrong == ()
    assert (verdict.struck, verdict.codes) == (1, (1,))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_chance_brings_is_told_or_survived(player: Player, seed: int) -> None:
    verdict = player.play(by_chance(seed, player.steps))

    assert verdict.wrong == (), f"again: make faults CASE='{verdict.step} {verdict.plan}'"


def test_left_alone_a_step_ends_as_it_was_recorded(player: Player) -> None:
    verdict = player.play(Case("apply", Plan()))

    assert (verdict.wrong, verdict.struck, verdict.reruns) == ((), 0, 0)


def call(
    number: int, method: str, path: str, *, server: str = AZURE, status: int = 200
) -> WireCall:
    return WireCall(number, server, method, path, "", b"", status=status)


def recorded(*calls: WireCall) -> Undisturbed:
    return Undisturbed("apply", Path(), (), calls, {}, Counter())


def test_every_call_is_killed_at_every_moment() -> None:
    step = recorded(call(1, "GET", "/a"), call(2, "PUT", "/b"))

    assert [str(case.plan) for case in kills(step)] == [
        f"{number}:{kill}" for number in (1, 2) for kill in KILLS
    ]


def test_a_read_cannot_be_applied_and_unanswered() -> None:
    step = recorded(call(1, "GET", "/a"))
    faults = {case.plan.strikes[0].fault for case in singles(step)}

    assert not faults & {Fault.FAILED_APPLIED, Fault.RESET_APPLIED, *KILLS}
    assert Fault.STALE in faults


@pytest.mark.parametrize(
    ("server", "method", "fault", "expected"),
    [
        pytest.param(AZURE, "PUT", Fault.OPERATION_STUCK, True, id="Azure has operations"),
        pytest.param(GITHUB, "PUT", Fault.OPERATION_STUCK, False, id="GitHub has none"),
        pytest.param(AZURE, "GET", Fault.OPERATION_STUCK, False, id="a read begins none"),
        pytest.param(AZURE, "PUT", Fault.STALE, False, id="a write is not stale"),
    ],
)
def test_a_fault_is_tried_where_it_makes_a_difference(
    server: str, method: str, fault: Fault, expected: bool
) -> None:
    assert fits(fault, call(1, method, "/a", server=server)) is expected


def test_a_seed_always_stands_for_the_same_case(player: Player) -> None:
    first, again = (by_chance(7, player.steps) for _ in range(2))

    assert (first.step, str(first.plan)) == (again.step, str(again.plan))
    assert str(parse(str(first.plan))) == str(first.plan)


def test_a_second_comment_and_a_second_job_are_counted() -> None:
    comment = call(1, "POST", "/repos/a/b/issues/1/comments", server=GITHUB, status=201)
    job, again = (call(2, "PUT", "/providers/w/jobs/one", status=status) for status in (201, 200))

    found = effects([comment, comment, job, again])

    assert found == {"comment": 2, "PUT /providers/w/jobs/one": 1}


def test_what_is_missing_changed_or_too_much_is_a_difference() -> None:
    found = differences(
        {"a": "1", "b": "2", "d": "4"}, {"a": "1", "b": "3", "c": "4"}, failed=False
    )

    assert [text.partition(":")[0] for text in found] == ["b", "c", "d"]


@pytest.mark.parametrize(("failed", "expected"), [(True, 0), (False, 1)], ids=["told", "not told"])
def test_a_thumb_down_may_stay_only_after_a_failure_that_was_told(
    failed: bool, expected: int
) -> None:
    found, should = {"comment 1 by marie: /x": "-1 eyes"}, {"comment 1 by marie: /x": "eyes"}

    assert len(list(differences(found, should, failed=failed))) == expected
