"""Names that code makes up while it runs, to look an attribute up by them."""

import ast
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase

from bot.core.facts.python.names import alias_name
from bot.core.facts.python.walk import walk

_LOOK_UPS = frozenset({"attrgetter", "getattr", "hasattr", "methodcaller"})


def looked_up(tree: ast.AST) -> Iterator[str]:
    """Yield patterns of names: `do_*` for `getattr(self, f"do_{step}")`, `*` if nothing is known.

    Of what is looked up in an imported module or class only patterns are told that say something,
    as it may be ours: `getattr(logging, level)` is left out.
    """
    imported = {
        alias_name(alias)
        for node in walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[owner, name, *_]):
                is_imported = isinstance(owner, ast.Name) and owner.id in imported
                yield from (one for one in _pattern(name) if not (is_imported and one == "*"))
            case ast.Call(func=ast.Name(id=function) | ast.Attribute(attr=function), args=[name]):
                if function in _LOOK_UPS:
                    yield from _pattern(name)
            case _:
                pass


def may_be_looked_up(name: str, patterns: Collection[str]) -> bool:
    """Tell whether one of these patterns fits a name."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _pattern(name: ast.expr) -> Iterator[str]:
    if not isinstance(name, ast.Constant):
        first, last = _ends(name)
        yield f"{first}*{last}"


def _ends(name: ast.expr) -> tuple[str, str]:
    """Return the texts that a name which is put together begins and ends with."""
    match name:
        case ast.JoinedStr(values=[first, *_, last]):
            return _text(first), _text(last)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _ends(left)[0] or _text(left), _ends(right)[1] or _text(right)
        case ast.BinOp(op=ast.Mod(), left=left):
            return _text(left).partition("%")[0], ""
        case ast.Call(func=ast.Attribute(value=value, attr="format")):
            return _text(value).partition("{")[0], ""
        case _:
            return "", ""


def _text(node: ast.expr) -> str:
    """Return a text that is written out, without what would be a wildcard; nothing for others."""
    match node:
        case ast.Constant(value=str(text)) if not set(text) & set("*?["):
            return text
        case _:
            return ""
