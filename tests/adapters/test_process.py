"""Which process it is, and whether another one has ended."""

import os
import subprocess
import sys

import pytest

from bot.adapters.process import has_ended, this_process

SAY_WHO = (
    "from bot.adapters.process import this_process; print(this_process(), flush=True); input()"
)


def test_this_process_goes_on() -> None:
    assert not has_ended(this_process())


def test_another_process_is_called_otherwise_and_seen_to_end() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SAY_WHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        name = other.stdout.readline().strip()
        assert name != this_process()
        assert not has_ended(name)

        other.kill()
        other.wait()

    assert has_ended(name)


def test_a_later_process_of_the_same_number_is_another_one() -> None:
    name, _, began = this_process().rpartition(" ")

    assert has_ended(f"{name} {int(began) + 1}")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("https://github.com/plants/fleet/actions/runs/7", id="a workflow run"),
        pytest.param("apply-0123456789ab", id="what is no process"),
        pytest.param(f"process {os.getpid()} on elsewhere/0123, begun at 1", id="elsewhere"),
        pytest.param(this_process().rpartition(" ")[0] + " 0", id="nobody knows when it began"),
    ],
)
def test_what_cannot_be_seen_goes_on(name: str) -> None:
    assert not has_ended(name)
