"""Follow the values of a notebook: from loaded model and loaded data to predictions on display.

A walk over syntax trees in the order of the cells. It knows of each variable which loads and which
scoring its value came from; nothing is run, and branches that cannot be taken are left out.
"""

import ast
from collections.abc import Iterable, Sequence

from bot.core.evidence import notebook_calls as calls
from bot.core.evidence.notebook_calls import PREDICTION
from bot.core.evidence.notebook_code import dotted_name
from bot.core.evidence.notebook_record import Trace
from bot.core.evidence.notebook_scope import Sources, after_branches, has
from bot.core.evidence.notebook_state import State
from bot.core.evidence.notebook_values import Values

_LEAVES = ast.Return | ast.Raise | ast.Continue | ast.Break


def follow(cells: Iterable[tuple[int, Sequence[ast.stmt]]]) -> Trace:
    """Return the trace of parsed cells, given with their numbers.

    Raises:
        TooMuchCodeError: following them would take too long.
    """
    walker = _Walker()
    for number, statements in cells:
        walker.cell(number, statements)
    return walker.trace


class _Walker:
    """Walks statements, and keeps what every name's value came from."""

    def __init__(self) -> None:
        self._state = State()
        self._scope, self._typed = self._state.scope, self._state.typed
        self.trace = self._state.record.trace
        self._values = Values(self._state, self._all)

    def cell(self, number: int, statements: Sequence[ast.stmt]) -> None:
        """Walk one cell; its last expression is shown, as Jupyter does."""
        self._state.record.number = number
        self._all(statements)
        if statements and isinstance(statements[-1], ast.Expr):
            self._values.shown.last(statements[-1].value)

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self._statement(node)

    def _statement(self, node: ast.AST) -> None:
        self._state.steps.take()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._scope.define(node)
                self._typed.define(node)
            case ast.Import() | ast.ImportFrom():
                self._scope.take_import(node)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Expr() | ast.Return():
                self._simple(node)
            case ast.If() | ast.Match() | ast.While():
                self._branch(node)
            case ast.For() | ast.AsyncFor():
                self._scope.bind(node.target, self._values.of(node.iter))
                self._typed.take(node.target, node.iter)
                self._all([*node.body, *node.orelse])
            case ast.withitem(optional_vars=ast.expr() as target):
                self._scope.bind(target, self._values.of(node.context_expr))
                self._scope.take_object(target, node.context_expr)
            case ast.expr():
                self._values.of(node)
            case _:
                self._all(ast.iter_child_nodes(node))

    # --- branches ---

    def _branch(self, node: ast.If | ast.Match | ast.While) -> None:
        match node:
            case ast.If() | ast.While() if self._typed.is_off(node.test):
                self._all(node.orelse)
            case ast.If():
                self._values.of(node.test)
                self._one_of([node.body, node.orelse])
            case ast.Match():
                self._values.of(node.subject)
                self._one_of([case.body for case in node.cases])
            case _:
                self._all(ast.iter_child_nodes(node))

    def _one_of(self, bodies: Iterable[Sequence[ast.stmt]]) -> None:
        """Walk each branch from the same start; afterwards any of them may have been taken."""
        before, ends = self._scope.values, list[dict[str, Sources]]()
        for body in bodies:
            self._state.steps.take(len(before))  # every name is looked at again at the end
            self._scope.values = dict(before)
            self._all(body)
            if not (body and isinstance(body[-1], _LEAVES)):
                ends.append(self._scope.values)
        self._scope.values = after_branches(before, ends)

    # --- statements that hold no others ---

    def _simple(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign():
                self._assign(node)
            case ast.AnnAssign(value=ast.expr() as given):
                self._scope.bind(node.target, self._values.of(given))
                self._scope.take_object(node.target, given)
                self._typed.take(node.target, given)
            case ast.AugAssign():
                self._typed.add(node.target, node.value)
                added = self._values.of(node.value) | self._values.of(node.target)
                self._scope.bind(node.target, added)
            case ast.Return(value=ast.expr() as given):
                self._values.functions.give_back(self._values.of(given))
            case ast.Expr(value=ast.Yield(value=ast.expr() as given)):
                self._values.functions.give_each(self._values.of(given))
            case ast.Expr():
                self._mutate(node.value, self._values.of(node.value))

    def _assign(self, node: ast.Assign) -> None:
        scored = len(self.trace.scoring)
        value = self._values.of(node.value)
        for target in node.targets:
            self._bind(target, node.value, value)
            self._typed.take(target, node.value)
            self._scope.take_object(target, node.value)
        if len(self.trace.scoring) > scored and has(value, PREDICTION):
            self._name_predictions(node)

    def _bind(self, target: ast.expr, given: ast.expr, value: Sources) -> None:
        """Assign part by part where both sides have as many, as in `a, b = 1, 2`."""
        match target, given:
            case (ast.Tuple(elts=targets), ast.Tuple(elts=parts)) if len(targets) == len(parts):
                for one, part in zip(targets, map(self._values.of, parts), strict=True):
                    self._scope.bind(one, part)
            case _:
                self._scope.bind(target, value)

    def _name_predictions(self, node: ast.Assign) -> None:
        """Note what holds predictions after this; names inside of functions are gone by then."""
        if self._values.functions.active:
            return
        for target in node.targets:
            if isinstance(target, ast.Name | ast.Subscript | ast.Attribute):
                self.trace.predictions.append(ast.unparse(target))

    def _mutate(self, node: ast.expr, value: Sources) -> None:
        """Let `results.append(x)` and `model.load_model(x)` change what the name holds."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return
        root = dotted_name(node.func).partition(".")[0]
        if node.func.attr in calls.MUTATING and root in self._scope.values:
            self._scope.values[root] |= value
            if has(value, PREDICTION) and not self._values.functions.active:
                self.trace.predictions.append(root)
