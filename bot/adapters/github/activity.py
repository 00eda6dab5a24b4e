"""Who moved a branch, and when: GitHub's own record, which nobody can forge in a commit."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any

import msgspec
from github.PullRequest import PullRequest as ApiPullRequest
from github.Repository import Repository
from requests.utils import parse_header_links

from bot.adapters.github.values import is_from_fork, life_of

_MADE = "branch_creation"
_GONE = "branch_deletion"


class Account(msgspec.Struct, frozen=True):
    """Whoever did something."""

    login: str
    type: str


class Move(msgspec.Struct, frozen=True):
    """One activity; `actor` is None where GitHub does not name the account (any more).

    `after` is the commit that the branch was moved to.
    """

    activity_type: str
    timestamp: Annotated[datetime, msgspec.Meta(tz=True)]
    actor: Account | None
    after: str = ""

    @property
    def is_persons(self) -> bool:
        """Tell whether a person did it; whoever is not named may be one."""
        return self.actor is None or self.actor.type != "Bot"


def moves_of(repository: Repository, pull: ApiPullRequest) -> Iterator[Move]:
    """Yield what brought commits to the head branch of `pull`, newest first.

    Besides pushes these are merges into the branch: they add commits all the same. Of a fork's
    branch nothing is known here. A page is asked for when its first move is.

    GitHub's record goes by the branch's name, and names are used again. What came after the pull
    request was closed is no part of it, and neither is what came before the branch was made, unless
    the pull request is older than that: then the branch was restored, and the record goes on.

    Raises:
        GithubException: GitHub does not answer, also where it has no such list.
        msgspec.ValidationError: the answer is not of the documented form.
    """
    if is_from_fork(pull):
        return
    opened, closed = life_of(pull)
    for activity in _activities(repository, f"refs/heads/{pull.head.ref}"):
        if closed and activity.timestamp > closed:
            continue
        if activity.activity_type != _GONE:
            yield activity
        # In the very second it is open which came first, and nobody may be missing.
        if activity.activity_type == _MADE and activity.timestamp < opened:
            return


def heads_at(moves: Iterable[Move], moment: datetime) -> tuple[str, ...]:
    """Return the commits that the branch may have been at; none where the record does not tell.

    Times have whole seconds, so a move in the very second leaves it open which came first: both
    its commit and the one before it are returned.
    """
    heads = []
    for move in moves:
        if move.timestamp <= moment:
            heads.append(move.after)
        if move.timestamp < moment:
            return tuple(heads) if all(heads) else ()
    return ()


def _activities(repository: Repository, ref: str) -> Iterator[Move]:
    """Follow https://docs.github.com/rest/repos/repos#list-repository-activities page by page."""
    requester = repository.requester
    url = f"{repository.url}/activity"
    query: dict[str, Any] | None = {
        "ref": ref,
        "direction": "desc",
        "per_page": requester.per_page,
    }
    while url:
        headers, page = requester.requestJsonAndCheck("GET", url, parameters=query)
        yield from msgspec.convert(page, list[Move])
        # The next page's address carries the query and a cursor.
        url, query = _next(headers.get("link", "")), None


def _next(link: str) -> str:
    named = (entry["url"] for entry in parse_header_links(link) if entry.get("rel") == "next")
    return next(named, "")
