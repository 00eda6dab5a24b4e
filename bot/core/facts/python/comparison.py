"""What differs between two versions of a Python file."""

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from bot.core.change import Change, Kind
from bot.core.facts.python.additions import added_definitions, take_out_methods
from bot.core.facts.python.annotations import FOR_CHECKERS, remove_annotations
from bot.core.facts.python.casts import remove_casts
from bot.core.facts.python.code_text import shown, signature_text
from bot.core.facts.python.definitions import definition_changes
from bot.core.facts.python.exports import restore_exports
from bot.core.facts.python.flow import undo_rewrites
from bot.core.facts.python.imports import remove_unused
from bot.core.facts.python.listeners import CAPTURES, PRINTS, listeners
from bot.core.facts.python.literals import inline_constants
from bot.core.facts.python.local_names import undo_renames
from bot.core.facts.python.log_removal import remove_log_statements
from bot.core.facts.python.names import bindings, identifiers
from bot.core.facts.python.normal_form import (
    reads_docstrings,
    reads_source,
    trim,
    unname_handlers,
)
from bot.core.facts.python.order import restore_order
from bot.core.facts.python.parameters import take_out_parameters
from bot.core.facts.python.parsing import parse_both
from bot.core.facts.python.private_names import remove_unused_private, undo_private_renames
from bot.core.facts.python.same import is_same
from bot.core.facts.python.supers import shorten_supers
from bot.core.facts.python.surroundings import Surroundings
from bot.core.facts.python.taken_out import Part, difference
from bot.core.facts.python.walk import walk
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File

_MOST_PROVEN = 8_000  # nodes of a module that proofs are tried on; some 1,500 lines

Step: TypeAlias = "Callable[[_Modules, str, Surroundings], Iterator[Change]]"

# What only logs, and the variables that at most such statements read.
_LOGGED: tuple[tuple[Kind, str, type[ast.stmt]], ...] = (
    (Kind.LOGGING_CHANGED, "logging", ast.Expr),
    (Kind.UNUSED_CODE_CHANGED, "variable", ast.Assign),
)
_ADDED: Mapping[type[ast.stmt], Kind] = {
    ast.FunctionDef: Kind.FUNCTION_ADDED,
    ast.AsyncFunctionDef: Kind.FUNCTION_ADDED,
    ast.ClassDef: Kind.CLASS_ADDED,
    ast.Assign: Kind.CONSTANT_ADDED,
}


class _Modules(NamedTuple):
    """Both versions of a file, changed in place from one normal form to the next.

    Attributes:
        named: constants of the later version that hold what was written out before.
        added: definitions of the later version that were judged, and taken out of it.
    """

    before: ast.Module
    after: ast.Module
    named: set[str]
    added: list[ast.stmt]

    @property
    def are_small(self) -> bool:
        """Tell whether looking at all their nodes some fifty times costs little."""
        return all(len(walk(module)) <= _MOST_PROVEN for module in (self.before, self.after))

    def trim(self, *, keep_docstrings: bool) -> None:
        """Remove what has no effect on either side."""
        for module in (self.before, self.after):
            trim(module, keep_docstrings=keep_docstrings)

    def names(self, around: Surroundings) -> frozenset[str]:
        """Return all names that the code of both versions and the other files holds."""
        return around.identifiers.union(identifiers(self.before), identifiers(self.after))

    def are_equal(self) -> bool:
        """Tell whether both are the same tree, positions aside."""
        return is_same(self.before, self.after)


def compare_python(before: File, after: File, *, around: Surroundings) -> Iterator[Change]:
    """Yield what differs between two versions of a Python file; at least one change.

    What can be proven to change nothing, or to be new and unnoticed, is put aside step by step;
    what then still differs is named definition by definition.

    Raises:
        UnreadableError: one of them cannot be parsed or analysed.
    """
    modules = _Modules(*parse_both(before.data, after.data), named=set(), added=[])
    try:
        yield from tuple(_changes(modules, after.path, around))
    except (RecursionError, MemoryError):
        raise UnreadableError("is too deeply nested to be analysed") from None


def _changes(modules: _Modules, path: str, around: Surroundings) -> Iterator[Change]:
    names = modules.names(around)
    if reads_source(names):
        yield from _of_text(modules, path)
        return
    modules.trim(keep_docstrings=reads_docstrings(names))
    if modules.are_equal():
        yield Change(Kind.SOURCE_REFORMATTED, "text", None, None, path, 1)
        return
    small = modules.are_small
    steps: list[Step] = [*([_without_hints] * small), _without_logs]
    steps += [_rewritten, _renamed, _gone, _with_methods] * small
    steps += [_added, _with_imports] + [_ordered] * small
    found: list[Change] = []
    for step in steps:
        put_aside = tuple(step(modules, path, around))
        found += put_aside
        if put_aside and modules.are_equal():
            break  # each further step would walk through both many times and find nothing
    yield from found
    if not modules.are_equal():
        yield from definition_changes(modules.before, modules.after, path, added=modules.added)
    elif not found:
        yield Change(Kind.UNUSED_IMPORT_CHANGED, "imports", None, None, path, 1)


def _of_text(modules: _Modules, path: str) -> Iterator[Change]:
    """Yield what differs where code reads the text of code: more than the trees then counts."""
    found = tuple(definition_changes(modules.before, modules.after, path))
    if not found:
        what = "has other comments or lines, and code here reads the text or lines of code"
        raise UnreadableError(what, 1)
    yield from found


