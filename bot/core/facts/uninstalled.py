"""Requirements files that no image installs: those for documentation, tests and development."""

import posixpath
import re
from collections.abc import Iterator

from bot.core.change import Change, Kind
from bot.core.facts.includes import Sides, compare_with_includes
from bot.core.package_groups import MODEL_GROUPS, NoAdditions, group_of
from bot.core.tree import File

_WORDS = re.compile(r"[-_. ]+")
_PURPOSE = re.compile(r"[a-z]*docs?|rtd|tests?|testing|dev|devel|development|lint|linting")
# A list may also be named by a pattern or with the help of a variable.
_COMPUTED = re.compile(rb"[*?$}\]]\S{0,60}\.(?:in|pip|txt)\b|requirements\S{0,60}[*?$\[{]")


def is_uninstalled(path: str, sides: Sides) -> bool:
    """Tell whether a list is for documentation, tests or development, and only for that.

    Its name has to say so, and no other file of either side may name it.
    """
    name = posixpath.basename(path)
    words = _WORDS.split(name.rpartition(".")[0].lower())
    if not any(_PURPOSE.fullmatch(word) for word in words):
        return False
    others = (
        file.data
        for tree in (sides.before, sides.after)
        for file in tree.values()
        if file.path != path
    )
    return not any(name.encode() in data or _COMPUTED.search(data) for data in others)


def compare_uninstalled(before: File, after: File, *, sides: Sides) -> Iterator[Change]:
    """Yield what differs between two such lists, as changes that no image shows.

    Packages that models compute with are judged as anywhere else: whoever installs such a list by
    hand may train with it.

    Raises:
        UnreadableError: one of them is not text, or includes itself.
    """
    for change in compare_with_includes(before, after, sides=sides):
        if group_of(change.subject, NoAdditions()) in MODEL_GROUPS:
            yield change
        else:
            yield change._replace(kind=Kind.UNINSTALLED_PACKAGE_CHANGED)
