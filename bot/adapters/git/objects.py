"""Trees and blobs: a constant number of processes, however many files."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from bot.adapters.git.parting import is_partial
from bot.adapters.git.process import FETCH, Git
from bot.core.tree import SUBMODULE, File, Tree
from bot.errors import BotError

_Entry = tuple[str, str]
"""Mode and object id."""


class Objects:
    """The objects of one repository; each blob of a tree is read once.

    Attributes:
        is_partial: whether this is a partial clone; None until somebody asked.
    """

    def __init__(self, git: Git) -> None:
        self.git = git
        self.is_partial: bool | None = None
        self._blobs: dict[str, bytes] = {}

    def tree(self, treeish: str, prefixes: Iterable[str]) -> Tree:
        """Return every file of `treeish` below `prefixes`.

        Entries that are not blobs (submodules) come with empty data, so that a rule can refuse
        them.
        """
        entries = self._list(treeish, prefixes)
        self._bring(entries.values())
        return self._files(entries)

    def both_sides(
        self, before: str, after: str, *, whole: Sequence[str], differing: Sequence[str]
    ) -> tuple[Tree, Tree]:
        """Return the files of two commits: all below `whole`, below `differing` what differs.

        Raises:
            BotError: a blob is not here and cannot be brought.
        """
        old = self._list(before, whole)
        new = dict(old)
        for path, was, now in self._differences(before, after, (*whole, *differing)):
            for side, entry in ((old, was), (new, now)):
                side.pop(path, None)
                if entry:
                    side[path] = entry
        self._bring([*old.values(), *new.values()])
        return self._files(dict(sorted(old.items()))), self._files(dict(sorted(new.items())))

    def blobs(self, oids: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of blobs by id; main has many of the past, so they are not kept.

        Raises:
            BotError: a blob is not here and cannot be brought.
        """
        wanted = set(oids)
        here = {oid: self._blobs[oid] for oid in wanted & self._blobs.keys()}
        return here | self._read(wanted - here.keys())

    def _list(self, treeish: str, prefixes: Iterable[str]) -> dict[str, _Entry]:
        listed = self.git.run("ls-tree", "-r", "-z", "--full-tree", treeish, "--", *prefixes)
        return dict(_listed(record) for record in listed.stdout.split(b"\0") if record)

    def _differences(
        self, before: str, after: str, prefixes: Sequence[str]
    ) -> Iterator[tuple[str, _Entry | None, _Entry | None]]:
        raw = self.git.run(
            "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames",
            before, after, "--", *prefixes,
        ).stdout.decode("utf-8", "surrogateescape")  # fmt: skip
        records = iter(raw.split("\0")[:-1])
        for meta, path in zip(records, records, strict=True):
            old_mode, new_mode, old_oid, new_oid, status = meta[1:].split(" ")
            was = None if status == "A" else (old_mode, old_oid)
            now = None if status == "D" else (new_mode, new_oid)
            yield path, was, now

    def _files(self, entries: Mapping[str, _Entry]) -> Tree:
        blobs = self._blobs
        return {
            path: File(path, mode, oid, blobs.get(oid, b""))
            for path, (mode, oid) in entries.items()
        }

    def _bring(self, entries: Iterable[_Entry]) -> None:
        """Read the blobs that are not yet in memory."""
        wanted = {oid for mode, oid in entries if mode != SUBMODULE}
        self._blobs.update(self._read(wanted - self._blobs.keys()))

    def _read(self, wanted: Collection[str]) -> dict[str, bytes]:
        if not wanted:
            return {}
        oids = sorted(wanted)
        if self._in_partial_clone():
            self._prefetch(oids)
        return dict(_blobs(self.git, oids))

    def _in_partial_clone(self) -> bool:
        if self.is_partial is None:
            self.is_partial = is_partial(self.git, self.git.text("rev-parse", "--git-common-dir"))
        return self.is_partial

    def _prefetch(self, oids: Sequence[str]) -> None:
        """Fetch blobs at once; left to itself `cat-file` asks `origin` for one at a time.

        Where `origin` is away, what is here already can still be read; `cat-file` names the rest.
        """
        self.git.run(
            "-c", "fetch.negotiationAlgorithm=noop", *FETCH, "--filter=blob:none", "--stdin",
            "origin", stdin=_lines(oids), accept=(0, 1, 128),
        )  # fmt: skip


def changed_paths(git: Git, before: str, after: str) -> tuple[str, ...]:
    """Return the sorted paths whose mode or content differs between two tree-ishes."""
    raw = git.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after).stdout
    return tuple(
        sorted(path.decode("utf-8", "surrogateescape") for path in raw.split(b"\0") if path)
    )


def _listed(record: bytes) -> tuple[str, _Entry]:
    meta, path = record.split(b"\t", 1)
    mode, _, oid = meta.decode("ascii").split(" ")
    return path.decode("utf-8", "surrogateescape"), (mode, oid)


def _lines(oids: Sequence[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in oids).encode()


def _blobs(git: Git, oids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    answer = git.run("cat-file", "--batch", "--buffer", stdin=_lines(oids)).stdout
    position = 0
    for oid in oids:
        end = answer.index(b"\n", position)
        size = answer[position:end].rsplit(b" ", 1)[-1]
        if not size.isdigit():
            raise BotError(f"git has no object {oid}; fetch the commit that holds it.")
        start = end + 1
        yield oid, answer[start : start + int(size)]
        position = start + int(size) + 1
