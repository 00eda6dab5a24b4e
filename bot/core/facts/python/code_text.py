"""Code as it stands in a message: on one line, and short."""

import ast
from itertools import islice, takewhile

_SHOWN = 80  # characters of code in a message
_SHOWN_NODES = 300  # beyond this, writing code out costs time that cutting it would waste
_LEAD = 20  # characters that stay before the first one that differs


def shown(node: ast.AST) -> str:
    """Return code on one line, cut to what fits a message."""
    return _cut(_line(node))


def shown_pair(before: ast.AST, after: ast.AST) -> tuple[str, str]:
    """Return two pieces of code, each cut to what fits a message, so that their difference shows.

    Of two statements with suites that stand for the same, the first lines are enough if they
    differ. Two texts that first differ beyond the cut begin a little before that place.
    """
    texts = _heads(before, after) or (_line(before), _line(after))
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False)))
    if alike < _SHOWN - _LEAD:
        return _cut(texts[0]), _cut(texts[1])
    was, now = (f"…{text[alike - _LEAD :]}" for text in texts)
    return _cut(was), _cut(now)


def signature_text(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the parameters of a function as they stand in its definition."""
    return f"({shown(function.args)})"


def _heads(before: ast.AST, after: ast.AST) -> tuple[str, str] | None:
    if type(before) is not type(after) or _is_long(before) or _is_long(after):
        return None
    was, now = (ast.unparse(node).lstrip().partition("\n")[0] for node in (before, after))
    return (was, now) if was != now else None


def _line(node: ast.AST) -> str:
    return "a long piece of code" if _is_long(node) else " ".join(ast.unparse(node).split())


def _is_long(node: ast.AST) -> bool:
    return len(list(islice(ast.walk(node), _SHOWN_NODES))) == _SHOWN_NODES


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
