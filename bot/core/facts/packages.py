"""What differs between two lists of packages."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.change import Change, Kind
from bot.core.facts.dependency import Dependency, Form
from bot.core.facts.unreadable import UnreadableError
from bot.core.facts.version_step import step

_ORDERED_FORMS = frozenset({Form.EXACT, Form.SERIES, Form.FLOOR})


@dataclass(frozen=True, slots=True)
class PackageList:
    """The packages a file asks for, in the file's order."""

    path: str
    packages: Sequence[Dependency]


def compare_packages(before: PackageList, after: PackageList) -> Iterator[Change]:
    """Yield what differs; nothing means that both ask for the same in the same order.

    Raises:
        UnreadableError: a file asks for one package twice.
    """
    was, now = _by_name(before), _by_name(after)
    for name in sorted(was.keys() | now.keys()):
        if kind := _kind(was.get(name), now.get(name)):
            yield _change(kind, was.get(name), now.get(name), after.path)
    yield from _order(before, after)


def _by_name(listed: PackageList) -> dict[str, Dependency]:
    keys = [_key(dependency) for dependency in listed.packages]
    repeated = [key for key, count in Counter(keys).items() if count > 1]
    if repeated:
        what = f"asks for `{repeated[0]}` more than once; which one counts is the installer's guess"
        lines = [d.line for d in listed.packages if _key(d) == repeated[0]]
        raise UnreadableError(what, lines[-1])
    return dict(zip(keys, listed.packages, strict=True))


def _key(dependency: Dependency) -> str:
    """Return the name, with its marker: one package may be asked for once per platform."""
    _, marker, condition = dependency.variant.partition("; ")
    return f"{dependency.name}{marker}{condition}"


def _kind(before: Dependency | None, after: Dependency | None) -> Kind | None:
    if after is None:
        return Kind.PACKAGE_REMOVED
    if before is None:
        return _added(after)
    if before.installer != after.installer:
        return Kind.PACKAGE_INSTALLER_CHANGED
    if before.variant != after.variant:
        return Kind.PACKAGE_VARIANT_CHANGED
    return _demand(before, after)


def _added(after: Dependency) -> Kind:
    if after.form is Form.SOURCE:
        return Kind.PACKAGE_SOURCE_CHANGED
    return Kind.PACKAGE_ADDED_UNPINNED if after.form is Form.ANY else Kind.PACKAGE_ADDED_PINNED


def _demand(before: Dependency, after: Dependency) -> Kind | None:
    if Form.SOURCE in {before.form, after.form} and before.constraint != after.constraint:
        return Kind.PACKAGE_SOURCE_CHANGED
    if before.form is after.form and before.form in _ORDERED_FORMS:
        return _ordered(before, after)
    if before.constraint == after.constraint:
        return _files(before, after)
    if before.form is Form.EXACT:
        return Kind.PACKAGE_UNPINNED
    return Kind.PACKAGE_PINNED if after.form is Form.EXACT else Kind.PACKAGE_RANGE_CHANGED


def _ordered(before: Dependency, after: Dependency) -> Kind | None:
    if before.version is None or after.version is None:
        return Kind.PACKAGE_RANGE_CHANGED
    if before.form is Form.SERIES and _width(before) != _width(after):
        return Kind.PACKAGE_RANGE_CHANGED
    if moved := step(before.version, after.version):
        return moved
    return _files(before, after)


def _files(before: Dependency, after: Dependency) -> Kind | None:
    """Return what the hashes say about one demand: other hashes, other files."""
    return Kind.PACKAGE_VARIANT_CHANGED if before.hashes != after.hashes else None


def _width(series: Dependency) -> tuple[int, bool]:
    """Return how many numbers fix the series, and whether it has a floor inside: 1.2.* has none."""
    parts = len(series.version.release) if series.version else 0
    return parts, series.constraint.startswith("~=")


def _change(kind: Kind, before: Dependency | None, after: Dependency | None, path: str) -> Change:
    stands = after or before
    if stands is None:
        raise AssertionError
    texts = [_shown(dependency) for dependency in (before, after)]
    if kind is Kind.PACKAGE_INSTALLER_CHANGED and before and after:
        texts = [f"{d.shown} from {d.installer}" for d in (before, after)]
    return Change(kind, stands.name, texts[0], texts[1], path, stands.line)


def _shown(dependency: Dependency | None) -> str | None:
    return dependency.shown if dependency else None


def _order(before: PackageList, after: PackageList) -> Iterator[Change]:
    was = [_key(dependency) for dependency in before.packages]
    now = [_key(dependency) for dependency in after.packages]
    kept_before = [key for key in was if key in set(now)]
    kept_after = [key for key in now if key in set(was)]
    if kept_before == kept_after:
        return
    pinned = all(d.form is Form.EXACT for d in (*before.packages, *after.packages))
    kind = Kind.PACKAGES_REORDERED_PINNED if pinned else Kind.PACKAGES_REORDERED_UNPINNED
    moved = next(
        key for key, was_key in zip(kept_after, kept_before, strict=True) if key != was_key
    )
    line = next(d.line for d in after.packages if _key(d) == moved)
    yield Change(kind, "order of packages", None, None, after.path, line)
