"""A refusal: why something was not done, who can resolve it, and what to type next."""

from typing import NamedTuple


class Refusal(NamedTuple):
    """The answer "no", as a value.

    Attributes:
        code: stable identifier such as `PERM_DENIED`; a heading of `docs/errors.md`.
        headline: one sentence, without full stop, that completes "Not done: …".
        facts: the values that were compared, one sentence each.
        resolver: who can resolve it (a group, a login, "anyone with write access").
        next: the command or the edit that comes next.
    """

    code: str
    headline: str
    facts: tuple[str, ...]
    resolver: str
    next: str
