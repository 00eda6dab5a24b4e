"""How the imports at the top of two versions of a module differ, name by name."""

import ast
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bot.core.change import Change, Kind

Import = ast.Import | ast.ImportFrom


class _Source(NamedTuple):
    """Where an imported name comes from: its dotted name, and the import it has alone."""

    text: str
    is_from: bool
    line: int
    code: str

    def is_same(self, other: "_Source") -> bool:
        """Tell whether both name the same thing."""
        return self[:2] == other[:2]


def import_changes(before: ast.Module, after: ast.Module, path: str) -> Iterator[Change]:
    """Yield what differs between the names that two modules import at their top.

    An import that only changed its place is no difference.
    """
    was, now = _sources(before), _sources(after)
    gone = {name: source for name, source in was.items() if name not in now}
    new = {name: source for name, source in now.items() if name not in was}
    for name, source in now.items():
        if name in was and not source.is_same(was[name]):
            subject = f"import {name}:"
            texts = (was[name].text, source.text)
            if texts[0] == texts[1]:
                texts = (was[name].code, source.code)
            yield Change(Kind.IMPORT_SWAPPED, subject, texts[0], texts[1], path, source.line)
    yield from _gone(gone, new, path)
    for source in new.values():
        yield Change(Kind.IMPORT_CHANGED, "code", None, source.code, path, source.line)


def _gone(gone: Mapping[str, _Source], new: dict[str, _Source], path: str) -> Iterator[Change]:
    """Yield a change for each name gone; one that came back under another name leaves `new`."""
    places = {source[:2]: name for name, source in new.items()}
    for name, source in gone.items():
        other = places.pop(source[:2], None)
        if other is None:
            yield Change(Kind.IMPORT_REMOVED, "code", source.code, None, path, source.line)
        else:
            line = new.pop(other).line
            subject = f"import of {source.text}: name"
            yield Change(Kind.IMPORT_RENAMED, subject, name, other, path, line)


def _sources(module: ast.Module) -> dict[str, _Source]:
    """Return where each name comes from, by name; the last import of a name counts."""
    found = {}
    for statement in module.body:
        if isinstance(statement, Import):
            for alias in statement.names:
                name, source = _source(statement, alias)
                found[name] = source
    return found


def _source(statement: Import, alias: ast.alias) -> tuple[str, _Source]:
    """Return the name that an alias binds, or for `*` a name of its own; and its source."""
    code = ast.unparse(_only(statement, alias))
    if isinstance(statement, ast.Import):
        name, text = alias.asname or alias.name, alias.name
    else:
        module = "." * statement.level + (statement.module or "")
        text = f"{module}{'' if module.endswith('.') else '.'}{alias.name}"
        name = text if alias.name == "*" else alias.asname or alias.name
    return name, _Source(text, isinstance(statement, ast.ImportFrom), statement.lineno, code)


def _only(statement: Import, alias: ast.alias) -> Import:
    if isinstance(statement, ast.Import):
        return ast.Import([alias])
    return ast.ImportFrom(statement.module, [alias], statement.level)
