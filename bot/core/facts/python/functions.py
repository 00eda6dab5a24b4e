"""How two versions of a function or a method differ."""

import ast
from collections.abc import Iterator

from bot.core.change import Change, Kind
from bot.core.facts.python.bodies import body_changes
from bot.core.facts.python.code_text import shown
from bot.core.facts.python.same import are_same, is_same
from bot.core.facts.python.signature import Function, signature_changes

Definition = Function | ast.ClassDef


def function_changes(label: str, before: Function, after: Function, path: str) -> Iterator[Change]:
    """Yield what differs between two functions; nothing if they are the same.

    `label` names them in a message.
    """
    if type(before) is not type(after):
        was, now = (_word(function) for function in (before, after))
        yield Change(Kind.ASYNC_CHANGED, label, was, now, path, after.lineno)
    yield from decorator_changes(label, before, after, path)
    if not (is_same(before.args, after.args) and are_same([before.returns], [after.returns])):
        yield from signature_changes(label, before, after, path)
    yield from body_changes(label, before, after, Kind.FUNCTION_CHANGED, path)


def decorator_changes(
    label: str, before: Definition, after: Definition, path: str
) -> Iterator[Change]:
    """Yield a change if the decorators differ, or their order."""
    if not are_same(before.decorator_list, after.decorator_list):
        was, now = (_decorators(definition) for definition in (before, after))
        line = after.decorator_list[0].lineno if after.decorator_list else after.lineno
        yield Change(Kind.DECORATOR_CHANGED, label, was, now, path, line)


def _word(function: Function) -> str:
    return "async def" if isinstance(function, ast.AsyncFunctionDef) else "def"


def _decorators(definition: Definition) -> str | None:
    texts = [f"@{shown(decorator)}" for decorator in definition.decorator_list]
    return " ".join(texts) or None
