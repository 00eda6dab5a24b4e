"""A config file's text → the msgspec type it is written for, with every problem in its place."""

import difflib
import types
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Annotated, Final, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin

import msgspec

from bot.core.problem import Problem
from bot.core.yaml.document import Document, KeyPath, dotted
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

FileType = TypeVar("FileType", bound=msgspec.Struct)
_MOST_SHOWN = 60
_LOOKS_ALIKE = 0.8
_MOST_KEYS = 40  # of a file whose keys are remembered
_UNIONS: Final = (Union, types.UnionType)
_ABSENT: Final = (type(None), msgspec.UnsetType)
_Part: TypeAlias = tuple[KeyPath, object, object]  # where, the value there, the type it should have


def load(data: bytes, path: str, file_type: type[FileType]) -> FileType:
    """Return what the file says, as `file_type`.

    Raises:
        InvalidFileError: with every problem found; the file's syntax comes before its content.
    """
    return convert(read(data, path), file_type)


def convert(document: Document, file_type: type[FileType]) -> FileType:
    """Return the values of `document` as `file_type`.

    Raises:
        InvalidFileError: with one problem for each key that is missing, unknown or wrong. A
            `description` in a field's type says what would be right.
    """
    try:
        return msgspec.convert(document.value, file_type)
    except msgspec.ValidationError:
        problems = sorted(_problems(document, ((), document.value, file_type)))
        raise InvalidFileError(problems) from None


def convert_clean(value: object, file_type: type[FileType]) -> FileType | None:
    """Return `value` as `file_type`; None where that is a problem or may deserve a note."""
    try:
        content = msgspec.convert(value, file_type)
    except msgspec.ValidationError:
        return None
    keys = tuple([_keys(value, where) for where, _ in _structs(file_type)])
    return content if sum(map(len, keys)) <= _MOST_KEYS and _is_clear(file_type, keys) else None


def _keys(value: object, where: KeyPath) -> tuple[str, ...]:
    for key in where:
        value = value.get(key) if isinstance(value, dict) else None
    return tuple(value) if isinstance(value, dict) else ()


# The files of a fleet have their keys in common, and comparing texts is slow.
@lru_cache(1024)
def _is_clear(file_type: type[msgspec.Struct], keys: tuple[tuple[str, ...], ...]) -> bool:
    """Tell whether none of `keys`, those of each mapping of known keys, looks misspelt."""
    structs = (struct for _, struct in _structs(file_type))
    return not any(_lookalikes(*pair) for pair in zip(structs, keys, strict=True))


def misspellings(document: Document, file_type: type[msgspec.Struct]) -> Iterator[Problem]:
    """Yield a note for every unknown key that looks like one `file_type` has."""
    yield from _misspellings(document, ((), document.value, file_type))


def _problems(document: Document, part: _Part) -> Iterator[Problem]:
    where, value, kind = part
    try:
        msgspec.convert(value, type=cast("type[object]", kind))
    except msgspec.ValidationError as error:
        inner = list(_key_problems(document, part))
        for inner_part in _parts(part):
            inner += _problems(document, inner_part)
        yield from inner or [_value_problem(document, where, kind, str(error))]


def _parts(part: _Part) -> Iterator[_Part]:
    """Yield what `part` consists of, each with its own type."""
    where, value, kind = part
    bare = _bare(kind)
    origin, arguments = get_origin(bare), get_args(bare)
    if isinstance(value, list) and origin is tuple:
        for index, item in enumerate(value):
            yield (*where, index), item, arguments[0]
    elif isinstance(value, dict):
        types_by_key = {field.encode_name: field.type for field in _fields(kind)}
        for key, item in value.items():
            if key in types_by_key:
                yield (*where, key), item, types_by_key[key]
            elif origin is dict:
                yield (*where, key), item, arguments[1]


def _key_problems(document: Document, part: _Part) -> Iterator[Problem]:
    where, value, kind = part
    struct = _struct(kind)
    if not isinstance(value, dict) or struct is None:
        return
    fields = {field.encode_name: field for field in _fields(kind)}
    for name, field in fields.items():
        if field.required and name not in value:
            yield _missing_key(document, (*where, name), field.type, value.keys() - fields.keys())
    if struct.__struct_config__.forbid_unknown_fields:
        for key in value.keys() - fields.keys():
            yield _unknown_key(document, (*where, key), list(fields))


