"""All packages that an environment's files ask for, wherever they are listed."""

from collections.abc import Iterator, Sequence

from bot.core.change import Change, Kind
from bot.core.environment_layout import is_dockerfile
from bot.core.facts.conda import is_conda, read_conda
from bot.core.facts.dependency import Dependency
from bot.core.facts.dockerfile.lines import read_lines
from bot.core.facts.includes import Sides, is_constraint
from bot.core.facts.requirements import read_requirements
from bot.core.facts.uninstalled import is_uninstalled
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File, Tree

_ENDINGS = (".in", ".pip", ".txt", ".yaml", ".yml")
ADDED = frozenset({Kind.PACKAGE_ADDED_PINNED, Kind.PACKAGE_ADDED_UNPINNED})


def declarations(tree: Tree) -> Iterator[File]:
    """Yield the files that may list packages, by their names."""
    yield from (f for f in tree.values() if is_dockerfile(f.path) or f.path.endswith(_ENDINGS))


def listed_packages(file: File) -> Iterator[Dependency]:
    """Yield the packages that one file lists; nothing where it lists none.

    Raises:
        UnreadableError: it cannot be analysed.
    """
    if is_dockerfile(file.path):
        steps = (step for line in read_lines(file.data) for step in line.steps)
        yield from (package for step in steps if step.install for package in step.install.packages)
    elif file.path.endswith((".yaml", ".yml")):
        yield from read_conda(file).all_packages if is_conda(file) else ()
    elif "requirements" in file.path.rpartition("/")[2]:
        yield from read_requirements(file.data).packages


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
