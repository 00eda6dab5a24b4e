"""Which candidates nobody needs any more: those of pull requests that are closed (D8)."""

import re
from collections.abc import Collection, Iterable

from bot.core.environment import RegisteredEnvironment

PULL_TAG = "pr_number"
_PULL = re.compile(r"PR-([1-9][0-9]*)")
_CANDIDATE = re.compile(r".+-rc\.g[0-9a-f]{8}")


def pull_tag(number: int) -> str:
    """Return the value of the tag that says which pull request a candidate belongs to."""
    return f"PR-{number}"


def leftovers(
    registered: Iterable[RegisteredEnvironment], open_pulls: Collection[int]
) -> tuple[RegisteredEnvironment, ...]:
    """Return the candidates of pull requests that are not open, sorted by version.

    A final version is none, whatever its tags say, and neither is what names no pull request.
    """
    found = [one for one in registered if _is_left(one, open_pulls)]
    return tuple(sorted(found, key=lambda one: one.version))


def pull_of(one: RegisteredEnvironment) -> int | None:
    """Return the pull request that a candidate belongs to; None where its tags name none."""
    whose = _PULL.fullmatch(one.tags.get(PULL_TAG, ""))
    return int(whose[1]) if whose else None


def _is_left(one: RegisteredEnvironment, open_pulls: Collection[int]) -> bool:
    whose = pull_of(one)
    is_candidate = _CANDIDATE.fullmatch(one.version) is not None
    return is_candidate and whose is not None and whose not in open_pulls
