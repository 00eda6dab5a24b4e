"""Code that reads the variables of a function by their names, from a text or from its frame."""

import ast

from bot.core.facts.python.names import identifiers, is_dynamic
from bot.core.facts.python.values import Function
from bot.core.facts.python.walk import walk

# Packages and functions that read the variables of whoever calls them.
_FRAME_READERS_WORDS = (
    "_getframe currentframe duckdb executing formula formulaic icecream inspect linearmodels "
    "numexpr pandasql patsy plotnine snoop sorcery varname"
)
_FRAME_READERS = frozenset(_FRAME_READERS_WORDS.split())
_EVALUATORS = frozenset({"eval", "evaluate", "query", "sql"})


def reads_frames(module: ast.Module) -> bool:
    """Tell whether a module holds the name of something that reads its callers' variables."""
    return not identifiers(module).isdisjoint(_FRAME_READERS)


def reads_variables(function: Function) -> bool:
    """Tell whether a function may look at its own variables by name."""
    return is_dynamic(function) or any(
        isinstance(node, ast.Call) and _is_evaluator(node) for node in walk(function)
    )


def _is_evaluator(call: ast.Call) -> bool:
    """Accept `frame.query(text)` alone, where a text that is written out names no variable."""
    match call:
        case ast.Call(func=ast.Attribute(attr="query"), args=[ast.Constant(value=str(text))]):
            return "@" in text
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _EVALUATORS
        case _:
            return False