def _without_hints(modules: _Modules, path: str, around: Surroundings) -> Iterator[Change]:
    hints = remove_annotations(modules.before, modules.after, around)
    for subject in ("annotation", FOR_CHECKERS):
        is_import = subject == FOR_CHECKERS
        parts = [[p for p in side if (p.place == FOR_CHECKERS) == is_import] for side in hints]
        yield from difference(Kind.ANNOTATION_CHANGED, subject, (parts[0], parts[1]), path)
    casts = remove_casts(modules.before, modules.after, around)
    yield from difference(Kind.ANNOTATION_CHANGED, "type of a cast", casts, path)


def _without_logs(modules: _Modules, path: str, around: Surroundings) -> Iterator[Change]:
    heard = around.listeners.union(listeners(modules.before), listeners(modules.after))
    if CAPTURES in around.listeners and around.mention(path.rpartition("/")[2]):
        heard |= {PRINTS}
    now = remove_log_statements(modules.after, heard)
    was = remove_log_statements(modules.before, heard, modules.after)
    for kind, subject, sort in _LOGGED:
        parts = [
            [Part("", "", ast.dump(one), one) for one in logged if isinstance(one, sort)]
            for logged in (was, now)
        ]
        yield from difference(kind, subject, (parts[0], parts[1]), path)
    modules.trim(keep_docstrings=True)


def _rewritten(modules: _Modules, path: str, around: Surroundings) -> Iterator[Change]:
    handlers = [unname_handlers(m, around.taken) for m in (modules.before, modules.after)]
    parts = [[Part("", ast.dump(h), "", h) for h in found] for found in handlers]
    yield from difference(
        Kind.STATEMENTS_REWRITTEN, "name of exception", (parts[0], parts[1]), path
    )
    calls = [shorten_supers(module) for module in (modules.before, modules.after)]
    parts = [[Part("", method, "", call) for method, call in found] for found in calls]
    yield from difference(Kind.STATEMENTS_REWRITTEN, "call of super", (parts[0], parts[1]), path)
    for function, line in undo_rewrites(modules.before, modules.after, around):
        yield Change(Kind.STATEMENTS_REWRITTEN, f"function {function}", None, None, path, line)


def _renamed(modules: _Modules, path: str, around: Surroundings) -> Iterator[Change]:
    """Give what has another name, or a new optional parameter, the form that it had."""
    before, after = modules.before, modules.after
    for one in undo_private_renames(before, after, around):
        yield Change(Kind.PRIVATE_RENAMED, "module", one.before, one.after, path, one.line)
    for name, line in inline_constants(before, after, around).items():
        modules.named.add(name)
        yield Change(Kind.LITERAL_NAMED, f"constant {name}", None, None, path, line)
    for one in undo_renames(before, after, around):
        subject = f"function {one.function}"
        yield Change(Kind.LOCAL_RENAMED, subject, one.before, one.after, path, one.line)
    for more in take_out_parameters(before, after, around):
        subject = f"function {more.function}"
        yield Change(Kind.PARAMETER_ADDED, subject, None, more.signature, path, more.line)


def _gone(modules: _Modules, path: str, around: Surroundings) -> Iterator[Change]:
    for statement in remove_unused_private(modules.before, modules.after, around):
        subject, signature = _named(statement)
        line = statement.lineno
        yield Change(Kind.UNUSED_CODE_CHANGED, subject, signature, None, path, line)


def _with_methods(modules: _Modules, path: str, around: Surroundings) -> Iterator[Change]:
    for cls, method in take_out_methods(modules.before, modules.after, around):
        subject, signature = f"method {cls}.{method.name}", signature_text(method)
        yield Change(Kind.METHOD_ADDED, subject, None, signature, path, method.lineno)


def _added(modules: _Modules, path: str, around: Surroundings) -> Iterator[Change]:
    before, after = modules.before, modules.after
    modules.added.extend(added_definitions(before, after, around))
    chosen = {id(statement) for statement in modules.added}
    after.body = [statement for statement in after.body if id(statement) not in chosen]
    for statement in modules.added:
        subject, signature = _named(statement)
        if not modules.named & bindings(statement).keys():
            kind = _ADDED[type(statement)]
            yield Change(kind, subject, None, signature, path, statement.lineno)
    yield from _exported(modules, path, around)


def _exported(modules: _Modules, path: str, around: Surroundings) -> Iterator[Change]:
    """Yield what a list of exported names gained, but for definitions that are new themselves."""
    found = restore_exports(modules.before, modules.after, around, modules.added)
    new = {name for statement in modules.added for name in bindings(statement)}
    if found.line and not found.names:
        yield Change(Kind.DEFINITION_MOVED, "order of __all__", None, None, path, found.line)
    for name in found.names:
        if name not in new:
            yield Change(Kind.CONSTANT_ADDED, "name in __all__", None, name, path, found.line)


def _with_imports(modules: _Modules, _: str, around: Surroundings) -> Iterator[Change]:
    """Leave out imports that nothing uses, and put those without effect into one order."""
    remove_unused(modules.before, modules.after, around)
    modules.trim(keep_docstrings=True)
    yield from ()


def _ordered(modules: _Modules, path: str, around: Surroundings) -> Iterator[Change]:
    """Put definitions into one order, where their order cannot matter."""
    for moved in restore_order(modules.before, modules.after, around):
        subject = f"order of {moved.name}"
        yield Change(Kind.DEFINITION_MOVED, subject, None, None, path, moved.line)


def _named(statement: ast.stmt) -> tuple[str, str]:
    """Return what a definition is called, and how it reads in short."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return f"function {statement.name}", signature_text(statement)
        case ast.ClassDef():
            return f"class {statement.name}", ""
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return f"constant {name}", shown(value)
        case _:
            return "statement", shown(statement)
