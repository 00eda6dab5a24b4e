"""How the parameters of a function differ."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from bot.core.change import Change, Kind
from bot.core.facts.python.code_text import shown, signature_text
from bot.core.facts.python.same import is_same

Function = ast.FunctionDef | ast.AsyncFunctionDef


class _Parameter(NamedTuple):
    """One parameter; `sort` says how it may be passed."""

    name: str
    sort: str
    default: ast.expr | None
    line: int

    def is_like(self, other: "_Parameter") -> bool:
        """Tell whether two parameters differ in nothing but their name."""
        return self.sort == other.sort and _is_same_default(self.default, other.default)


def signature_changes(label: str, before: Function, after: Function, path: str) -> Iterator[Change]:
    """Yield what differs between the parameters and return annotations of two functions.

    `label` names the function. At least one change if the `args` or `returns` differ.
    """
    was, now = list(_parameters(before.args)), list(_parameters(after.args))
    if [(p.name, p.sort) for p in was] == [(p.name, p.sort) for p in now]:
        found = list(_defaults(label, was, now, path))
    else:
        found = list(_removed_or_renamed(label, was, now, path))
    yield from found or [_otherwise(label, before, after, path)]


def _parameters(arguments: ast.arguments) -> Iterator[_Parameter]:
    plain = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    sorts = ["/"] * len(arguments.posonlyargs) + [""] * len(arguments.args)
    for arg, sort, default in zip(plain, sorts, [*missing, *arguments.defaults], strict=True):
        yield _Parameter(arg.arg, sort, default, arg.lineno)
    if arguments.vararg:
        yield _Parameter(arguments.vararg.arg, "*", None, arguments.vararg.lineno)
    for arg, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _Parameter(arg.arg, "keyword", value, arg.lineno)
    if arguments.kwarg:
        yield _Parameter(arguments.kwarg.arg, "**", None, arguments.kwarg.lineno)


def _defaults(
    label: str, before: list[_Parameter], after: list[_Parameter], path: str
) -> Iterator[Change]:
    for was, now in zip(before, after, strict=True):
        if not _is_same_default(was.default, now.default):
            texts = [shown(p.default) if p.default else None for p in (was, now)]
            subject = f"{label}: default of {now.name}"
            yield Change(Kind.DEFAULT_CHANGED, subject, texts[0], texts[1], path, now.line)


def _is_same_default(one: ast.expr | None, other: ast.expr | None) -> bool:
    return one is other if one is None or other is None else is_same(one, other)


def _removed_or_renamed(
    label: str, before: list[_Parameter], after: list[_Parameter], path: str
) -> Iterator[Change]:
    """Yield changes only if parameters were removed, or were renamed, and nothing else."""
    kept = {p.name for p in before} & {p.name for p in after}
    gone = [p for p in before if p.name not in kept]
    stays = [p for p in before if p.name in kept]
    if len(stays) == len(after) and all(map(_is_same_parameter, stays, after)):
        line = after[0].line if after else 0
        for one in gone:
            subject = f"{label}: parameter"
            yield Change(Kind.PARAMETER_REMOVED, subject, one.name, None, path, line or one.line)
    elif len(before) == len(after) and all(map(_Parameter.is_like, before, after)):
        for was, now in zip(before, after, strict=True):
            if was.name != now.name and not {was.name, now.name} & kept:
                subject = f"{label}: parameter"
                yield Change(Kind.PARAMETER_RENAMED, subject, was.name, now.name, path, now.line)


def _is_same_parameter(one: _Parameter, other: _Parameter) -> bool:
    return one.name == other.name and one.is_like(other)


def _otherwise(label: str, before: Function, after: Function, path: str) -> Change:
    texts = [_signature(function) for function in (before, after)]
    return Change(Kind.SIGNATURE_CHANGED, label, texts[0], texts[1], path, after.lineno)


def _signature(function: Function) -> str:
    returns = f" -> {shown(function.returns)}" if function.returns else ""
    return signature_text(function) + returns
