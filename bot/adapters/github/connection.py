"""How PyGithub is connected to GitHub's API."""

import json
from typing import Any

from github import Auth, Consts
from github.Requester import Requester
from typing_extensions import override

from bot.adapters.github.retry import BotRetry
from bot.adapters.github.settings import GitHubSettings
from bot.core.web_origin import without_default_port

_PAGE = 100  # what GitHub gives at most


class JsonRequester(Requester):
    """PyGithub's requester, which takes nothing but JSON for the answer to a question.

    It follows links that name the port of their scheme: PyGithub compares ports as they are spelled
    (2.10.0, `__assertUrlAllowed`).

    NOTE: PyGithub takes any page with status 200 for an answer (2.10.0, `__structuredFromJson`), a
    proxy's page in HTML for a list: of that it makes things without content, or nothing at all. No
    reviews and no comments would then be what GitHub says.
    """

    @override
    def requestJsonAndCheck(self, *asked: Any, **more: Any) -> tuple[dict[str, Any], Any]:
        """Return headers and content of an answer.

        Raises:
            GithubException: GitHub refused.
            JSONDecodeError: what answered a GET sent no JSON, so it is not GitHub's API.
        """
        verb, url, *rest = asked
        headers, content = super().requestJsonAndCheck(
            verb, without_default_port(url), *rest, **more
        )
        if verb == "GET" and (content is None or _is_text(content)):
            raise json.JSONDecodeError("no JSON", "", 0)
        return headers, content


def _is_text(content: object) -> bool:
    """Tell whether this is what PyGithub makes of a page that it cannot parse."""
    return isinstance(content, dict) and isinstance(content.get("data"), str)


def connect(settings: GitHubSettings) -> JsonRequester:
    """Return a requester with these settings; what is made of it asks only once it is read."""
    retry = BotRetry(
        secondary_rate_wait=settings.secondary_rate_wait,
        max_rate_limit_wait=settings.longest_wait,
        backoff_factor=settings.backoff,
    )
    return JsonRequester(
        auth=Auth.Token(settings.token),
        base_url=without_default_port(settings.api_url),
        timeout=settings.timeout,
        user_agent=Consts.DEFAULT_USER_AGENT,
        per_page=_PAGE,
        verify=True,
        retry=retry,
        pool_size=None,
        seconds_between_requests=settings.pause,
        seconds_between_writes=settings.pause_between_writes,
        lazy=True,
    )
