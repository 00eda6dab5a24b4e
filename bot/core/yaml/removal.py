"""Take a key out of a YAML file again: the reverse of inserting it, and proven by inserting it."""

from collections.abc import Iterator

from bot.core.yaml.document import Document
from bot.core.yaml.edit import insert_scalar
from bot.core.yaml.reader import BYTE_ORDER_MARK, read
from bot.core.yaml.splice import Splice, splice
from bot.errors import InvalidFileError


def remove_scalar(
    data: bytes, key_path: tuple[str, str], *, path: str, whole_section: bool
) -> bytes | None:
    """Return `data` without the text at `key_path`; None where no such file can be proven.

    Inserting the text into what is returned gives `data` again, byte for byte.

    Args:
        data: the file.
        key_path: a mapping of the file and a key in it.
        path: named in problems.
        whole_section: whether the mapping goes too, because it was not there before the key was.

    Raises:
        InvalidFileError: the file cannot be read.
    """
    document = read(data, path)
    node = document.nodes.get(key_path)
    if node is None or node.kind != "scalar":
        return None
    mark = BYTE_ORDER_MARK if data.startswith(BYTE_ORDER_MARK) else b""
    for cut in _cuts(document, key_path, whole_section=whole_section):
        shorter = mark + splice(document.text, [cut]).encode()
        if _inserted(shorter, key_path, node.text, path) == data:
            return shorter
    return None


def _inserted(data: bytes, key_path: tuple[str, str], value: str, path: str) -> bytes | None:
    try:
        return insert_scalar(data, key_path, value, path=path)
    except InvalidFileError:
        return None


def _cuts(
    document: Document, key_path: tuple[str, str], *, whole_section: bool
) -> Iterator[Splice]:
    node, section = document.nodes[key_path], document.nodes[key_path[:1]]
    first, last = (section.key, section.end) if whole_section else (node.key, node.end)
    if first is None:
        return
    text, end = document.text, last.offset
    line_start = text.rfind("\n", 0, first.offset) + 1
    line_end = text.find("\n", node.end.offset) + 1 or len(text)
    yield Splice(line_start, line_end, "")
    # Where the file ended without a newline, one was put before the new lines.
    if line_end == len(text):
        yield Splice(len(text[:line_start].removesuffix("\n").removesuffix("\r")), line_end, "")
    rest = text[end:].removeprefix(", ")
    yield Splice(first.offset, len(text) - len(rest), "")
