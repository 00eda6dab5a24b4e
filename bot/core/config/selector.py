"""Which circuits a person means: `P001/C001`, `P001/*`, `plant:P001`, `env:1.5.0`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.config.circuit import CircuitConfig
from bot.core.refusal import Refusal
from bot.errors import UserError

_FORMS = "P001/C001, P001/*, plant:P001 or env:1.5.0, with commas between several"
_TERM = re.compile(
    r"(?P<plant>[A-Za-z0-9-]+)/(?P<circuit>[A-Za-z0-9-]+|\*)"
    r"|plant:(?P<whole_plant>[A-Za-z0-9-]+)"
    r"|env:(?P<version>[0-9]+\.[0-9]+\.[0-9]+)"
)


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a selector; None means "any"."""

    text: str
    plant: str | None = None
    circuit: str | None = None
    version: str | None = None

    def matches(self, circuit: CircuitConfig) -> bool:
        """Tell whether this term means `circuit`; a version counts in training and production."""
        return (
            self.plant in {None, circuit.id.plant}
            and self.circuit in {None, circuit.id.circuit}
            and self.version in {None, circuit.training_version, circuit.production_version}
        )


@dataclass(frozen=True, slots=True)
class Selector:
    """A choice of circuits: those that any of the terms means."""

    terms: tuple[Term, ...]

    def matches(self, circuit: CircuitConfig) -> bool:
        """Tell whether `circuit` is chosen."""
        return any(term.matches(circuit) for term in self.terms)

    def unmatched(self, circuits: Iterable[CircuitConfig]) -> tuple[str, ...]:
        """Return the terms that mean none of `circuits`, as they were written."""
        known = tuple(circuits)
        return tuple(term.text for term in self.terms if not any(map(term.matches, known)))

    def __str__(self) -> str:
        return ",".join(term.text for term in self.terms)


def parse(text: str) -> Selector:
    """Return the selector that `text` spells.

    Raises:
        UserError: `SELECTOR_INVALID`, naming the part that is none of the four forms.
    """
    return Selector(tuple(_term(part.strip()) for part in text.split(",")))


def choose(
    circuits: Iterable[CircuitConfig], selector: Selector | None
) -> tuple[CircuitConfig, ...]:
    """Return the circuits that `selector` means, in their order; all of them without one.

    Raises:
        UserError: `SELECTOR_EMPTY` when a part of it means none of them.
    """
    known = tuple(circuits)
    if selector is None:
        return known
    if unmatched := selector.unmatched(known):
        raise UserError(
            Refusal(
                code="SELECTOR_EMPTY",
                headline=f"no circuit is meant by {', '.join(f'`{text}`' for text in unmatched)}",
                facts=(f"There are {len(known)} circuits below `config/plants/`.",),
                resolver="whoever gave the command",
                next="Correct that part of the selector, or leave it out.",
            )
        )
    return tuple(filter(selector.matches, known))


def _term(text: str) -> Term:
    found = _TERM.fullmatch(text)
    if found is None:
        raise UserError(
            Refusal(
                code="SELECTOR_INVALID",
                headline=f"`{text}` does not say which circuits are meant",
                facts=(f"A selector is {_FORMS}.",),
                resolver="whoever gave the command",
                next=f"Write {_FORMS}.",
            )
        )
    circuit = found["circuit"]
    return Term(
        text=text,
        plant=found["plant"] or found["whole_plant"],
        circuit=None if circuit == "*" else circuit,
        version=found["version"],
    )
