"""Whether one demand for versions allows more than another."""

from typing import NamedTuple

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from bot.core.change import Kind
from bot.core.facts.dependency import Dependency, Form

_MAX_SPECIFIERS = 20


class _Bound(NamedTuple):
    """One end of a range; `is_open` where the version itself is outside."""

    version: Version
    is_open: bool


class _Range(NamedTuple):
    """The versions between two ends; None where there is no end."""

    lower: _Bound | None
    upper: _Bound | None


def compare_demands(before: Dependency, after: Dependency) -> Kind:
    """Return whether more versions are allowed than before, fewer, or simply others."""
    was, now = _range(before), _range(after)
    if was is None or now is None:
        return Kind.PACKAGE_RANGE_CHANGED
    wider, narrower = _holds(now, was), _holds(was, now)
    if wider == narrower:
        return Kind.PACKAGE_RANGE_CHANGED
    return Kind.PACKAGE_LOOSENED if wider else Kind.PACKAGE_TIGHTENED


def _range(dependency: Dependency) -> _Range | None:
    """Return the versions that are allowed; None where they are not one stretch."""
    if dependency.form is Form.ANY:
        return _Range(None, None)
    text = dependency.constraint
    if dependency.installer == "conda" and text.startswith("=") and not text.startswith("=="):
        text = f"={text.removesuffix('*').removesuffix('.')}.*"
    try:
        specifiers = SpecifierSet(text)
    except InvalidSpecifier:
        return None
    if not specifiers or len(specifiers) > _MAX_SPECIFIERS:
        return None
    ranges = [_of_one(specifier) for specifier in specifiers]
    found = [one for one in ranges if one]
    return _meet(found) if len(found) == len(ranges) else None


def _of_one(specifier: Specifier) -> _Range | None:
    try:
        version = Version(specifier.version.removesuffix(".*"))
    except InvalidVersion:
        return None
    if version.epoch or version.local:
        return None
    match specifier.operator, specifier.version.endswith(".*"):
        case "==", True:
            return _Range(_Bound(version, is_open=False), _Bound(_next(version), is_open=True))
        case "~=", _:
            top = _next(Version(".".join(map(str, version.release[:-1]))))
            return _Range(_Bound(version, is_open=False), _Bound(top, is_open=True))
        case ("==" | ">=" | "<=" | ">" | "<") as operator, False:
            return _simple(operator, version)
    return None


def _simple(operator: str, version: Version) -> _Range:
    bound = _Bound(version, is_open=operator in {">", "<"})
    lower = None if operator.startswith("<") else bound
    return _Range(lower, None if operator.startswith(">") else bound)


def _next(version: Version) -> Version:
    *head, last = version.release
    return Version(".".join(map(str, (*head, last + 1))))


def _meet(ranges: list[_Range]) -> _Range:
    lowers = [one.lower for one in ranges if one.lower]
    uppers = [one.upper for one in ranges if one.upper]
    return _Range(
        max(lowers, default=None),
        min(uppers, key=lambda bound: (bound.version, not bound.is_open), default=None),
    )


def _holds(outer: _Range, inner: _Range) -> bool:
    """Tell whether `outer` allows all that `inner` allows."""
    low = outer.lower is None or (inner.lower is not None and inner.lower >= outer.lower)
    if outer.upper is None:
        return low
    return low and inner.upper is not None and _end(inner.upper) <= _end(outer.upper)


def _end(bound: _Bound) -> tuple[Version, bool]:
    return bound.version, not bound.is_open
