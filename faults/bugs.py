"""Bugs that are put into copies of the bot, to see whether the harness notices each of them."""

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from faults.mutant import Change

_TABLE = Path(__file__).with_name("bugs.toml")


class Bug(NamedTuple):
    """A bug, and what must notice it.

    Attributes:
        by: scenes by name, and cases as `STEP PLAN`; the first that notices it is enough.
    """

    name: str
    changes: tuple[Change, ...]
    by: tuple[str, ...]


def read_bugs() -> tuple[Bug, ...]:
    """Return the bugs of the table, in its order."""
    return tuple(map(_bug, tomllib.loads(_TABLE.read_text(encoding="utf-8"))["bug"]))


def _bug(entry: dict[str, Any]) -> Bug:
    return Bug(entry["name"], tuple(Change(**one) for one in entry["change"]), tuple(entry["by"]))