def _missing_key(
    document: Document, where: KeyPath, kind: object, unknown: Iterable[str]
) -> Problem:
    name = str(where[-1])
    remedy = f"Write `{name}` as {_description(kind)}." if _description(kind) else "Add it."
    if alike := difflib.get_close_matches(name, unknown, n=1, cutoff=_LOOKS_ALIKE):
        remedy = f"Is `{alike[0]}` meant? {remedy}"
    return document.problem(where, f"has no `{dotted(where)}`", remedy)


def _unknown_key(document: Document, where: KeyPath, known: list[str]) -> Problem:
    line, column = document.key_position(where)
    alike = difflib.get_close_matches(str(where[-1]), known, n=1, cutoff=_LOOKS_ALIKE)
    remedy = f"Did you mean `{alike[0]}`?" if alike else f"Known keys: {', '.join(known)}."
    return Problem(document.path, line, column, f"has the unknown key `{dotted(where)}`", remedy)


def _value_problem(document: Document, where: KeyPath, kind: object, error: str) -> Problem:
    subject = f"`{dotted(where)}`" if where else "the file"
    what = f"{subject} is {_shown(document, where)}"
    return document.problem(where, what, _wanted(kind, error))


def _shown(document: Document, where: KeyPath) -> str:
    node = document.nodes.get(where)
    if node is None or (node.kind == "scalar" and node.style == "plain" and not node.text):
        return "empty"
    if node.kind == "sequence":
        return "a list" if (*where, 0) in document.nodes else "an empty list"
    if node.kind == "mapping":
        return "a mapping"
    quote = "" if node.style in {"plain", "|", ">"} else node.style
    cut = node.text[:_MOST_SHOWN] + ("…" if len(node.text) > _MOST_SHOWN else "")
    shown = cut.encode("unicode_escape").decode() if not cut.isprintable() else cut
    return f"`{quote}{shown}{quote}`"


def _wanted(kind: object, error: str) -> str:
    if description := _description(kind):
        return f"Write {description}."
    if keys := [field.encode_name for field in _fields(kind)]:
        return f"Write a mapping with the keys {', '.join(keys)}."
    return f"{error.partition(' - at ')[0]}."


def _misspellings(document: Document, part: _Part) -> Iterator[Problem]:
    where, value, kind = part
    struct = _struct(kind)
    if not isinstance(value, dict) or struct is None:
        return
    for key, alike in _lookalikes(struct, tuple(value)):
        line, column = document.key_position((*where, key))
        what = f"the key `{dotted((*where, key))}` is not known and has no effect"
        yield Problem(document.path, line, column, what, f"Did you mean `{alike}`?")
    for inner in _parts(part):
        yield from _misspellings(document, inner)


def _lookalikes(struct: type[msgspec.Struct], keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return each of `keys` that `struct` has not, with the absent key that it looks like."""
    known = {field.encode_name for field in _fields_of(struct)}
    absent = sorted(known.difference(keys))
    found = (
        (key, difflib.get_close_matches(key, absent, n=1, cutoff=_LOOKS_ALIKE))
        for key in sorted(set(keys) - known)
    )
    return tuple((key, alike[0]) for key, alike in found if alike)


@cache
def _structs(kind: object) -> tuple[tuple[KeyPath, type[msgspec.Struct]], ...]:
    """Return every mapping that a file of `kind` may hold in a fixed place, outermost first."""
    struct = _struct(kind)
    if struct is None:
        return ()
    inner = (
        ((field.encode_name, *where), below)
        for field in _fields_of(struct)
        for where, below in _structs(field.type)
    )
    return (((), struct), *inner)


def _bare(kind: object) -> object:
    """Return `kind` without descriptions and without the `None` or "absent" beside it."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in _UNIONS:
        return _bare(next(one for one in get_args(kind) if one not in _ABSENT))
    return kind


def _description(kind: object) -> str | None:
    """Return what a value of `kind` looks like, in the words of its type."""
    if get_origin(kind) is Annotated:
        notes = (note for note in get_args(kind)[1:] if isinstance(note, msgspec.Meta))
        return next((note.description for note in notes if note.description), None)
    if get_origin(kind) in _UNIONS:
        return next(filter(None, map(_description, get_args(kind))), None)
    if get_origin(kind) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(kind))
    return None


def _struct(kind: object) -> type[msgspec.Struct] | None:
    bare = _bare(kind)
    return bare if isinstance(bare, type) and issubclass(bare, msgspec.Struct) else None


def _fields(kind: object) -> tuple[msgspec.structs.FieldInfo, ...]:
    struct = _struct(kind)
    return _fields_of(struct) if struct else ()


# Resolving the annotations of a type costs more than checking a file against them.
@cache
def _fields_of(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(struct)
