"""Whom a closed gate calls: the people who can move it, once for each state that it is in.

Edits of a comment notify nobody, so a gate that waits for people has to call them; and it must not
call them again for what they know (peers: mentions are for changes of state that need a person).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.core.gates.approval import is_team
from bot.core.gates.gate import Gate, Stage
from bot.core.gates.requirements import Requirement

CallState: TypeAlias = Literal["waiting", "failed", "expired"]


@dataclass(frozen=True, slots=True)
class Call:
    """A gate that cannot move without somebody.

    Attributes:
        content: digest of what would be released; other content is another matter to decide.
        missing: what the gate says is missing, in its own words.
        who: logins that can supply it, without repetition.
        next: what they can do.
    """

    stage: Stage
    state: CallState
    content: str
    missing: tuple[str, ...]
    who: tuple[str, ...]
    next: str


def call_for(gates: Iterable[Gate], content: str) -> Call | None:
    """Return whom the first closed gate calls; None where that is nobody, or the author alone.

    Whoever opened the pull request sees what it says of evidence, class and draft; a gate waits
    for others only once all of that is there.
    """
    gate = next((gate for gate in gates if not gate.holds), None)
    if gate is None:
        return None
    first = gate.missing[0]
    state = _state(first)
    if state is None:
        return None
    asked = [one for one in gate.missing if _state(one) == state]
    people = (login for one in asked for login in one.who if not is_team(login))
    who = tuple(dict.fromkeys(people))
    if not who:
        return None
    missing = tuple(one.text for one in gate.missing)
    return Call(gate.stage, state, content, missing, who, first.next or "/status")


def _state(requirement: Requirement) -> CallState | None:
    if requirement.id == "in_time":
        return "expired"
    if requirement.code == "TESTS_FAILED":
        return "failed"
    return "waiting" if requirement.id.startswith("approval:") else None
