"""Two commits of an environment to the list of what changed, nothing left out.

What compares one kind of file is imported when such a file differs: most changes touch one or two
kinds, and all of them together take longer to import than to run.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import NamedTuple, TypeAlias

from bot.core.change import Change, Kind
from bot.core.environment_layout import (
    FOLDER,
    SOURCE_FOLDER,
    SPEC_PATH,
    is_dockerfile,
    is_schema,
)
from bot.core.facts.moves import moved_files
from bot.core.facts.opaque import compare_opaque, is_documentation
from bot.core.facts.shipping import unshipped_sources
from bot.core.facts.spec import compare_specs
from bot.core.facts.unreadable import UnreadableError
from bot.core.facts.untagged import untagged_images
from bot.core.tree import EXECUTABLE, REGULAR, File, Tree, subtree

Comparer: TypeAlias = Callable[[File, File], Iterator[Change]]


_ADDED = frozenset({Kind.PACKAGE_ADDED_PINNED, Kind.PACKAGE_ADDED_UNPINNED})


def changes(base: Tree, head: Tree) -> tuple[Change, ...]:
    """Return what changed below `environment/` from `base` to `head`, sorted by place.

    Every file that differs in content or mode has at least one change. What an environment is
    warned about whether or not it changed is among them.
    """
    before, after = subtree(base, FOLDER), subtree(head, FOLDER)
    if not before:
        return tuple(_introduced(path) for path in sorted(after))
    found = [*_differences(tuple(before.values()), tuple(after.values())), *untagged_images(head)]
    found += unshipped_sources(_Trees(before, after).differing, head)
    return tuple(sorted(found, key=lambda change: change.order))


# One run asks for the same head again after each step; its release and its rollback may alternate.
@lru_cache(maxsize=4)
def _differences(before: tuple[File, ...], after: tuple[File, ...]) -> tuple[Change, ...]:
    """Return what differs between the files of two environments."""
    pair = _Trees({file.path: file for file in before}, {file.path: file for file in after})
    moved = pair.moved
    elsewhere = {file.path for files in moved for file in files}
    found = [_moved(was, now) for was, now in moved]
    stayed = (path for path in pair.differing if path not in elsewhere)
    found += [change for path in stayed for change in pair.compare(path)]
    if any(change.kind in _ADDED for change in found):
        found = _asked_twice(found, *pair)
    if found:
        found += _missing_serving_packages(*pair)
    return tuple(found)


def _introduced(path: str) -> Change:
    return Change(Kind.ENVIRONMENT_INTRODUCED, path, None, None, path, 1)


class _Trees(NamedTuple):
    """Both sides of `environment/`."""

    before: Tree
    after: Tree

    @property
    def moved(self) -> tuple[tuple[File, File], ...]:
        """Return the files that stand at another path, as (before, after)."""
        return moved_files(self.before, self.after)

    @property
    def differing(self) -> list[str]:
        """Return the paths whose content or mode differs."""
        return sorted(
            path
            for path in self.before.keys() | self.after.keys()
            if _identity(self.before.get(path)) != _identity(self.after.get(path))
        )

    def compare(self, path: str) -> Iterator[Change]:
        """Yield the changes of one differing file."""
        was, now = self.before.get(path), self.after.get(path)
        if was is None or now is None:
            yield self._added_or_removed(path, was, now)
            if now and _is_plain(now) and path.endswith(".py"):
                yield from _misleading(now)
            return
        if was.mode != now.mode:
            yield Change(Kind.MODE_CHANGED, path, was.mode, now.mode, path, 1)
        if was.oid != now.oid:
            yield from self._content(was, now)

    def _added_or_removed(self, path: str, was: File | None, now: File | None) -> Change:
        if is_documentation(path) and _is_plain(now or was):
            return Change(Kind.DOCUMENTATION_CHANGED, path, None, None, path, 1)
        kind = Kind.FILE_ADDED if was is None else Kind.FILE_REMOVED
        if was is None and _is_plain(now) and self._is_unnoticed_module(path):
            kind = Kind.MODULE_ADDED
        return Change(kind, path, None, None, path, 1)

    def _is_unnoticed_module(self, path: str) -> bool:
        from bot.core.facts.python.modules import is_unnoticed_module

        return path.endswith(".py") and is_unnoticed_module(path, self.before, self.after)

    def _content(self, was: File, now: File) -> Iterator[Change]:
        if not (_is_plain(was) and _is_plain(now)):
            yield Change(Kind.FILE_CHANGED, now.path, None, None, now.path, 1)
            return
        try:
            found = tuple(self._comparer(was, now)(was, now))
        except UnreadableError as error:
            found = (Change(error.kind, error.what, None, None, now.path, error.line or 1),)
        # Whatever a comparer did not see is neither in its values nor in their order.
        yield from found or (Change(Kind.COMMENTS_CHANGED, "text", None, None, now.path, 1),)

    def _comparer(self, was: File, now: File) -> Comparer:
        """Return what can tell the meaning of a file, by its name and its content."""
        path = now.path
        name = path.rpartition("/")[2]
        if path == SPEC_PATH:
            return self._spec_comparer(was, now)
        if path.endswith(".py"):
            return self._python_comparer(path)
        if is_dockerfile(path):
            from bot.core.facts.dockerfile.comparison import compare_dockerfiles

            return partial(compare_dockerfiles, context=self._text_beside(path))
        return self._declaration_comparer(was, now, name)

    def _spec_comparer(self, was: File, now: File) -> Comparer:
        """Return what compares `environment.yml`: people give conda's own files that name, too."""
        if not all(b"dependencies:" in file.data for file in (was, now)):
            return compare_specs
        from bot.core.facts.conda import compare_conda, is_only_conda

        is_spec = not (is_only_conda(was) and is_only_conda(now))
        return compare_specs if is_spec else partial(compare_conda, dockerfiles=self._dockerfiles())

    def _python_comparer(self, path: str) -> Comparer:
        from bot.core.facts.python.comparison import compare_python
        from bot.core.facts.python.surroundings import read_surroundings

        return partial(compare_python, around=read_surroundings(path, self.before, self.after))

    def _declaration_comparer(self, was: File, now: File, name: str) -> Comparer:
        if name.endswith((".in", ".pip", ".txt")) and (found := self._requirements_comparer(now)):
            return found
        if name.endswith((".yml", ".yaml")) and (found := self._yaml_comparer(was, now)):
            return found
        if is_schema(now.path):
            from bot.core.facts.schema.document import compare_schemas

            return compare_schemas
        return compare_opaque

    def _requirements_comparer(self, now: File) -> Comparer | None:
        from bot.core.facts.includes import Sides, compare_with_includes, is_requirements
        from bot.core.facts.uninstalled import compare_uninstalled, is_uninstalled

        sides = Sides(self.before, self.after)
        if not is_requirements(now.path, sides):
            return None
        is_left_out = is_uninstalled(now.path, sides)
        return partial(compare_uninstalled if is_left_out else compare_with_includes, sides=sides)

    def _yaml_comparer(self, was: File, now: File) -> Comparer | None:
        from bot.core.facts.conda import compare_conda, is_conda

        if is_conda(was) and is_conda(now):
            return partial(compare_conda, dockerfiles=self._dockerfiles())
        from bot.core.facts.schema.component import compare_components, is_component

        if is_component(was) or is_component(now):
            return compare_components
        if now.path.startswith(f"{SOURCE_FOLDER}/") or is_schema(now.path):
            return None  # code may read the one in any way, and the other has its own comparer
        from bot.core.facts.embedded import compare_settings

        return compare_settings

    def _dockerfiles(self) -> str:
        return self._text(is_dockerfile)

    def _text_beside(self, dockerfile: str) -> str:
        return self._text(lambda path: path != dockerfile)

    def _text(self, is_wanted: Callable[[str], bool]) -> str:
        """Return the text of the files of both sides whose path is wanted."""
        wanted = (
            file.data.decode("latin-1")
            for tree in (self.before, self.after)
            for path, file in tree.items()
            if is_wanted(path)
        )
        return "\n".join(wanted)


def _asked_twice(found: Sequence[Change], before: Tree, after: Tree) -> list[Change]:
    from bot.core.facts.asked_twice import asked_twice

    return asked_twice(found, before, after)


def _missing_serving_packages(before: Tree, after: Tree) -> Iterator[Change]:
    from bot.core.facts.serving import missing_serving_packages

    yield from missing_serving_packages(before, after)


def _moved(was: File, now: File) -> Change:
    is_text = all(is_documentation(file.path) and _is_plain(file) for file in (was, now))
    kind = Kind.DOCUMENTATION_CHANGED if is_text else Kind.FILE_MOVED
    return Change(kind, was.path, was.path, now.path, now.path, 1)


def _identity(file: File | None) -> tuple[str, str] | None:
    return (file.mode, file.oid) if file else None


def _misleading(added: File) -> Iterator[Change]:
    from bot.core.facts.python.modules import misleading_text

    return misleading_text(added)


def _is_plain(file: File | None) -> bool:
    return file is not None and file.mode in {REGULAR, EXECUTABLE}
