"""Trees and blobs: two processes read any number of files."""

from collections.abc import Iterable, Iterator

from bot.adapters.git.process import Git
from bot.core.tree import SUBMODULE, File, Tree
from bot.errors import BotError


def read_tree(git: Git, treeish: str, prefixes: Iterable[str], cache: dict[str, bytes]) -> Tree:
    """Return every file of `treeish` below `prefixes`; `cache` maps blob ids to their bytes.

    Entries that are not blobs (submodules) come with empty data, so that a rule can refuse them.
    """
    listed = git.run("ls-tree", "-r", "-z", "--full-tree", treeish, "--", *prefixes).stdout
    entries = [_entry(record) for record in listed.split(b"\0") if record]
    wanted = {oid for mode, oid, _ in entries if mode != SUBMODULE and oid not in cache}
    cache.update(_blobs(git, sorted(wanted)))
    return {path: File(path, mode, oid, cache.get(oid, b"")) for mode, oid, path in entries}


def changed_paths(git: Git, before: str, after: str) -> tuple[str, ...]:
    """Return the sorted paths whose mode or content differs between two tree-ishes."""
    raw = git.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after).stdout
    return tuple(
        sorted(path.decode("utf-8", "surrogateescape") for path in raw.split(b"\0") if path)
    )


def _entry(record: bytes) -> tuple[str, str, str]:
    meta, path = record.split(b"\t", 1)
    mode, _, oid = meta.decode("ascii").split(" ")
    return mode, oid, path.decode("utf-8", "surrogateescape")


def _blobs(git: Git, oids: list[str]) -> Iterator[tuple[str, bytes]]:
    if not oids:
        return
    asked = "".join(f"{oid}\n" for oid in oids).encode()
    answer = git.run("cat-file", "--batch", "--buffer", stdin=asked).stdout
    position = 0
    for oid in oids:
        end = answer.index(b"\n", position)
        size = answer[position:end].rsplit(b" ", 1)[-1]
        if not size.isdigit():
            raise BotError(f"git has no object {oid}; fetch the commit that holds it.")
        start = end + 1
        yield oid, answer[start : start + int(size)]
        position = start + int(size) + 1
