"""A fault plan says what happens to which call, and can be written in one line."""

import pytest

from bot.sandbox.faults.plan import Fault, Place, Plan, Strike, parse

GET, PUT = "GET /a/endpoint", "PUT /a/deployments/c001"


def test_a_number_strikes_that_call_and_no_other() -> None:
    plan = Plan([Strike(2, Fault.UNAVAILABLE)])

    assert [plan.fault(number, GET) for number in (1, 2, 3)] == [None, Fault.UNAVAILABLE, None]


def test_a_place_strikes_the_nth_call_that_matches() -> None:
    plan = Plan([Strike(Place("PUT */deployments/*", nth=2), Fault.RESET)])

    found = [plan.fault(number, call) for number, call in enumerate([PUT, GET, PUT, PUT], 1)]

    assert found == [None, None, Fault.RESET, None]


def test_a_lasting_fault_strikes_every_repetition_of_its_call() -> None:
    plan = Plan([Strike(1, Fault.FAILED, lasting=True)])

    found = [plan.fault(number, call) for number, call in enumerate([PUT, GET, PUT], 1)]

    assert found == [Fault.FAILED, None, Fault.FAILED]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "17:503",
        "17:503+",
        "3:killed-before,9:500-applied",
        "PUT */deployments/*#2:operation-stuck",
    ],
)
def test_what_a_plan_writes_is_read_as_the_same_plan(text: str) -> None:
    assert str(parse(text)) == text
    assert parse(str(parse(text))).strikes == parse(text).strikes


@pytest.mark.parametrize("text", ["503", "x:503", "3:no-such-fault", "#:503"])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(text)


def test_what_lasts_meets_a_transfer_of_blobs_once() -> None:
    plan = parse("1:timeout+")
    call = "GET /account/.blob.core.windows.net/a"

    assert [plan.fault(number, call) for number in (1, 2)] == [Fault.TIMEOUT, None]


def test_a_place_may_name_the_query_of_a_call() -> None:
    plan = parse("GET */refs?service=push#1:500")

    assert plan.fault(1, "GET /a/refs", "service=fetch") is None
    assert plan.fault(2, "GET /a/refs", "service=push") is Fault.FAILED
