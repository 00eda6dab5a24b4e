"""A gate that does not hold, as the answer to whoever wanted to pass it."""

from bot.core.gates.gate import Gate
from bot.core.refusal import Refusal

_WHAT = {
    "registry": "the gate to the registry is not open",
    "production": "the gate to production is not open",
    "rollback": "the gate of the rollback is not open",
}

# By whether there is something to do.
_NOBODYS = ("time: nobody has to do anything", "whoever administers this repository")


def refusal_for(gate: Gate) -> Refusal:
    """Return why `gate` may not be passed: everything that is missing, most urgent first.

    Raises:
        ValueError: the gate holds; there is nothing to refuse.
    """
    if gate.holds:
        raise ValueError(f"the {gate.stage} gate holds")
    first = gate.missing[0]
    missing = [requirement.text for requirement in gate.missing]
    told = "\n".join(missing)
    ignored = [one.text for one in gate.discounted if one.text not in told]
    return Refusal(
        code=first.code,
        headline=_WHAT[gate.stage],
        facts=(*missing, *(f"Not counted: {text}." for text in ignored)),
        resolver=", ".join(first.who) or _NOBODYS[first.next is not None],
        next=first.next or "/status",
    )
