"""The first thread passes alone, the others together."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from bot.adapters.azureml.first_alone import FirstAlone

PATIENCE_SECONDS = 10


def test_others_wait_for_the_first() -> None:
    door, inside, may_leave = FirstAlone(), Event(), Event()
    order: list[str] = []

    def first() -> None:
        with door.passing() as has_waited:
            assert not has_waited
            inside.set()
            assert may_leave.wait(PATIENCE_SECONDS)
            order.append("first")

    def second() -> None:
        may_leave.set()
        with door.passing() as has_waited:
            assert has_waited
            order.append("second")

    with ThreadPoolExecutor(2) as pool:
        leading = pool.submit(first)
        assert inside.wait(PATIENCE_SECONDS)
        pool.submit(second).result()
        leading.result()

    assert order == ["first", "second"]


@pytest.mark.parametrize("fails", [False, True], ids=["ended well", "failed"])
def test_after_the_first_two_are_inside_at_once(fails: bool) -> None:
    door, both = FirstAlone(), Barrier(2, timeout=PATIENCE_SECONDS)
    if fails:
        with pytest.raises(KeyError), door.passing():
            raise KeyError
    else:
        with door.passing():
            pass

    def meet() -> None:
        with door.passing() as has_waited:
            assert not has_waited
            both.wait()

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(meet), pool.submit(meet)]:
            one.result()
