"""What a changed keyword does to the values that a schema accepts, whoever relies on it.

The keywords of one schema all hold at once, so a schema is wider if each keyword that changed is.
"""

from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import TypeAlias

from bot.core.facts.schema.source import Missing, canonical


class Effect(Enum):
    """WIDER accepts at least what it did, NARROWER at most; OTHER is what nobody can tell."""

    WIDER = auto()
    NARROWER = auto()
    ENUM_WIDER = auto()
    ENUM_NARROWER = auto()
    TYPE = auto()
    DEFAULT = auto()
    DOCUMENTATION = auto()
    OTHER = auto()


Effects: TypeAlias = tuple[Effect, ...]
Judge: TypeAlias = Callable[[object, object], Effects]

DOCUMENTATION = frozenset({"$comment", "deprecated", "description", "examples", "title"})


def effects(keyword: str, was: object, now: object) -> Effects:
    """Return what the change of a keyword from `was` to `now` does; one of them may be MISSING."""
    if canonical_or_missing(was) == canonical_or_missing(now):
        return ()
    if keyword in DOCUMENTATION:
        return (Effect.DOCUMENTATION,)
    return _JUDGES.get(keyword, _unknown)(was, now)


def canonical_or_missing(value: object) -> str:
    """Return a text that is equal for equal values, and another one for MISSING."""
    return "" if isinstance(value, Missing) else canonical(value)


def _unknown(_was: object, _now: object) -> Effects:
    return (Effect.OTHER,)


def _default(_was: object, _now: object) -> Effects:
    return (Effect.DEFAULT,)


def _presence(was: object, now: object) -> Effects:
    """Judge a constraint of which only this is sure: without it, more is accepted."""
    if isinstance(was, Missing):
        return (Effect.NARROWER,)
    return (Effect.WIDER,) if isinstance(now, Missing) else (Effect.OTHER,)


def _lower_bound(was: object, now: object) -> Effects:
    return _bound(was, now, Effect.NARROWER, Effect.WIDER)


def _upper_bound(was: object, now: object) -> Effects:
    return _bound(was, now, Effect.WIDER, Effect.NARROWER)


def _bound(was: object, now: object, raised: Effect, lowered: Effect) -> Effects:
    old, new = _number(was), _number(now)
    if old is None or new is None:
        return _presence(was, now) if _is_bound(was) and _is_bound(now) else (Effect.OTHER,)
    if old == new:
        return ()
    if old < new:
        return (raised,)
    return (lowered,) if new < old else (Effect.OTHER,)  # neither: not a number


def _number(value: object) -> int | float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if isinstance(value, int | float) and is_number else None


def _is_bound(value: object) -> bool:
    return isinstance(value, Missing) or _number(value) is not None


def _flag(was: object, now: object) -> Effects:
    """Judge a constraint that is switched on with `true` and off by default."""
    states = [False if isinstance(value, Missing) else value for value in (was, now)]
    if states[0] is states[1] is False:
        return ()
    if states == [False, True]:
        return (Effect.NARROWER,)
    return (Effect.WIDER,) if states == [True, False] else (Effect.OTHER,)


def _enum(was: object, now: object) -> Effects:
    if isinstance(was, Missing) or isinstance(now, Missing):
        return _presence(was, now)
    if not (isinstance(was, list) and isinstance(now, list)):
        return (Effect.OTHER,)
    old, new = ({canonical(value) for value in values} for values in (was, now))
    added = (Effect.ENUM_WIDER,) if new - old else ()
    return added + ((Effect.ENUM_NARROWER,) if old - new else ())


def _type(was: object, now: object) -> Effects:
    if isinstance(was, Missing) or isinstance(now, Missing):
        return _presence(was, now)
    old, new = _types(was), _types(now)
    if not old or not new:
        return (Effect.TYPE,)
    if old == new:
        return ()
    if old <= (new | {"integer"} if "number" in new else new):
        return (Effect.WIDER,)
    return (Effect.NARROWER,) if new < old else (Effect.TYPE,)


def _types(value: object) -> frozenset[str]:
    """Return the names of types; none where the value is no type and no list of types."""
    values = value if isinstance(value, list) else [value]
    names = [name for name in values if isinstance(name, str)]
    return frozenset(names) if len(names) == len(values) else frozenset()


def _table(keywords: Iterable[str], judge: Judge) -> dict[str, Judge]:
    return dict.fromkeys(keywords, judge)


_JUDGES: dict[str, Judge] = {
    # `min` and `max` are how Azure ML components write it; JSON Schema gives them no meaning.
    **_table(
        ("min", "minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"),
        _lower_bound,
    ),
    **_table(
        ("max", "maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"),
        _upper_bound,
    ),
    **_table(("const", "format", "multipleOf", "pattern"), _presence),
    "default": _default,
    "enum": _enum,
    "type": _type,
    "uniqueItems": _flag,
}
