"""Where two revisions parted: one process tells all that reading a change needs to know."""

from typing import NamedTuple

from bot.adapters.git.process import Git
from bot.errors import BotError


class Parting(NamedTuple):
    """Two revisions as commits.

    Attributes:
        base: their best common ancestor.
        head: the second of the two.
        is_partial: whether this is a partial clone, as `is_partial` tells.
    """

    base: str
    head: str
    is_partial: bool


def find_parting(git: Git, main: str, head: str) -> Parting | None:
    """Return where `head` left `main`; None where one of the two is no commit here.

    Raises:
        BotError: they share no history here, or there is no repository.
    """
    if main.startswith("-") or head.startswith("-"):
        return None
    # Of `one...other` rev-parse prints other, one and their common ancestors, the best first.
    is_shallow, common, *commits = git.text(
        "rev-parse", "--is-shallow-repository", "--git-common-dir",
        "--revs-only", "--end-of-options", f"{main}^{{commit}}...{head}^{{commit}}",
    ).split("\n")  # fmt: skip
    match commits:
        case [head_commit, _, base, *_]:
            return Parting(base.removeprefix("^"), head_commit, is_partial(git, common))
        case [_, _]:
            raise BotError(_strangers(main, head, is_shallow=is_shallow == "true"))
        case _:
            return None


def is_partial(git: Git, common: str) -> bool:
    """Tell whether this is a partial clone: git brings the blobs that it lacks one by one.

    `common` is what `git rev-parse --git-common-dir` answers. Nothing but a fetch with a filter
    leaves such files there.
    """
    return any((git.root / common).glob("objects/pack/*.promisor"))


def _strangers(main: str, head: str, *, is_shallow: bool) -> str:
    if is_shallow:
        return (
            f"{main} and {head} share no history in this shallow clone; "
            "bring the rest of it with `git fetch --unshallow`."
        )
    return f"{main} and {head} share no history."
