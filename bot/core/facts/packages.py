"""What differs between two lists of packages."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from bot.core.change import Change, Kind
from bot.core.facts.dependency import Dependency, Form
from bot.core.facts.renaming import renamed
from bot.core.facts.version_step import step

_Listed: TypeAlias = dict[str, list[Dependency]]

_ORDERED_FORMS = frozenset({Form.EXACT, Form.SERIES, Form.FLOOR})


class PackageList(NamedTuple):
    """The packages a file asks for, in the file's order."""

    path: str
    packages: Sequence[Dependency]


def compare_packages(before: PackageList, after: PackageList) -> Iterator[Change]:
    """Yield what differs; nothing means that both ask for the same in the same order."""
    was, now = _by_key(before), _by_key(after)
    for old_one, new_one in renamed(_only(was, now), _only(now, was)):
        del was[_key(old_one)], now[_key(new_one)]
        yield _renamed(old_one, new_one, after.path)
    for key in sorted(was.keys() | now.keys()):
        old, new = was.get(key, []), now.get(key, [])
        if len(old) > 1 or len(new) > 1:
            yield from _repeated(old, new, after.path)
        else:
            yield from _single(old, new, after.path)
    yield from _order(before, after)


def _only(one: _Listed, other: _Listed) -> list[Dependency]:
    """Return what is asked for once, and only on the one side."""
    return [found[0] for key, found in one.items() if key not in other and len(found) == 1]


def _renamed(before: Dependency, after: Dependency, path: str) -> Change:
    texts = [f"{d.name} {d.shown}" for d in (before, after)]
    return Change(Kind.PACKAGE_RENAMED, after.name, texts[0], texts[1], path, after.line)


def _by_key(listed: PackageList) -> _Listed:
    found: _Listed = {}
    for dependency in listed.packages:
        found.setdefault(_key(dependency), []).append(dependency)
    return found


def _single(old: list[Dependency], new: list[Dependency], path: str) -> Iterator[Change]:
    before, after = next(iter(old), None), next(iter(new), None)
    if kind := _kind(before, after):
        yield _change(kind, before, after, path)


def _repeated(old: list[Dependency], new: list[Dependency], path: str) -> Iterator[Change]:
    """Compare a package that is asked for more than once: which one counts is a guess."""
    texts = [" and ".join(d.shown for d in found) or None for found in (old, new)]
    hashes = [[d.hashes for d in found] for found in (old, new)]
    if texts[0] != texts[1] or hashes[0] != hashes[1]:
        stands = (new or old)[-1]
        kind = Kind.PACKAGE_RANGE_CHANGED
        yield Change(kind, stands.name, texts[0], texts[1], path, stands.line)


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
    return Kind.PACKAGE_PINNED if after.form is Form.EXACT else _range_change(before, after)


def _range_change(before: Dependency, after: Dependency) -> Kind:
    # Few changes are of ranges, whose grammar takes long to import.
    from bot.core.facts.demand import compare_demands

    return compare_demands(before, after)


def _ordered(before: Dependency, after: Dependency) -> Kind | None:
    if before.version is None or after.version is None:
        return _range_change(before, after)
    if before.form is Form.SERIES and _width(before) != _width(after):
        return _range_change(before, after)
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
    # What is asked for more often than before, or less, is a change of its own.
    often, still = Counter(was), Counter(now)
    kept = {key for key in often if often[key] == still[key]}
    kept_before = [key for key in was if key in kept]
    kept_after = [key for key in now if key in kept]
    if kept_before == kept_after:
        return
    pinned = all(d.form is Form.EXACT for d in (*before.packages, *after.packages))
    kind = Kind.PACKAGES_REORDERED_PINNED if pinned else Kind.PACKAGES_REORDERED_UNPINNED
    pairs = zip(kept_after, kept_before, strict=False)
    moved = next((key for key, was_key in pairs if key != was_key), kept_after[-1])
    line = next(d.line for d in after.packages if _key(d) == moved)
    yield Change(kind, "order of packages", None, None, after.path, line)
