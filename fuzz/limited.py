"""Runs batches in children that the system stops, and finds the one text that was too much."""

import json
import os
import resource
import signal
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CPU_SECONDS = 2
MORE_MEMORY = 256 * 1024 * 1024  # bytes beyond what the child starts with
_PAGE = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class Failure:
    """A text that broke a promise: its number, and what happened."""

    number: int
    why: str


def run_batch(numbers: Sequence[int], read: Callable[[int], None]) -> list[Failure]:
    """Return what failed when each number was read in a child with two seconds and 256 MiB.

    A batch shares the limits of one text. One that trips them is halved until it is known which
    text does so alone.
    """
    why, failed = _in_child(numbers, read)
    if why is None:
        return failed
    if len(numbers) == 1:
        return [Failure(numbers[0], why)]
    middle = len(numbers) // 2
    return run_batch(numbers[:middle], read) + run_batch(numbers[middle:], read)


def _in_child(
    numbers: Sequence[int], read: Callable[[int], None]
) -> tuple[str | None, list[Failure]]:
    """Return why the child was stopped, or None and what it found."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(numbers, read, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        told = answers.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return _stopped_by(os.WTERMSIG(status)), []
    if not told:
        return f"the child ended with status {os.waitstatus_to_exitcode(status)}", []
    answer = json.loads(told)
    if isinstance(answer, str):
        return answer, []
    return None, [Failure(*one) for one in answer]


def _stopped_by(number: int) -> str:
    if number in (signal.SIGXCPU, signal.SIGKILL):
        return f"more than {CPU_SECONDS} s of CPU"
    return f"the child died of {signal.Signals(number).name}"


def _work(numbers: Sequence[int], read: Callable[[int], None], writing: int) -> None:
    """Read, tell what failed, and end the process without the parent's ending."""
    _limit()
    answer: object
    try:
        answer = [
            (number, why) for number in numbers if (why := _failure(read, number)) is not None
        ]
    except MemoryError:
        answer = f"more than {MORE_MEMORY >> 20} MiB"
    with os.fdopen(writing, "wb") as told:
        told.write(json.dumps(answer).encode())
    os._exit(0)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open("/proc/self/statm", encoding="ascii") as sizes:  # noqa: PTH123 - cheap in a child
        size = int(sizes.read().split()[0]) * _PAGE + MORE_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _failure(read: Callable[[int], None], number: int) -> str | None:
    """Return how reading broke a promise, or None."""
    try:
        read(number)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - any exception is what is looked for
        return traceback.format_exc(limit=-3)
    return None
