"""Texts that stand in a notebook's source: what is put together of them alone was never read."""

import ast
from collections.abc import Mapping
from operator import attrgetter


def typed_texts(node: ast.expr, known: Mapping[str, str]) -> list[str]:
    """Return the texts in an expression; `known` has those of names.

    The last of them is all of them joined, as a concatenation or a format would show them.
    """
    parts = [part for part in ast.walk(node) if isinstance(part, ast.Constant | ast.Name)]
    parts.sort(key=attrgetter("lineno", "col_offset"))
    texts = [text for part in parts if (text := _text(part, known))]
    return [*texts, "".join(texts), ".".join(texts)]


def assigned_text(node: ast.expr, known: Mapping[str, str]) -> str:
    """Return the text that an assignment gives a name; empty where a call has a part in it."""
    parts = list(ast.walk(node))
    if any(isinstance(part, ast.Call) and not _is_formatting(part) for part in parts):
        return ""
    return "".join(typed_texts(node, known)[:-2])


def _text(node: ast.AST, known: Mapping[str, str]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return known.get(node.id, "") if isinstance(node, ast.Name) else ""


def _is_formatting(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in {"format", "join"}
