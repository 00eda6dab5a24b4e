"""Which calls may be repeated, how soon, and when to give up instead."""

import time
from typing import Any, Self

from github import RateLimitExceededExceedsMaxWait
from github.GithubRetry import GithubRetry

_FORBIDDEN, _TOO_MANY = 403, 429
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})


class BotRetry(GithubRetry):
    """PyGithub's rate-limit handling, without its blind repetition of POST after a 5xx.

    A POST that was answered 502 may have worked (doubled comments have been seen), so writes are
    repeated only after 403 or 429, where the server refused. GitHub sends either status for
    either rate limit; PyGithub knows them by 403 alone. A limit that lasts longer than
    `max_rate_limit_wait` raises at once: asking earlier than told is refused again.

    A server that cannot be reached is tried three times within two seconds of waiting; one that
    breaks connections likewise; one that answers 5xx five times within fourteen.
    """

    def __init__(self, **options: Any) -> None:
        """Take urllib3's options; `max_rate_limit_wait` and `secondary_rate_wait` are seconds."""
        options.setdefault("total", 4)
        options.setdefault("connect", 2)
        options.setdefault("read", 2)
        options.setdefault("backoff_factor", 1)
        options.setdefault("allowed_methods", _REPEATABLE)
        options.setdefault("status_forcelist", [_TOO_MANY, *range(500, 600)])
        super().__init__(**options)

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:  # noqa: FBT001, FBT002 - urllib3's signature
        """Return whether an answer with `status_code` to `method` leads to another attempt."""
        if method.upper() in _REPEATABLE:
            return super().is_retry(method, status_code, has_retry_after)
        return status_code in (_FORBIDDEN, _TOO_MANY)

    def increment(self, *arguments: Any, **named: Any) -> Self:
        """Return the state for the next attempt.

        Raises:
            RateLimitExceededExceedsMaxWait: it would have to wait longer than it may.
            GithubException: a 403 that is no rate limit.
            MaxRetryError: the attempts are used up.
        """
        response: Any = named.get("response")
        wait = self._asked_wait(response)
        if wait is not None:
            self._refuse_to_wait(response, wait)
        following: Any = super().increment(*arguments, **named)
        if wait is not None and "Retry-After" not in response.headers:
            following.get_backoff_time = lambda: wait
        return following  # type: ignore[no-any-return]  # PyGithub annotates it as urllib3's base class

    def _refuse_to_wait(self, response: Any, wait: float) -> None:
        longest = self.max_rate_limit_wait
        if longest is not None and wait > longest:
            message = f"asked to wait {wait:.0f} seconds"
            raise RateLimitExceededExceedsMaxWait(
                response.status, {"message": message}, dict(response.headers), wait=wait
            )

    def _asked_wait(self, response: Any) -> float | None:
        """Return the seconds that an answer asks for; None leaves the wait to the base class."""
        if response is None:
            return None
        retry_after = self.get_retry_after(response)
        if retry_after is not None:
            return retry_after
        if response.status != _TOO_MANY:
            return None
        reset = response.headers.get("X-RateLimit-Reset", "")
        if response.headers.get("X-RateLimit-Remaining") == "0" and reset.isdigit():
            return max(float(reset) - time.time(), 0.0) + 1
        return float(self.secondary_rate_wait)
