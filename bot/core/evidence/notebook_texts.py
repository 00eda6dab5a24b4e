"""Texts that stand in a notebook's source: what is put together of them alone was never read."""

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from bot.core.evidence.notebook_code import dotted_name, is_ever_false
from bot.core.evidence.notebook_limits import Steps
from bot.core.evidence.notebook_magic import SHELL

# What they are given is what they look for; what they return was read.
_LOOKS_UP = ("environments.get", "environments.list", "Environment.get", SHELL)
# A name may be put together of itself again and again: `s = s + s`.
_MAX_LENGTH = 20_000
_MAKES = frozenset({"dumps", "loads", "copy", "strip", "decode"})
_TOOLS = frozenset({"dumps", "loads", "fromhex", "unhexlify", "b64decode"})
_BUILTINS = frozenset({"dict", "str", "list", "tuple", "repr", "map", "sorted", "format"})


class Printed(NamedTuple):
    """What one call prints: the texts in it, and whether it prints anything else as well."""

    texts: tuple[str, ...]
    is_read: bool


class TypedTexts:
    """What the names of a notebook stand for, as far as it was typed."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._known: dict[str, str] = {}
        self._off: set[str] = set()
        self._defined: dict[int, str] = {}  # by the identity of nodes: looking again costs

    def assign(self, name: str, value: ast.expr) -> None:
        """Remember the text that a name is given, and whether it switches something off."""
        self._known[name] = _assigned(value, self._known)
        switch = self._off.add if is_ever_false(value) else self._off.discard
        switch(name)

    def take(self, target: ast.expr, value: ast.expr) -> None:
        """Remember what an assignment gives its target; of `a, b = 1, 2` each its own."""
        match target, value:
            case (ast.Name(id=name), _):
                self.assign(name, value)
            case (ast.Tuple(elts=targets), ast.Tuple(elts=parts)) if len(targets) == len(parts):
                for one, part in zip(targets, parts, strict=True):
                    self.take(one, part)
            case (ast.Tuple(elts=targets), _):
                for one in targets:
                    self.take(one, value)

    def add(self, target: ast.expr, value: ast.expr) -> None:
        """Remember what `target += value` adds."""
        if isinstance(target, ast.Name):
            self._known[target.id] = self._known.get(target.id, "") + _assigned(value, self._known)

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """Remember the text that a function returns, or a class holds, as its source has it."""
        if id(node) not in self._defined:
            self._defined[id(node)] = _held(node)
        self._known[node.name] = self._defined[id(node)]

    def is_off(self, test: ast.expr) -> bool:
        """Tell whether a branch is never taken, as in `if False:` or after `RUN = False`."""
        return is_ever_false(test) or (isinstance(test, ast.Name) and test.id in self._off)

    def said(self, nodes: Sequence[ast.expr]) -> str:
        """Return the texts among the arguments of a call, with blanks between them."""
        return " ".join(_typed(ast.Tuple(elts=list(nodes)), self._known))

    def printed(self, nodes: Sequence[ast.expr]) -> Printed:
        """Return what is typed among the things that are printed together.

        The last of the texts are all of them, as a concatenation or `join` would show them.
        """
        parts = list(_parts(ast.Tuple(elts=list(nodes))))
        self._steps.take(len(parts))
        texts = _texts(parts, self._known)
        is_read = any(_is_read(part, self._known) for part in parts)
        return Printed((*texts, "".join(texts), ".".join(texts)), is_read)


def _typed(node: ast.expr, known: Mapping[str, str]) -> list[str]:
    return _texts(_parts(node), known)


def _texts(nodes: Iterable[ast.AST], known: Mapping[str, str]) -> list[str]:
    parts = [part for part in nodes if isinstance(part, ast.Constant | ast.Name)]
    parts.sort(key=attrgetter("lineno", "col_offset"))
    room, texts = _MAX_LENGTH, []
    for text in filter(None, (_text(part, known) for part in parts)):
        texts.append(text[:room])
        room -= len(texts[-1])
    return texts


def _held(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    kinds = ast.Assign | ast.AnnAssign if isinstance(node, ast.ClassDef) else ast.Return
    given = [inner.value for inner in ast.walk(node) if isinstance(inner, kinds)]
    return "".join(_assigned(value, {}) for value in given if value)


def _assigned(node: ast.expr, known: Mapping[str, str]) -> str:
    """Return the text that an assignment gives a name; of what is read, what it falls back to."""
    if any(_reads(part) for part in ast.walk(node)):
        return "".join(text for part in _fallbacks(node) for text in _typed(part, known))
    return "".join(_typed(node, known))


def _fallbacks(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what stands in for something that is not there: `get(name, this) or this`."""
    for part in ast.walk(node):
        match part:
            case ast.BoolOp(op=ast.Or(), values=[_, *rest]):
                yield from rest
            case ast.Call(func=ast.Attribute(attr="getenv"), args=[_, default]):
                yield default
            case ast.Call(func=ast.Attribute(value=place, attr="get"), args=[_, default]):
                if dotted_name(place).endswith("environ"):
                    yield default


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what an expression is made of, without what a look-up is asked for."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, ast.Subscript):
            waiting.append(part.value)  # the place in it is no text of it
        elif not isinstance(part, ast.Call):
            waiting.extend(ast.iter_child_nodes(part))
        elif not dotted_name(part.func).endswith(_LOOKS_UP):
            # `json` of `json.dumps(...)` is no value that was read, `env` of `env.strip()` is.
            given = [*part.args, *part.keywords]
            waiting.extend(given if _is_tool(part) else ast.iter_child_nodes(part))


def _is_read(node: ast.AST, known: Mapping[str, str]) -> bool:
    if isinstance(node, ast.Name):
        return not known.get(node.id) and not hasattr(builtins, node.id)
    return _reads(node)


def _reads(node: ast.AST) -> bool:
    """Tell whether an expression asks for something, rather than to hold what it is given."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute)  # `os.environ[...]`
    return isinstance(node, ast.Call) and not (_is_formatting(node) or _is_made(node))


def _is_made(node: ast.Call) -> bool:
    """Tell whether a call makes an object of what it is given, such as `Environment(name=...)`."""
    last = dotted_name(node.func).rpartition(".")[2]
    return _is_tool(node) or last in _MAKES


def _is_tool(node: ast.Call) -> bool:
    """Tell whether a call only gives another form to what stands between its brackets."""
    name = dotted_name(node.func)
    last = name.rpartition(".")[2]
    return last[:1].isupper() or last in _TOOLS or name in _BUILTINS


def _text(node: ast.AST, known: Mapping[str, str]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
        return node.value if isinstance(node.value, str) else _digits(node.value)
    return known.get(node.id, "") if isinstance(node, ast.Name) else ""


def _digits(number: int) -> str:
    return str(number) if abs(number) < _MAX_LENGTH else ""


def _is_formatting(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "join"}
