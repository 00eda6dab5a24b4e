"""The Python of notebook cells as syntax trees, and what in it could hide a failure.

Code is only ever parsed.
"""

import ast
import warnings
from collections.abc import Iterator

from bot.core.evidence.notebook import Cell
from bot.core.evidence.notebook_magic import as_python

_EXITS = frozenset({"exit", "quit", "sys.exit", "os._exit", "os.abort", "os.kill", "SystemExit"})
_ENDS_KERNEL = frozenset(
    {"do_shutdown", "do_restart", "raise_signal", "killpg", "execv", "execve", "execvp"}
)
_SCORING = frozenset({"decision_function", "score", "run", "invoke", "infer", "inference"})
_SCORING |= {"forecast", "score_samples"}
_NOT_SCORING = frozenset({"subprocess", "asyncio", "os"})
_SUPPRESSORS = frozenset({"suppress", "raises"})


class UnreadableCodeError(Exception):
    """A cell is not Python that can be parsed."""


def parse_cell(cell: Cell) -> list[ast.stmt]:
    """Return the statements of a code cell, IPython's own lines as Python that does the same.

    A cell of another language (`%%javascript`) has none.

    Raises:
        UnreadableCodeError: it is not Python, or would exhaust the parser.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the notebook's style; nobody asked
            body = _parsed(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UnreadableCodeError from None
    # Jupyter does not show the last value of a cell that ends with a semicolon.
    return [*body, ast.Pass()] if cell.source.rstrip().endswith(";") else body


def _parsed(cell: Cell) -> list[ast.stmt]:
    try:
        # A line that begins with `%` may be the rest of an expression.
        return ast.parse(cell.source).body
    except SyntaxError:
        return ast.parse(as_python(cell)).body


def dotted_name(node: ast.expr) -> str:
    """Return `a.b.c` for names and attributes; calls and subscripts on the way become `?`."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "?")
    return ".".join(reversed(parts))


def made_of(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a value is made of: of a comprehension its elements, not what it goes through."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.comprehension):
            yield child


def is_scoring_name(name: str) -> bool:
    """Tell whether a function of this (dotted) name scores."""
    if name.partition(".")[0] in _NOT_SCORING:
        return False
    last = name.rpartition(".")[2]
    return last in _SCORING or last.startswith(("predict", "score_"))


def is_ever_false(test: ast.expr) -> bool:
    """Tell whether a branch can never be taken, as in `if False:`."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return isinstance(test.operand, ast.Constant) and bool(test.operand.value)
    return isinstance(test, ast.Constant) and not test.value


def exits(statements: list[ast.stmt]) -> bool:
    """Tell whether the cell can end the run early and look successful."""
    for node in _nodes(statements):
        if isinstance(node, ast.Name) and node.id == "SystemExit":
            return True
        if isinstance(node, ast.Call):
            name = dotted_name(node.func)
            if name in _EXITS or name.rpartition(".")[2] in _ENDS_KERNEL:
                return True
    return False


def swallows(statements: list[ast.stmt], scorers: frozenset[str] = frozenset()) -> bool:
    """Tell whether an exception of the scoring would not be seen.

    That is `try` around a scoring call with a handler that does not raise again, and
    `contextlib.suppress` around one. `scorers` are functions of the notebook that score.
    """
    for node in _nodes(statements):
        if isinstance(node, ast.Try | ast.TryStar) and has_scoring(node.body, scorers):
            if not all(_raises(handler) for handler in node.handlers):
                return True
            if any(isinstance(inner, ast.Return) for inner in _nodes(node.finalbody)):
                return True
        if isinstance(node, ast.With | ast.AsyncWith) and (
            _suppresses(node) and has_scoring(node.body, scorers)
        ):
            return True
        if isinstance(node, ast.Call) and any(map(_keeps_exceptions, node.keywords)):
            return True
    return False


def _keeps_exceptions(word: ast.keyword) -> bool:
    """Tell whether this makes `asyncio.gather` hand errors on as if they were results."""
    if word.arg != "return_exceptions":
        return False
    return not (isinstance(word.value, ast.Constant) and not word.value.value)


def swallows_what_it_is_given(statements: list[ast.stmt]) -> bool:
    """Tell whether a function or a context of the notebook hides the errors of what it is given.

    That is a decorator such as `tolerant`, an `__exit__` that returns true, and a generator that
    catches what is raised at its `yield`.
    """
    for node in _nodes(statements):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name in {"__exit__", "__aexit__"} and any(map(_returns_true, _nodes(node.body))):
            return True
        given = {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
        tries = [inner for inner in _nodes(node.body) if isinstance(inner, ast.Try | ast.TryStar)]
        if any(_hides_given(inner, given) for inner in tries):
            return True
    return False


def _hides_given(node: ast.Try | ast.TryStar, given: set[str]) -> bool:
    if all(map(_raises, node.handlers)):
        return False
    return any(
        isinstance(inner, ast.Yield)
        or (isinstance(inner, ast.Call) and dotted_name(inner.func) in given)
        for inner in _nodes(node.body)
    )


def _returns_true(node: ast.AST) -> bool:
    if not isinstance(node, ast.Return) or not isinstance(node.value, ast.Constant):
        return False
    return bool(node.value.value)


def local_scorers(statements: list[ast.stmt]) -> frozenset[str]:
    """Return the names of functions defined here whose bodies call something that scores."""
    return frozenset(
        node.name
        for node in _nodes(statements)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and has_scoring(node.body, frozenset())
    )


def _nodes(statements: list[ast.stmt]) -> Iterator[ast.AST]:
    for statement in statements:
        yield from ast.walk(statement)


def has_scoring(statements: list[ast.stmt], scorers: frozenset[str]) -> bool:
    """Tell whether something in the statements scores; `scorers` are the notebook's own."""
    return any(
        is_scoring_name(name := dotted_name(node.func)) or name in scorers
        for node in _nodes(statements)
        if isinstance(node, ast.Call)
    )


def _raises(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(statement, ast.Raise) for statement in handler.body)


def _suppresses(node: ast.With | ast.AsyncWith) -> bool:
    calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
    return any(dotted_name(call.func).rpartition(".")[2] in _SUPPRESSORS for call in calls)
