"""Which cases are played: every call with every fault, and some of them by chance."""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from bot.sandbox.faults.plan import KILLS, OPERATIONS, Fault, Plan, Strike
from bot.sandbox.faults.wire import AZURE, WireCall
from faults.invariants import UPLOAD
from faults.recording import Undisturbed

_MOST_FAULTS = 5
_WRITES = ("PUT", "POST", "PATCH", "DELETE")
# What Azure's clouds are: read by the SDK for every client and asset.
_PAGE = "/metadata/endpoints"
_NUMBERS = re.compile(r"[0-9a-f]{7,}|\d+", re.IGNORECASE)
# How long the models' test takes when faults come by chance: long enough to be watched.
WATCHED_SECONDS = 0.05


class Case(NamedTuple):
    """What to play: a step, its plan, and how long the test of the models takes in seconds."""

    step: str
    plan: Plan
    seconds: float = 0.0


def kills(step: Undisturbed) -> Iterator[Case]:
    """Yield each call of a step with each moment at which the bot can be killed.

    A page that never changes is left out: whoever dies there leaves behind what it leaves at the
    next call.
    """
    for call in step.calls:
        if not call.path.endswith(_PAGE):
            yield from (Case(step.step, Plan([Strike(call.number, kill)])) for kill in KILLS)


def kinds(step: Undisturbed) -> Iterator[Case]:
    """Yield the first call of each kind with each fault that `singles` lets it meet.

    Calls are of one kind if they differ in numbers and ids alone.
    """
    first: dict[str, WireCall] = {}
    for call in step.calls:
        first.setdefault(f"{call.server} {call.method} {_NUMBERS.sub('*', call.path)}", call)
    yield from singles(replace(step, calls=tuple(first.values())))


def singles(step: Undisturbed) -> Iterator[Case]:
    """Yield each call with each fault that it can meet; one that is refused stays refused."""
    for call in step.calls:
        for fault in Fault:
            if fault not in KILLS and fits(fault, call):
                lasting = may_last(fault, call)
                yield Case(step.step, Plan([Strike(call.number, fault, lasting=lasting)]))


_REFUSALS = (
    Fault.TOO_MANY,
    Fault.TOO_MANY_WAIT,
    Fault.FAILED,
    Fault.UNAVAILABLE,
    Fault.RESET,
    Fault.TIMEOUT,
    Fault.UNAUTHORIZED,
)


def fits(fault: Fault, call: WireCall) -> bool:
    """Tell whether a fault makes a difference at a call."""
    writes = call.method in _WRITES
    if fault in OPERATIONS or fault is Fault.SECOND_WRITER:
        return call.server == AZURE and (writes or fault is Fault.SECOND_WRITER)
    if fault is Fault.UNDONE:
        return call.server == AZURE and call.method == "PUT" and UPLOAD not in call.path
    if fault is Fault.STALE:
        return call.method == "GET" and not call.is_git
    if fault in (Fault.FAILED_APPLIED, Fault.RESET_APPLIED, Fault.TIMEOUT_APPLIED):
        return writes
    return True


def may_last(fault: Fault, call: WireCall) -> bool:
    """Tell whether a fault can meet every repetition of a call: not of a transfer of blobs.

    The storage SDK repeats those for minutes, and nothing that azure-ai-ml lets one set changes it.
    """
    return fault in _REFUSALS and UPLOAD not in call.path


def by_chance(seed: int, steps: Mapping[str, Undisturbed]) -> Case:
    """Return the case of a seed: a step with one to five faults anywhere in it."""
    chance = random.Random(seed)  # noqa: S311 - a seed must always stand for the same case
    step = steps[chance.choice(sorted(steps))]
    strikes = [_strike(chance, step) for _ in range(chance.randint(1, _MOST_FAULTS))]
    return Case(step.step, Plan(strikes), WATCHED_SECONDS)


def _strike(chance: random.Random, step: Undisturbed) -> Strike:
    call = chance.choice(step.calls)
    fault = chance.choice([one for one in Fault if fits(one, call)])
    lasting = may_last(fault, call) and chance.random() < 1 / 4
    return Strike(call.number, fault, lasting=lasting)
