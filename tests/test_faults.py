"""A release survives what is done to it, and the harness would notice if it did not.

`make faults` plays every call; here are the calls after which most can go wrong.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.sandbox.faults.plan import KILLS, Fault, Place, Plan, Strike
from bot.sandbox.faults.wire import AZURE, GITHUB, WireCall
from faults.bug_hunt import Hunt
from faults.bugs import read_bugs
from faults.campaign import Case, fits, kills, kinds, singles
from faults.command import Player
from faults.mutant import Change, StaleChangeError, require_applicable
from faults.orders import EVENTS, Orders, all_orders, begin_orders
from faults.recording import Undisturbed, effects
from faults.silence import writes
from faults.standing import differences

pytestmark = pytest.mark.timeout(300)
# Each is noticed by one step of the release; `make faults BUGS=1` looks for all of them.
QUICK = ("writes the journal after the deployments", "forgets the tags of others")


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    player = Player(plants=2, circuits=1)
    yield player
    player.close()


# Each writes what a second time would be one too many. The calls are named by what they are: how
# often the bot polls, and so the number of a call, moves from run to run.
TELLING = [
    pytest.param("promote", "POST */issues/1/comments", id="the reply"),
    pytest.param("promote", "POST */import", id="the share"),
    pytest.param("promote", "PUT */jobs/*", id="the tests"),
    pytest.param("apply", "POST */git-receive-pack", id="the lease"),
    pytest.param("apply", "PUT */deployments/*", id="a deployment"),
]


@pytest.mark.parametrize(("step", "call"), TELLING)
def test_killed_where_the_answer_is_lost_a_second_run_converges(
    player: Player, step: str, call: str
) -> None:
    verdict = player.play(Case(step, Plan([Strike(Place(call), Fault.KILLED_UNANSWERED)])))

    assert verdict.wrong == ()
    assert (verdict.struck, verdict.reruns) == (1, 1)


def test_killed_after_its_last_word_a_second_run_calls_nobody_again(player: Player) -> None:
    said = [call for call in player.steps["promote"].calls if call.method == "PATCH"]
    last = Place("PATCH *", len(said))

    verdict = player.play(Case("promote", Plan([Strike(last, Fault.KILLED_BEFORE)])))

    assert verdict.wrong == ()
    assert (verdict.struck, verdict.reruns) == (1, 1)


def test_what_failed_and_took_effect_all_the_same_is_told_by_the_second_run(
    player: Player,
) -> None:
    polled = Place("GET */mfeOperationsStatus/*")

    verdict = player.play(Case("apply", Plan([Strike(polled, Fault.UNAUTHORIZED)])))

    assert verdict.wrong == ()
    assert (verdict.struck, verdict.reruns, verdict.codes) == (1, 1, (100,))


def test_a_failed_upload_is_told_and_not_waited_for(player: Player) -> None:
    upload = Place("PUT *.blob.core.windows.net/*")

    verdict = player.play(Case("promote", Plan([Strike(upload, Fault.UNAUTHORIZED)])))

    assert verdict.wrong == ()
    assert (verdict.struck, verdict.codes) == (1, (1,))


@pytest.mark.parametrize("name", QUICK)
def test_a_bug_in_a_copy_of_the_bot_is_noticed(player: Player, name: str) -> None:
    bug = next(one for one in read_bugs() if one.name == name)
    hunt = Hunt(player.harness, player.steps, {})

    by, saw = hunt.look_for(bug)

    assert by == "apply", saw


def test_every_bug_of_the_table_finds_what_it_changes() -> None:
    bugs = read_bugs()

    require_applicable(change for bug in bugs for change in bug.changes)
    assert len({bug.name for bug in bugs}) >= 35


def test_a_bug_that_finds_nothing_to_change_is_an_error() -> None:
    with pytest.raises(StaleChangeError, match=r"bot/cli\.py holds 0 times"):
        require_applicable([Change("bot/cli.py", "no such line", "")])


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orders]:
    with ExitStack() as ending:
        yield begin_orders(tmp_path_factory.mktemp("orders"), ending)


def test_whatever_comes_first_or_twice_a_release_ends_the_same(orders: Orders) -> None:
    found = orders.end((*reversed(EVENTS), "prove"))

    assert list(differences(found, orders.end(EVENTS), failed=False)) == []


@pytest.mark.parametrize("lost", EVENTS)
def test_the_schedule_makes_good_whatever_event_was_lost(orders: Orders, lost: str) -> None:
    found = orders.end(EVENTS, lost)

    assert list(differences(found, orders.end(EVENTS), failed=False)) == []


def test_a_command_whose_event_comes_after_the_schedule_has_one_answer(orders: Orders) -> None:
    found = orders.end(("propose", "prove", "schedule", "approve", "apply", "promote"))

    assert list(differences(found, orders.end(EVENTS), failed=False)) == []


def test_every_order_is_played_and_every_event_comes_twice_and_not_at_all() -> None:
    played = list(all_orders())

    assert len({order for _, order, lost in played if len(order) == 6 and not lost}) == 720
    assert {lost for _, _, lost in played} == {"", *EVENTS}
    assert {name for _, order, _ in played for name in order if order.count(name) == 2} == {*EVENTS}


@pytest.mark.parametrize("step", ["promote", "apply"])
def test_a_step_that_comes_twice_ends_as_it_was_recorded_and_writes_nothing_more(
    player: Player, step: str
) -> None:
    verdict = player.play(Case(step, Plan()))

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


def test_nobody_is_killed_at_a_page_that_never_changes() -> None:
    step = recorded(call(1, "GET", "/metadata/endpoints"), call(2, "GET", "/a"))

    assert {str(case.plan.strikes[0].at) for case in kills(step)} == {"2"}


def test_calls_that_differ_in_numbers_alone_are_disturbed_once() -> None:
    first, other, written = call(1, "GET", "/runs/7"), call(3, "GET", "/a"), call(4, "PUT", "/a")
    step = recorded(first, call(2, "GET", "/runs/8c1f2e90"), other, written)

    assert {case.plan.strikes[0].at for case in kinds(step)} == {1, 3, 4}
    alone = recorded(first, other, written)
    assert [str(case.plan) for case in kinds(step)] == [str(case.plan) for case in singles(alone)]


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
        pytest.param(AZURE, "PUT", Fault.UNDONE, True, id="Azure forgets a write"),
        pytest.param(AZURE, "DELETE", Fault.UNDONE, False, id="nothing forgets a deletion"),
    ],
)
def test_a_fault_is_tried_where_it_makes_a_difference(
    server: str, method: str, fault: Fault, expected: bool
) -> None:
    assert fits(fault, call(1, method, "/a", server=server)) is expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(("PUT", "/subscriptions/a", AZURE, 200), 1, id="a write to Azure"),
        pytest.param(("POST", "/registries/a/import", AZURE, 202), 1, id="a share"),
        pytest.param(("POST", "/oauth2/v2.0/token", AZURE, 200), 0, id="a token"),
        pytest.param(("PUT", "/subscriptions/a", AZURE, 500), 0, id="a write that failed"),
        pytest.param(("POST", "/a/b/git-receive-pack", GITHUB, 200), 1, id="a ref"),
        pytest.param(("POST", "/a/b/git-upload-pack", GITHUB, 200), 0, id="a fetch"),
        pytest.param(("POST", "/api/v3/x/reactions", GITHUB, 201), 1, id="a reaction"),
        pytest.param(("POST", "/api/v3/x/reactions", GITHUB, 200), 0, id="a reaction again"),
        pytest.param(("PATCH", "/api/v3/x/comments/1", GITHUB, 200), 1, id="an edit"),
    ],
)
def test_what_a_second_run_must_not_do_is_known(
    one: tuple[str, str, str, int], expected: int
) -> None:
    method, path, server, status = one

    assert len(list(writes([call(1, method, path, server=server, status=status)]))) == expected


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
