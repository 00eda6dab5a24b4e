"""Texts that stand in a notebook's source: what is put together of them alone was never read."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from bot.core.evidence.notebook_code import dotted_name
from bot.core.evidence.notebook_magic import SHELL

# What they are given is what they look for; what they return was read.
_LOOKS_UP = ("environments.get", "Environment.get", SHELL)


class Printed(NamedTuple):
    """What one call prints: the texts in it, and whether it prints anything else as well."""

    texts: tuple[str, ...]
    is_read: bool


def printed(nodes: Sequence[ast.expr], known: Mapping[str, str]) -> Printed:
    """Return what is typed among the things that are printed together."""
    whole = ast.Tuple(elts=list(nodes))
    return Printed(
        tuple(typed_texts(whole, known)), any(_is_read(part, known) for part in _parts(whole))
    )


def typed_texts(node: ast.expr, known: Mapping[str, str]) -> list[str]:
    """Return the texts in an expression; `known` has those of names.

    The last of them is all of them joined, as a concatenation or a format would show them.
    """
    parts = [part for part in _parts(node) if isinstance(part, ast.Constant | ast.Name)]
    parts.sort(key=attrgetter("lineno", "col_offset"))
    texts = [text for part in parts if (text := _text(part, known))]
    return [*texts, "".join(texts), ".".join(texts)]


def assigned_text(node: ast.expr, known: Mapping[str, str]) -> str:
    """Return the text that an assignment gives a name; empty where a call has a part in it."""
    parts = list(ast.walk(node))
    if any(isinstance(part, ast.Call) and not _is_formatting(part) for part in parts):
        return ""
    return "".join(typed_texts(node, known)[:-2])


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what an expression is made of, without what a look-up is asked for."""
    yield node
    if isinstance(node, ast.Call) and dotted_name(node.func).endswith(_LOOKS_UP):
        return
    for child in ast.iter_child_nodes(node):
        yield from _parts(child)


def _is_read(node: ast.AST, known: Mapping[str, str]) -> bool:
    if isinstance(node, ast.Call):
        return not _is_formatting(node)
    if isinstance(node, ast.Name):
        return node.id not in known
    return isinstance(node, ast.Subscript)


def _text(node: ast.AST, known: Mapping[str, str]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return known.get(node.id, "") if isinstance(node, ast.Name) else ""


def _is_formatting(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "join"}
