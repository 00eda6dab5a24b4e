"""What differs between two versions of a Python file."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.change import Change, Kind
from bot.core.facts.python.additions import Function, added_functions
from bot.core.facts.python.definitions import definition_changes, shown
from bot.core.facts.python.imports import remove_unused
from bot.core.facts.python.log_removal import remove_log_statements
from bot.core.facts.python.normal_form import reads_docstrings, trim
from bot.core.facts.python.parsing import parse
from bot.core.facts.python.same import is_same
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File


@dataclass(frozen=True, slots=True)
class _Modules:
    """Both versions of a file, changed in place from one normal form to the next."""

    before: ast.Module
    after: ast.Module

    def are_equal(self) -> bool:
        """Tell whether both are the same tree, positions aside."""
        return is_same(self.before, self.after)


def compare_python(before: File, after: File, *, exported: frozenset[str]) -> Iterator[Change]:
    """Yield what differs between two versions of a Python file; at least one change.

    `exported` are the names that other files import from it; `EVERYTHING` if unknown.

    Raises:
        UnreadableError: one of them cannot be parsed or analysed.
    """
    modules = _Modules(parse(before.data), parse(after.data))
    try:
        yield from tuple(_changes(modules, after.path, exported))
    except (RecursionError, MemoryError):
        raise UnreadableError("is too deeply nested to be analysed") from None


def _changes(modules: _Modules, path: str, exported: frozenset[str]) -> Iterator[Change]:
    keep = reads_docstrings(modules.before) or reads_docstrings(modules.after)
    for module in (modules.before, modules.after):
        trim(module, keep_docstrings=keep)
    if modules.are_equal():
        yield Change(Kind.SOURCE_REFORMATTED, "text", None, None, path, 1)
        return
    logged = _take_out_logging(modules)
    added = _take_out_added(modules, exported)
    remove_unused(modules.before, modules.after, exported=exported)
    for module in (modules.before, modules.after):
        trim(module, keep_docstrings=keep)
    yield from (_added(function, path) for function in added)
    yield from _logging(*logged, path)
    if not modules.are_equal():
        yield from definition_changes(modules.before, modules.after, path)
    elif not added and _dumps(logged[0]) == _dumps(logged[1]):
        yield Change(Kind.UNUSED_IMPORT_CHANGED, "imports", None, None, path, 1)


def _take_out_logging(modules: _Modules) -> tuple[list[ast.stmt], list[ast.stmt]]:
    before = remove_log_statements(modules.before, is_new=False)
    return before, remove_log_statements(modules.after, is_new=True)


def _take_out_added(modules: _Modules, exported: frozenset[str]) -> list[Function]:
    added = added_functions(modules.before, modules.after, exported)
    identities = {id(function) for function in added}
    modules.after.body = [s for s in modules.after.body if id(s) not in identities]
    return added


def _added(function: Function, path: str) -> Change:
    signature = f"({ast.unparse(function.args)})"
    subject = f"function {function.name}"
    return Change(Kind.FUNCTION_ADDED, subject, None, signature, path, function.lineno)


def _logging(before: Sequence[ast.stmt], after: Sequence[ast.stmt], path: str) -> Iterator[Change]:
    """Yield one change if the log statements differ, at the first that does."""
    was, now = _dumps(before), _dumps(after)
    if was == now:
        return
    kept = set(was) & set(now)
    gone = [s for s, text in zip(before, was, strict=True) if text not in kept]
    new = [s for s, text in zip(after, now, strict=True) if text not in kept]
    place = (new or gone or after)[0]
    yield Change(
        Kind.LOGGING_CHANGED,
        "logging",
        shown(gone[0]) if gone else None,
        shown(new[0]) if new else None,
        path,
        place.lineno,
    )


def _dumps(statements: Sequence[ast.stmt]) -> list[str]:
    return [ast.dump(statement) for statement in statements]
