"""Change single values of a YAML file, and no other byte.

The reader's positions say where a value stands, its text is replaced there, and the result is read
again: exactly the asked values may differ. A file whose edit cannot be proven is refused.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.core.yaml.document import Document, KeyPath, Node, dotted
from bot.core.yaml.insert import insertion
from bot.core.yaml.quote import quoted
from bot.core.yaml.reader import BYTE_ORDER_MARK, read
from bot.core.yaml.scalar import resolve
from bot.core.yaml.splice import Splice, splice
from bot.errors import InvalidFileError


class _Content(NamedTuple):
    """What a value is; unlike Python's `==`, 1, 1.0 and true differ, and nan equals nan."""

    kind: str
    text: str


_MAPPING = _Content("mapping", "")


def set_scalar(data: bytes, key_path: KeyPath, value: str, *, path: str) -> bytes:
    """Return `data` with the text `value` at `key_path`; see `set_scalars`."""
    return set_scalars(data, {key_path: value}, path=path)


def set_scalars(data: bytes, values: Mapping[KeyPath, str], *, path: str) -> bytes:
    """Return `data` with each of the texts `values` at its key path, where a scalar must stand.

    Quotes stay as they are; a plain value stays plain if it is still read as a text. Texts that
    are there already leave the file as it is.

    Raises:
        InvalidFileError: the file cannot be read, or a value is missing, empty, a mapping, a list
            or a block scalar.
        ValueError: a text cannot be written on one line.
    """
    document = read(data, path)
    before = _contents(document)
    wanted = {where: _Content("text", value) for where, value in values.items()}
    wanted = {where: value for where, value in wanted.items() if before.get(where) != value}
    splices = [_replacement(document, where, value.text) for where, value in wanted.items()]
    return _proven(data, document, splices, wanted) if splices else data


def insert_scalar(data: bytes, key_path: tuple[str, str], value: str, *, path: str) -> bytes:
    """Return `data` with the new key `key_path[1]` in the mapping `key_path[0]`, set to `value`.

    The mapping is created at the end of the file where it is absent. Indentation, line end and
    quotes are the file's own; a missing final newline stays missing.

    Raises:
        InvalidFileError: the file cannot be read, the key is there already, or `key_path[0]` is no
            mapping.
        ValueError: the text cannot be written on one line.
    """
    document = read(data, path)
    if key_path in document.nodes:
        raise _refused(document, key_path, "is there already", "Change its value instead.")
    new = insertion(document, key_path, value)
    if new is None:
        raise _refused(document, key_path[:1], "has no place for a key", "Write it as a mapping.")
    wanted: dict[KeyPath, _Content] = {
        key_path[:1]: _MAPPING,
        key_path: _Content("text", value),
    }
    return _proven(data, document, [new], wanted)


def _replacement(document: Document, where: KeyPath, value: str) -> Splice:
    node = document.nodes.get(where)
    if node is None:
        raise _refused(document, where, "is missing", "Add the key.")
    if node.kind != "scalar":
        raise _refused(document, where, f"is a {node.kind}", "Write one value in quotes.")
    if node.style in {"|", ">"}:
        raise _refused(document, where, "is a block scalar", "Write it in quotes on one line.")
    if node.start.offset == node.end.offset:
        raise _refused(document, where, "is empty", "Write a value in quotes.")
    return Splice(node.start.offset, node.end.offset, quoted(value, node.style))


def _proven(
    data: bytes, before: Document, splices: Iterable[Splice], wanted: Mapping[KeyPath, _Content]
) -> bytes:
    """Return the edited file once reading it again shows that only `wanted` differs."""
    mark = BYTE_ORDER_MARK if data.startswith(BYTE_ORDER_MARK) else b""
    edited = mark + splice(before.text, splices).encode()
    if _contents_of(edited, before.path) != {**_contents(before), **wanted}:
        remedy = "Edit this file by hand, or write it more simply."
        where = next(iter(wanted))
        raise _refused(before, where, "cannot be changed without changing more", remedy)
    return edited


def _contents_of(data: bytes, path: str) -> Mapping[KeyPath, _Content] | None:
    try:
        return _contents(read(data, path))
    except InvalidFileError:
        return None


def _contents(document: Document) -> Mapping[KeyPath, _Content]:
    return {where: _content(node) for where, node in document.nodes.items()}


def _content(node: Node) -> _Content:
    if node.style == "plain" and not isinstance(resolve(node.text), str):
        return _Content("other", node.text)
    return _Content("text" if node.kind == "scalar" else node.kind, node.text)


def _refused(document: Document, where: KeyPath, state: str, remedy: str) -> InvalidFileError:
    return InvalidFileError([document.problem(where, f"`{dotted(where)}` {state}", remedy)])
