"""Where a new key goes in a YAML file, and how it is written there."""

from bot.core.yaml.document import Document, Mark, Node, Style
from bot.core.yaml.quote import quoted
from bot.core.yaml.scalar import resolve
from bot.core.yaml.splice import Splice

_USUAL_INDENTATION = 2


def insertion(document: Document, key_path: tuple[str, str], value: str) -> Splice | None:
    """Return the splice that writes `value` at `key_path`; None where there is no place for it.

    An absent mapping goes to the end of the file; in a mapping that is there, the new key comes
    first, so that no comment gets between a key and what it explains.
    """
    section, key = key_path
    root = document.nodes.get(())
    if root is None or root.kind != "mapping":
        return None
    entry = f"{key}: {quoted(value, _quotes(document))}"
    node = document.nodes.get((section,))
    if node is None or node.key is None:
        return _new_section(document, root, section, entry)
    if node.kind == "mapping":
        return _into_mapping(document, node, node.key, _first_key(document, section), entry)
    if node.kind == "scalar" and node.style == "plain" and resolve(node.text) is None:
        return _into_null(document, root, node, node.key, entry)
    return None


def _new_section(document: Document, root: Node, section: str, entry: str) -> Splice:
    if root.style == "flow":
        first = next((node.key for path, node in document.nodes.items() if len(path) == 1), None)
        return _into_flow(root, first, f"{section}: {{{entry}}}")
    margin = " " * (root.start.column - 1)
    newline = _newline(document)
    lines = f"{margin}{section}:{newline}{margin}{_indentation(document)}{entry}"
    return _append(document, document.end, lines)


def _into_mapping(
    document: Document, node: Node, key: Mark, first: Mark | None, entry: str
) -> Splice:
    if node.style == "flow":
        return _into_flow(node, first, entry)
    return _below(document, key, " " * (node.start.column - 1) + entry)


def _into_flow(node: Node, first: Mark | None, entry: str) -> Splice:
    if first is None:
        return Splice(node.start.offset + 1, node.start.offset + 1, entry)
    return Splice(first.offset, first.offset, f"{entry}, ")


def _into_null(document: Document, root: Node, node: Node, key: Mark, entry: str) -> Splice | None:
    if node.text:
        return Splice(node.start.offset, node.end.offset, f"{{{entry}}}")
    if root.style == "flow":
        return None
    return _below(document, key, " " * (key.column - 1) + _indentation(document) + entry)


def _below(document: Document, key: Mark, line: str) -> Splice:
    """Return the splice that puts `line` under the line of `key`."""
    line_end = document.text.find("\n", key.offset)
    return _append(document, line_end + 1 or len(document.text), line)


def _append(document: Document, offset: int, lines: str) -> Splice:
    newline = _newline(document)
    if document.text[:offset].endswith("\n"):
        return Splice(offset, offset, lines + newline)
    return Splice(offset, offset, newline + lines)


def _first_key(document: Document, section: str) -> Mark | None:
    keys = (
        node.key
        for path, node in document.nodes.items()
        if len(path) == len((section, "key")) and path[0] == section
    )
    return next(keys, None)


def _newline(document: Document) -> str:
    """Return the line end that the file's first line has."""
    first, newline, _ = document.text.partition("\n")
    return "\r\n" if newline and first.endswith("\r") else "\n"


def _indentation(document: Document) -> str:
    """Return how far the file's first block mapping is indented."""
    widths = (
        node.start.column - node.key.column
        for path, node in document.nodes.items()
        if node.key and len(path) == 1 and (node.kind, node.style) == ("mapping", "block")
    )
    return " " * next(widths, _USUAL_INDENTATION)


def _quotes(document: Document) -> Style:
    """Return the quotes that the file has most of; double ones if it has as many of both."""
    styles = [node.style for node in document.nodes.values()]
    return "'" if styles.count("'") > styles.count('"') else '"'
