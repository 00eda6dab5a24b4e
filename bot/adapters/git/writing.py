"""Commits made from blobs in memory: one `git fast-import`, no index, no work tree."""

from collections.abc import Mapping
from typing import NamedTuple

from bot.adapters.git.process import Git
from bot.core.tree import FOLDER, REGULAR

_SCRATCH = "refs/envbot-scratch/commit"


class Signature(NamedTuple):
    """Who a commit is by; `seconds` is the commit's time since the epoch."""

    name: str
    email: str
    seconds: int

    def line(self) -> str:
        """Return the form that fast-import reads."""
        return f"{self.name} <{self.email}> {self.seconds} +0000"


def write_commit(
    git: Git,
    parents: tuple[str, ...],
    files: Mapping[str, bytes | str | None],
    message: str,
    signatures: tuple[Signature, Signature],
) -> str:
    """Return the id of a new commit: the first parent's tree with `files` replaced.

    A value of None removes that path; a text is the id of a tree that the path gets, "" being the
    root. `signatures` are author and committer. No ref of the repository stays moved.
    """
    text = message.encode()
    author, committer = (signature.line() for signature in signatures)
    people = f"author {author}\ncommitter {committer}\n"
    head = f"commit {_SCRATCH}\nmark :1\n{people}data {len(text)}\n"
    links = [f"{'merge' if index else 'from'} {parent}" for index, parent in enumerate(parents)]
    reset = "" if parents else f"reset {_SCRATCH}\n"
    stream = b"".join(
        [
            f"feature done\n{reset}{head}".encode() + text + b"\n",
            "".join(f"{link}\n" for link in links).encode(),
            *(_change(path, data) for path, data in sorted(files.items())),
            b"\nget-mark :1\ndone\n",
        ]
    )
    quiet = ("-c", "fastimport.unpackLimit=0")
    answer = git.run(*quiet, "fast-import", "--quiet", "--force", "--done", stdin=stream)
    git.run("update-ref", "-d", _SCRATCH)
    return answer.stdout.decode("ascii").strip()


def _change(path: str, data: bytes | str | None) -> bytes:
    quoted = '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if data is None:
        return f"D {quoted}\n".encode()
    if isinstance(data, str):
        return f"M {FOLDER} {data} {quoted}\n".encode()
    return f"M {REGULAR} inline {quoted}\ndata {len(data)}\n".encode() + data + b"\n"
