"""People in texts of the bot, named without calling them."""

from collections.abc import Iterable

_MOST = 5


def names(logins: Iterable[str]) -> str:
    """Return the logins as code, so that nobody is notified by each edit of a comment."""
    known = list(logins)
    shown = ", ".join(f"`{login}`" for login in known[:_MOST])
    return f"{shown} and {len(known) - _MOST} more" if len(known) > _MOST else shown
