"""What a component runs, compared as it is for callers who know none of its new fields."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.core.change import Change, Kind
from bot.core.facts.embedded import compare_embedded
from bot.core.facts.schema.command import is_same_command
from bot.core.facts.schema.reference import (
    NewFields,
    filled_in,
    references,
    scalar_text,
    sole_reference,
)
from bot.core.facts.schema.source import MISSING, Missing, Pair
from bot.core.yaml.document import KeyPath

_COMMANDS = frozenset({"args", "command", "program_arguments"})
_STEP_DOCUMENTATION = frozenset({"description", "display_name", "tags"})
_DOCUMENTATION = _STEP_DOCUMENTATION | {"$schema", "version"}
_DEFAULTS: Mapping[str, object] = {"is_deterministic": True}
_NONE_BOUND: Mapping[str, object] = {"inputs": {}, "outputs": {}}
_STEP_DEPTH = 2  # `jobs`, and the step's name
_ASSET = re.compile(r"(azureml:.+[:/])(\d{1,9})\.(\d{1,9})\.(\d{1,9})", re.DOTALL)


def compare_bodies(
    pair: Pair, was: Mapping[str, object], now: Mapping[str, object], new: NewFields
) -> Iterator[Change]:
    """Yield what differs between two contracts besides their inputs and outputs.

    Handing on a new optional input, or putting one in the place of the constant that is its
    default, is no difference.
    """
    body = _Body(pair, new)
    yield from body.compare((), {**_DEFAULTS, **was}, {**_DEFAULTS, **now})


@dataclass(frozen=True, slots=True)
class _Body:
    """Goes down both sides; `new` are the new fields as they are called where it stands."""

    pair: Pair
    new: NewFields

    def compare(self, place: KeyPath, was: object, now: object) -> Iterator[Change]:
        if _canonical(was) == _canonical(now):
            return
        if _is_documentation(place):
            yield self.pair.change(Kind.SCHEMA_DOCUMENTATION_CHANGED, place, was, now)
        elif (declared := self._declared(place)) is not None:
            yield from declared
        elif isinstance(was, dict) and isinstance(now, dict):
            yield from self._mappings(place, was, now)
        elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
            for index, items in enumerate(zip(was, now, strict=True)):
                yield from self.compare((*place, index), *items)
        else:
            yield from self._value(place, was, now)

    def _mappings(
        self, place: KeyPath, was: Mapping[str, object], now: Mapping[str, object]
    ) -> Iterator[Change]:
        scope = self
        if _is_step(place):
            scope, was, now = (
                self._in_step(was, now),
                {**_NONE_BOUND, **was},
                {**_NONE_BOUND, **now},
            )
        for key in dict.fromkeys((*was, *now)):
            sides = (was.get(key, MISSING), now.get(key, MISSING))
            yield from scope.compare((*place, key), *sides)

    def _declared(self, place: KeyPath) -> tuple[Change, ...] | None:
        """Return what differs where packages or an image are declared; None anywhere else."""
        before, after = self.pair.before.document, self.pair.after.document
        return compare_embedded(before, after, place) if before and after and place else None

    def _value(self, place: KeyPath, was: object, now: object) -> Iterator[Change]:
        if self._only_hands_on(place, was, now):
            return
        is_step = _is_step(place[:-1]) and place[-1] == "component"
        is_raised = is_step and _is_patch(was, now)
        kind = Kind.SCHEMA_STEP_RAISED if is_raised else Kind.SCHEMA_COMPONENT_CHANGED
        yield self.pair.change(kind, place, was, now)

    def _only_hands_on(self, place: KeyPath, was: object, now: object) -> bool:
        """Tell whether callers who give no new field get what they got."""
        if isinstance(was, Missing):
            return _is_step(place[:-2]) and _binds(place[-2], now, self.new)
        if not isinstance(now, str):
            return False
        if place[-1] in _COMMANDS:
            return isinstance(was, str) and is_same_command(was, now, self.new)
        is_scalar = isinstance(was, str | int | float)
        has_default = bool(references(now) & self.new.defaults.keys())
        return is_scalar and has_default and filled_in(now, self.new) == scalar_text(was)

    def _in_step(self, was: Mapping[str, object], now: Mapping[str, object]) -> "_Body":
        """Return the same inside a step, where its own new inputs have names, too."""
        old, given = (_mapping(step.get("inputs")) for step in (was, now))
        bound = {
            f"inputs.{name}": reference
            for name, value in given.items()
            if name not in old and (reference := _bound_to(value))
            if reference in self.new.inputs
        }
        defaults = {
            name: self.new.defaults[reference]
            for name, reference in bound.items()
            if reference in self.new.defaults
        }
        new = replace(
            self.new,
            defaults={**self.new.defaults, **defaults},
            absent=self.new.absent | (bound.keys() - defaults.keys()),
        )
        return replace(self, new=new)


def _is_step(place: KeyPath) -> bool:
    return len(place) == _STEP_DEPTH and place[0] == "jobs"


def _is_documentation(place: KeyPath) -> bool:
    if len(place) == 1:
        return place[0] in _DOCUMENTATION
    return _is_step(place[:-1]) and place[-1] in _STEP_DOCUMENTATION


def _binds(interface: str | int, value: object, new: NewFields) -> bool:
    """Tell whether a step's new input or output is a new one of the whole."""
    known = {"inputs": new.inputs, "outputs": new.outputs}.get(str(interface), frozenset[str]())
    return _bound_to(value) in known


def _bound_to(value: object) -> str | None:
    return sole_reference(value.get("path") if isinstance(value, dict) else value)


def _is_patch(was: object, now: object) -> bool:
    """Tell whether only the third number of an asset's version was raised."""
    if not (isinstance(was, str) and isinstance(now, str)):
        return False
    old, new = _ASSET.fullmatch(was), _ASSET.fullmatch(now)
    if not old or not new or old.groups()[:-1] != new.groups()[:-1]:
        return False
    return int(old[4]) < int(new[4])


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _canonical(value: object) -> str:
    return "" if isinstance(value, Missing) else json.dumps(value, sort_keys=True)
