"""How two versions of a class differ."""

import ast
from collections.abc import Iterator, Sequence

from bot.core.change import Change, Kind
from bot.core.facts.python.bodies import differences
from bot.core.facts.python.code_text import shown, shown_pair, signature_text
from bot.core.facts.python.functions import decorator_changes, function_changes
from bot.core.facts.python.same import are_same
from bot.core.facts.python.signature import Function


def class_changes(before: ast.ClassDef, after: ast.ClassDef, path: str) -> Iterator[Change]:
    """Yield what differs between two versions of a class; nothing if they are the same.

    What differs in the order of its methods alone is one change of the class.
    """
    label = f"class {after.name}"
    found = [
        *decorator_changes(label, before, after, path),
        *_bases(label, before, after, path),
        *_methods(label, before, after, path),
        *_rest(label, before, after, path),
    ]
    if not found and not are_same(before.body, after.body):
        found = [Change(Kind.CLASS_CHANGED, f"{label}: order", None, None, path, after.lineno)]
    yield from found


def bases_text(definition: ast.ClassDef) -> str | None:
    """Return the bases and keywords of a class as they stand in its definition; None without."""
    texts = [shown(part) for part in (*definition.bases, *definition.keywords)]
    return f"({', '.join(texts)})" if texts else None


def _bases(label: str, before: ast.ClassDef, after: ast.ClassDef, path: str) -> Iterator[Change]:
    was, now = ([node.bases, node.keywords] for node in (before, after))
    if not are_same(was, now):
        texts = bases_text(before), bases_text(after)
        subject = f"{label}: bases"
        yield Change(Kind.CLASS_BASES_CHANGED, subject, texts[0], texts[1], path, after.lineno)


def _methods(label: str, before: ast.ClassDef, after: ast.ClassDef, path: str) -> Iterator[Change]:
    was, now = _by_name(before), _by_name(after)
    for name in dict.fromkeys([*was, *now]):
        old, new = was.get(name, []), now.get(name, [])
        if len(old) == len(new):
            for one, other in zip(old, new, strict=True):
                yield from function_changes(f"method {after.name}.{name}", one, other, path)
        else:
            texts = [signature_text(found[-1]) if found else None for found in (old, new)]
            subject, line = f"{label}: method {name}", (new or old)[-1].lineno
            yield Change(Kind.CLASS_CHANGED, subject, texts[0], texts[1], path, line)


def _by_name(definition: ast.ClassDef) -> dict[str, list[Function]]:
    found: dict[str, list[Function]] = {}
    for statement in definition.body:
        if isinstance(statement, Function):
            found.setdefault(statement.name, []).append(statement)
    return found


def _rest(label: str, before: ast.ClassDef, after: ast.ClassDef, path: str) -> Iterator[Change]:
    was, now = (_without_methods(definition) for definition in (before, after))
    for found in differences(was, now, after.lineno):
        old, new = found.before[:1], found.after[:1]
        if old and new:
            texts: Sequence[str | None] = shown_pair(old[0], new[0])
        else:
            texts = [shown(side[0]) if side else None for side in (old, new)]
        yield Change(Kind.CLASS_CHANGED, label, texts[0], texts[1], path, found.line)


def _without_methods(definition: ast.ClassDef) -> list[ast.stmt]:
    return [statement for statement in definition.body if not isinstance(statement, Function)]
