"""Where two versions of a module differ: which function, class, constant or import, and how."""

import ast
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from bot.core.change import Change, Kind
from bot.core.facts.python.same import are_same, is_same

_SUITES = ("body", "handlers", "orelse", "finalbody", "cases")
_SHOWN = 80  # characters of code in a message
_SHOWN_NODES = 300  # beyond this, writing code out costs time that cutting it would waste

_CHANGED = {
    "function": Kind.FUNCTION_CHANGED,
    "class": Kind.CLASS_CHANGED,
    "constant": Kind.CONSTANT_CHANGED,
    "import": Kind.IMPORT_CHANGED,
    "statement": Kind.STATEMENT_CHANGED,
}


class Key(NamedTuple):
    """What a statement at the top of a module defines."""

    sort: str
    name: str


Definitions = Mapping[Key, list[ast.stmt]]


def definition_changes(before: ast.Module, after: ast.Module, path: str) -> Iterator[Change]:
    """Yield a change for each definition that differs; at least one if the modules differ."""
    was, now = _definitions(before), _definitions(after)
    differing = [
        key
        for key in dict.fromkeys([*was, *now])
        if not are_same(was.get(key, []), now.get(key, []))
    ]
    for key in differing:
        yield _change(key, was.get(key, []), now.get(key, []), path)
    if not differing and not is_same(before, after):
        pairs = zip(before.body, after.body, strict=True)
        line = next(b.lineno for a, b in pairs if not is_same(a, b))
        yield Change(Kind.STATEMENT_CHANGED, "order of statements", None, None, path, line)


def shown(node: ast.AST) -> str:
    """Return code on one line, cut to what fits a message."""
    if len(list(islice(ast.walk(node), _SHOWN_NODES))) == _SHOWN_NODES:
        return "a long piece of code"
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _definitions(module: ast.Module) -> dict[Key, list[ast.stmt]]:
    found: dict[Key, list[ast.stmt]] = {}
    for statement in module.body:
        found.setdefault(_key(statement), []).append(statement)
    return found


def _key(statement: ast.stmt) -> Key:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return Key("function", name)
        case ast.ClassDef(name=name):
            return Key("class", name)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return Key("constant", name)
        case ast.Import() | ast.ImportFrom():
            return Key("import", shown(statement))
        case _:
            return Key("statement", ast.dump(statement))


def _change(key: Key, before: list[ast.stmt], after: list[ast.stmt], path: str) -> Change:
    if not before or not after:
        return _appeared_or_gone(key, before, after, path)
    was, now = before[-1], after[-1]
    if key.sort == "function":
        return _function_change(key, was, now, path)
    was, now = _first_difference(was, now)
    line = _line(now, after[-1])
    return Change(_CHANGED[key.sort], _subject(key), _detail(was), _detail(now), path, line)


def _appeared_or_gone(key: Key, before: list[ast.stmt], after: list[ast.stmt], path: str) -> Change:
    stands = (after or before)[0]
    kind = _CHANGED[key.sort]
    if key.sort == "function" and not after:
        kind = Kind.FUNCTION_REMOVED
    texts = [_detail(found[0]) if found else None for found in (before, after)]
    return Change(kind, _subject(key), texts[0], texts[1], path, stands.lineno)


def _function_change(key: Key, before: ast.stmt, after: ast.stmt, path: str) -> Change:
    was, now = _headline(before), _headline(after)
    if was != now:
        return Change(Kind.SIGNATURE_CHANGED, _subject(key), was, now, path, after.lineno)
    old, new = _first_difference(before, after)
    line = _line(new, after)
    return Change(Kind.FUNCTION_CHANGED, _subject(key), shown(old), shown(new), path, line)


def _line(node: ast.AST, around: ast.stmt) -> int:
    """Return where a node stands; a `case` does not know, so where the statement around it does."""
    line: int = getattr(node, "lineno", around.lineno)
    return line


def _headline(statement: ast.stmt) -> str:
    """Return a function's signature, a class's first line, or the statement."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            prefix = "async def" if isinstance(statement, ast.AsyncFunctionDef) else "def"
            returns = f" -> {ast.unparse(statement.returns)}" if statement.returns else ""
            return f"{prefix} {statement.name}({ast.unparse(statement.args)}){returns}"
        case ast.ClassDef():
            bases = ", ".join(ast.unparse(base) for base in statement.bases)
            return f"class {statement.name}({bases})" if bases else f"class {statement.name}"
        case _:
            return shown(statement)


def _detail(statement: ast.stmt) -> str:
    """Return what a message says of a statement beside the name it defines."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return f"({ast.unparse(statement.args)})"
        case ast.Assign(targets=[ast.Name()], value=ast.expr() as value):
            return shown(value)
        case _:
            return _headline(statement)


def _subject(key: Key) -> str:
    return "code" if key.sort in {"import", "statement"} else f"{key.sort} {key.name}"


def _first_difference(before: ast.stmt, after: ast.stmt) -> tuple[ast.stmt, ast.stmt]:
    """Return the innermost pair of statements that holds the first difference."""
    for suite in _SUITES:
        was, now = getattr(before, suite, []), getattr(after, suite, [])
        pairs = [(b, a) for b, a in zip(was, now, strict=False) if not is_same(b, a)]
        if pairs and type(pairs[0][0]) is type(pairs[0][1]) and _is_only_difference(before, after):
            return _first_difference(*pairs[0])
        if pairs:
            return pairs[0]
    return before, after


def _is_only_difference(before: ast.stmt, after: ast.stmt) -> bool:
    """Tell whether two statements are alike apart from their suites."""
    heads = [
        [value for field, value in ast.iter_fields(node) if field not in _SUITES]
        for node in (before, after)
    ]
    return are_same(heads[0], heads[1])
