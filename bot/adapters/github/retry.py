"""Which calls may be repeated: a write only where the server said that it refused it."""

from typing import Any, Self

from github.GithubRetry import GithubRetry

_REFUSED = (403, 429)
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})


class BotRetry(GithubRetry):
    """PyGithub's rate-limit handling, without its blind repetition of POST after a 5xx.

    A POST that was answered 502 may have worked (doubled comments have been seen), so writes are
    repeated only after 403 or 429, where the server refused. A bare 429 waits as long as a
    secondary rate limit; GitHub documents either status for both.
    """

    def __init__(self, **options: Any) -> None:
        """Take urllib3's options; `retry_after_max` and `max_rate_limit_wait` are seconds."""
        options.setdefault("total", 4)
        options.setdefault("backoff_factor", 1)
        options.setdefault("allowed_methods", _REPEATABLE)
        options.setdefault("status_forcelist", [429, *range(500, 600)])
        super().__init__(**options)

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:  # noqa: FBT001, FBT002 - urllib3's signature
        """Return whether an answer with `status_code` to `method` leads to another attempt."""
        if method.upper() in _REPEATABLE:
            return super().is_retry(method, status_code, has_retry_after)
        return status_code in _REFUSED

    def increment(self, *arguments: Any, **named: Any) -> Self:
        """Return the state for the next attempt, or raise where there is none."""
        following: Any = super().increment(*arguments, **named)
        response = named.get("response")
        if (
            response is not None
            and response.status == 429
            and "Retry-After" not in response.headers
        ):  # noqa: PLR2004 - HTTP
            wait = float(self.secondary_rate_wait)
            following.get_backoff_time = lambda: wait
        return following  # type: ignore[no-any-return]  # PyGithub annotates it as urllib3's base class
