"""A copy of the bot with a bug in it, ready to be forked like the bot itself."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from faults import zygote

_ROOT = Path(__file__).parents[1]
_PACKAGES = ("bot", "faults")


class Change(NamedTuple):
    """A text of a file that becomes another."""

    file: str
    before: str
    after: str


class StaleChangeError(Exception):
    """The bot does not hold the text that a bug would change: the table must follow it."""


@contextmanager
def mutant(folder: Path, changes: Iterable[Change]) -> Iterator[zygote.Zygote]:
    """Run a zygote of the changed bot for the block; its files are below `folder`.

    Raises:
        StaleChangeError: a text is not there exactly once.
    """
    code = folder / "code"
    shutil.rmtree(folder, ignore_errors=True)
    for name in _PACKAGES:
        shutil.copytree(_ROOT / name, code / name)
    for change in changes:
        _change(code, change)
    running = zygote.start(folder, code)
    try:
        yield running
    finally:
        running.stop()


def require_applicable(changes: Iterable[Change], root: Path = _ROOT) -> None:
    """Require that each change finds its text, once.

    Raises:
        StaleChangeError: one does not.
    """
    for change in changes:
        found = (root / change.file).read_text(encoding="utf-8").count(change.before)
        if found != 1:
            raise StaleChangeError(f"{change.file} holds {found} times: {change.before!r}")


def _change(code: Path, change: Change) -> None:
    require_applicable([change], code)
    path = code / change.file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(change.before, change.after), encoding="utf-8")
