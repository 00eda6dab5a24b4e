"""Conditions that can be left out with the log statements that they guard."""

import ast

from bot.core.facts.python.effects import is_effectless, is_number
from bot.core.facts.python.log_calls import Scope

# Names of settings, which are surely true or false; an array or a table is neither.
_SWITCHES = frozenset({"DEBUG", "VERBOSE", "debug", "is_debug", "is_verbose", "quiet", "verbose"})


def is_plain_condition(test: ast.expr, scope: Scope, *, is_new: bool) -> bool:
    """Tell whether finding out if a condition holds has no effect.

    In new code it also must be sure not to fail. Code that ran so far is not doubted.
    """
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return is_plain_condition(operand, scope, is_new=is_new)
        case ast.BoolOp(values=values):
            return all(is_plain_condition(value, scope, is_new=is_new) for value in values)
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [left, *others]
            is_sure = all(isinstance(op, ast.Is | ast.IsNot) for op in ops)
            is_sure |= all(is_number(side, scope.trust) for side in sides)
            return _may_run(is_sure=is_sure, is_new=is_new, parts=sides, scope=scope)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="isEnabledFor")):
            is_sure = owner in scope.loggers
            return is_sure and _may_run(is_sure=True, is_new=is_new, parts=test.args, scope=scope)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            is_sure = name in _SWITCHES
            return _may_run(is_sure=is_sure, is_new=is_new, parts=[test], scope=scope)
        case _:
            return False


def _may_run(*, is_sure: bool, is_new: bool, parts: list[ast.expr], scope: Scope) -> bool:
    return (is_sure or not is_new) and all(is_effectless(part, scope.trust) for part in parts)
