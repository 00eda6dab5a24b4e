"""What a reader sees of the values of a notebook: the predictions, or only something about them."""

import ast
from collections.abc import Callable, Sequence

from bot.core.evidence import notebook_calls as calls
from bot.core.evidence.notebook_calls import PREDICTION, SPARK
from bot.core.evidence.notebook_code import dotted_name, made_of
from bot.core.evidence.notebook_scope import NOTHING, Sources, has, one_of
from bot.core.evidence.notebook_state import State


class Shown:
    """Notes which cells show predictions, and what is typed of what they print.

    `given` tells what a call that was evaluated gave by itself, beside what it was given.
    """

    def __init__(self, state: State, given: Callable[[ast.Call], Sources]) -> None:
        self._state = state
        self._given = given

    def last(self, node: ast.expr) -> None:
        """Note the last expression of a cell: Jupyter shows it."""
        self._show(node)
        if not (isinstance(node, ast.Call) and self._is_showing(node)):
            self._print([node])

    def call(self, node: ast.Call, receiver: Sources) -> None:
        """Note what a call shows; most show nothing."""
        if self._is_showing(node):
            self._print(node.args)
            for argument in node.args:
                self._show(argument)
        elif isinstance(node.func, ast.Attribute) and _is_table(node.func, receiver):
            self._show(node.func.value)

    def _is_showing(self, node: ast.Call) -> bool:
        return self._state.scope.full_name(node.func).rpartition(".")[2] in calls.SHOWING

    def _show(self, node: ast.expr) -> None:
        if has(self._visible(node), PREDICTION):
            self._state.record.trace.showing.append(self._state.record.number)

    def _print(self, nodes: Sequence[ast.expr]) -> None:
        printed = self._state.record.trace.printed.setdefault(self._state.record.number, [])
        printed.append(self._state.typed.printed(nodes))

    def _visible(self, node: ast.AST) -> Sources:
        """Return the sources of what a reader sees of a value, not of its length or type."""
        self._state.steps.take()
        match node:
            case ast.Compare():
                return NOTHING
            case ast.Attribute() if node.attr in calls.OPAQUE_ATTRIBUTES:
                return NOTHING
            case ast.Call():
                return self._visible_call(node)
            case ast.Name():
                return self._state.scope.values.get(node.id, NOTHING)
        return self._visible_choice(node)

    def _visible_choice(self, node: ast.AST) -> Sources:
        match node:
            case ast.IfExp() if self._state.typed.is_off(node.test):
                return self._visible(node.orelse)
            case ast.IfExp():
                return one_of(map(self._visible, [node.body, node.orelse]))
            case ast.BoolOp(op=ast.Or()):
                return one_of(map(self._visible, node.values))
        return NOTHING.union(*map(self._visible, made_of(node)))

    def _visible_call(self, node: ast.Call) -> Sources:
        name = dotted_name(node.func)
        if name in calls.OPAQUE_CALLS or name.rpartition(".")[2] in calls.SILENT_CALLS:
            return NOTHING
        children = [node.func, *node.args, *node.keywords]
        return NOTHING.union(self._given(node), *map(self._visible, children))


def _is_table(function: ast.Attribute, receiver: Sources) -> bool:
    """Tell whether this is Spark's `table.show()`; of others `show` draws a picture."""
    return function.attr == "show" and has(receiver, SPARK)
