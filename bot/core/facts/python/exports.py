"""The list of names that a module exports, `__all__`, where it is written out."""

import ast
from collections.abc import Collection
from typing import NamedTuple

from bot.core.facts.python.definite import bound_after_all
from bot.core.facts.python.names import exports, is_dynamic
from bot.core.facts.python.surroundings import Surroundings


class Exports(NamedTuple):
    """The names that a list gained, and the line where it stands; none if only its order differs.

    A list that did not change, or not in a way that is known to be safe, has no line.
    """

    names: tuple[str, ...]
    line: int


_SAME = Exports((), 0)


def restore_exports(
    before: ast.Module, after: ast.Module, around: Surroundings, added: Collection[ast.stmt]
) -> Exports:
    """Give `after`, in place, the list that `before` has, where it keeps all its names.

    Names that are new in it are defined at the top of the module, or by what was `added` there.
    No other file imports `*` from the module, or asks for its list.
    """
    was, now = _lists(before), _lists(after)
    if len(was) != 1 or len(now) != 1 or around.are_unknown or "__all__" in around.taken:
        return _SAME
    if is_dynamic(before) or is_dynamic(after):
        return _SAME
    old, new = exports(was[0]), exports(now[0])
    had = frozenset(old)
    gained = tuple(name for name in dict.fromkeys(new) if name not in had)
    are_defined = bound_after_all([*after.body, *added]).issuperset(gained)
    if old == new or not are_defined or not had.issubset(new):
        return _SAME
    now[0].value = was[0].value
    return Exports(gained, now[0].lineno)


def _lists(module: ast.Module) -> list[ast.Assign]:
    return [one for one in module.body if isinstance(one, ast.Assign) and exports(one)]
