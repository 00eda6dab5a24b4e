"""Hostile texts cost little and break nothing, and the harness would notice if they did."""

import os
import signal
from collections.abc import Callable

import pytest

from fuzz.__main__ import COUNTS, fuzz
from fuzz.limited import run_batch
from fuzz.mutation import MOST_BYTES, mutant
from fuzz.targets import targets

ONCE = {"yaml": 4_000}
"""How many texts of a target are read here; of the others a thousand."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", COUNTS)
def test_no_hostile_text_breaks_a_promise(name: str) -> None:
    failed = fuzz(name, range(ONCE.get(name, 1_000)))

    assert failed == []


def test_every_target_has_texts_to_start_from() -> None:
    assert {name: len(target.corpus) > 1 for name, target in targets().items()} == dict.fromkeys(
        COUNTS, True
    )


def test_a_number_always_stands_for_the_same_text() -> None:
    corpus = targets()["yaml"].corpus

    assert [mutant("yaml", n, corpus) for n in range(50)] == [
        mutant("yaml", n, corpus) for n in range(50)
    ]
    assert len({mutant("yaml", n, corpus).text for n in range(50)}) > 40
    assert max(len(mutant("yaml", n, corpus).text) for n in range(500)) <= MOST_BYTES


def burn(_: int) -> None:
    while True:
        pass


def swallow(_: int) -> None:
    bytearray(400 * 1024 * 1024)


def crash(_: int) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def leave(_: int) -> None:
    os._exit(7)


def raise_(_: int) -> None:
    raise ValueError("a bug")


@pytest.mark.parametrize(
    ("hurt", "why"),
    [
        pytest.param(burn, "more than 2 s of CPU", id="two seconds"),
        pytest.param(swallow, "more than 256 MiB", id="memory"),
        pytest.param(crash, "the child died of SIGTERM", id="a crash"),
        pytest.param(leave, "the child ended with status 7", id="an exit"),
        pytest.param(raise_, "a bug", id="an exception"),
    ],
)
def test_the_one_text_that_is_too_much_is_found(hurt: Callable[[int], None], why: str) -> None:
    def read(number: int) -> None:
        if number == 3:
            hurt(number)

    (failure,) = run_batch(range(4), read)

    assert failure.number == 3
    assert why in failure.why
