"""One REST request and its answer: who asks, for what, which page of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlencode

from bot.sandbox.github.accounts import Caller, has_level
from bot.sandbox.github.hub import Hub, Repository
from bot.sandbox.github.refused import RefusedError, invalid, not_found
from bot.sandbox.github.rest.release_bodies import AllBodies

MOST_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer; `body` None is sent as no content at all."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has been authenticated.

    Attributes:
        url: the request's address without its query.
        path: the values of the address's parameters.
        query: the query's values, the last of each name.
        body: the parsed JSON body; an empty object when there was none.
    """

    hub: Hub
    caller: Caller
    url: str
    base: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None

    @property
    def repository(self) -> Repository:
        """Return the repository that the address names.

        Raises:
            RefusedError: 404, there is none.
        """
        return self.hub.repository(self.path["owner"], self.path["repo"])

    @property
    def bodies(self) -> AllBodies:
        """Return the writer of JSON for the host that this request came to."""
        return AllBodies(self.hub, self.base)

    @property
    def per_page(self) -> int:
        """Return how many items a page holds."""
        return min(max(self._count("per_page", 30), 1), MOST_PER_PAGE)

    def number(self, name: str = "number") -> int:
        """Return an address parameter as a number.

        Raises:
            RefusedError: 404, it is none.
        """
        text = self.path[name]
        if not text.isdecimal():
            raise not_found()
        return int(text)

    def field(self, name: str, *, resource: str = "Request") -> str:
        """Return a text that the body must carry.

        Raises:
            RefusedError: 422, it is missing or no text.
        """
        value = self.body.get(name) if isinstance(self.body, dict) else None
        if not isinstance(value, str) or not value:
            raise invalid(resource, name, f"{name} is missing")
        return value

    def page(self, items: Sequence[object]) -> Answer:
        """Return the asked page of `items` with GitHub's Link header."""
        size = self.per_page
        number = max(self._count("page", 1), 1)
        start = (number - 1) * size
        last = max(-(-len(items) // size), 1)
        return Answer(list(items[start : start + size]), headers=self._links(number, last))

    def _count(self, name: str, default: int) -> int:
        text = self.query.get(name, "")
        return int(text) if text.isdecimal() else default

    def _links(self, number: int, last: int) -> dict[str, str]:
        pages: dict[str, int] = {}
        if number > 1:
            pages |= {"prev": number - 1, "first": 1}
        if number < last:
            pages |= {"next": number + 1, "last": last}
        links = [
            f'<{self.url}?{urlencode({**self.query, "page": page})}>; rel="{rel}"'
            for rel, page in pages.items()
        ]
        return {"link": ", ".join(links)} if links else {}


Handler: TypeAlias = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of GitHub's API.

    Attributes:
        path: the address below the API's root, in GitHub's own spelling of its parameters.
        scopes: a job's token needs one of these permissions; empty means none.
        level: the level of that permission, which decides a person's as well.
        person: the repository permission that a person needs.
    """

    method: str
    path: str
    handler: Handler
    scopes: tuple[str, ...] = ()
    level: str = "read"
    person: str = "read"

    def check(self, call: Call) -> None:
        """Let the call pass.

        Raises:
            RefusedError: 403 for a job's token without the permission, or a person without the
                level; 404 for a repository that the caller may not see.
        """
        if "owner" not in call.path:
            return
        repository = call.repository
        if call.caller.is_job:
            self._check_job(call, repository)
            return
        if not has_level(call.hub.store, repository.id, call.caller.login, "read"):
            raise not_found()
        if not has_level(call.hub.store, repository.id, call.caller.login, self.person):
            raise RefusedError(403, "Must have push access to repository")

    def _check_job(self, call: Call, repository: Repository) -> None:
        if call.caller.repository != repository.id:
            raise not_found()
        granted = (call.caller.is_granted(scope, self.level) for scope in self.scopes)
        if self.scopes and not any(granted):
            raise RefusedError(403, "Resource not accessible by integration")
