"""Packages that come to a list while another list asked for them already."""

from collections.abc import Sequence

from bot.core.change import Change, Kind
from bot.core.facts.dependency import Dependency
from bot.core.facts.includes import Sides, is_constraint
from bot.core.facts.listed import declarations, listed_packages
from bot.core.facts.uninstalled import is_uninstalled
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File, Tree

ADDED = frozenset({Kind.PACKAGE_ADDED_PINNED, Kind.PACKAGE_ADDED_UNPINNED})


def asked_twice(found: Sequence[Change], before: Tree, after: Tree) -> list[Change]:
    """Return the changes; a package is not added where another list asked for it already.

    Which of two demands wins is the order of installation, so a second one that differs is another
    range of versions for the same package.
    """
    asked = _asked(before, Sides(before, after))
    return [_second(change, asked.get(change.subject, [])) for change in found]


def _second(change: Change, asked: Sequence[str]) -> Change:
    if change.kind not in ADDED or not asked or change.after in asked:
        return change
    was = " and ".join(asked)
    now = f"{was} and {change.after}"
    return change._replace(kind=Kind.PACKAGE_RANGE_CHANGED, before=was, after=now)


def _asked(tree: Tree, sides: Sides) -> dict[str, list[str]]:
    """Return what the lists that are installed ask for, by package, each demand once."""
    found: dict[str, dict[str, None]] = {}
    for file in declarations(tree):
        if not (is_constraint(file.path, sides) or is_uninstalled(file.path, sides)):
            for package in _readable(file):
                found.setdefault(package.name, {})[package.shown] = None
    return {name: list(demands) for name, demands in found.items()}


def _readable(file: File) -> Sequence[Dependency]:
    try:
        return tuple(listed_packages(file))
    except UnreadableError:
        return ()
