"""What a component hands on: `${{inputs.x}}`, and what it stands for when nobody gives `x`."""

import json
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

_REFERENCE = re.compile(r"\$\{\{\s*((?:parent\.)?(?:inputs|outputs)\.[\w.-]+)\s*\}\}")

Scalar: TypeAlias = str | int | float | bool


@dataclass(frozen=True, slots=True)
class NewFields:
    """The references to fields that callers so far did not know of, or always gave.

    Attributes:
        defaults: of new inputs with a default: what the reference stands for so far.
        absent: of new optional inputs without one.
        given: of inputs that had to be given so far, and are optional now.
        outputs: of new outputs.
    """

    defaults: Mapping[str, Scalar]
    absent: AbstractSet[str]
    given: AbstractSet[str]
    outputs: AbstractSet[str]

    @property
    def inputs(self) -> AbstractSet[str]:
        """Return the references to new inputs."""
        return self.defaults.keys() | self.absent


def references(text: str) -> frozenset[str]:
    """Return what a text refers to: `{"inputs.x", "parent.inputs.y"}`."""
    return frozenset(_REFERENCE.findall(text))


def sole_reference(value: object) -> str | None:
    """Return what a value refers to if it is one reference and nothing else."""
    found = _REFERENCE.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[1] if found else None


def filled_in(text: str, new: NewFields) -> str:
    """Return a text as it is for a caller who gives no new input; other references stay."""

    def fill(found: re.Match[str]) -> str:
        reference = found[1]
        return scalar_text(new.defaults[reference]) if reference in new.defaults else found[0]

    return _REFERENCE.sub(fill, text)


def scalar_text(value: object) -> str:
    """Return a value as it is written into a command."""
    return value if isinstance(value, str) else json.dumps(value)
