"""Leaves a service alone for as long as it asks, with all threads at once."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from bot.core.web_origin import without_default_port

# Throttled, and overloaded: with any other status the header speaks of that one call.
_SLOW_DOWN = frozenset({429, 503})
_MILLISECONDS = ("retry-after-ms", "x-ms-retry-after-ms")


class Pauses:
    """Until when each host is left alone; safe to use from several threads.

    The SDK waits with the one call that was turned away, while other threads go on calling a
    service that has asked for a rest, and are turned away in their turn.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._ends: dict[str, float] = {}
        self._lock = Lock()

    def wait(self, host: str) -> None:
        """Wait until `host` may be called again; a pause that grows meanwhile is waited for too."""
        while (left := self._left(host)) > 0:
            self._sleep(left)

    def hear(self, host: str, status: int, headers: Mapping[str, str]) -> None:
        """Note what an answer of `host` asks for."""
        asked = retry_after(headers) if status in _SLOW_DOWN else 0.0
        if asked > 0:
            with self._lock:
                self._ends[host] = max(self._ends.get(host, 0.0), self._clock() + asked)

    def _left(self, host: str) -> float:
        with self._lock:
            return self._ends.get(host, 0.0) - self._clock()


class PacedAdapter(HTTPAdapter):
    """Sends no request to a host that has asked for a rest, whoever was told."""

    def __init__(self, pauses: Pauses, *, connections: int) -> None:
        super().__init__(pool_maxsize=connections)
        self._pauses = pauses

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        """Send a request as soon as its host may be called."""
        host = urlsplit(without_default_port(request.url or "")).netloc
        self._pauses.wait(str(host))
        answer = super().send(request, *arguments, **options)
        self._pauses.hear(str(host), answer.status_code, answer.headers)
        return answer


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that the headers of an answer ask to wait; 0.0 where they ask nothing."""
    found = {name.lower(): value for name, value in headers.items()}
    for name in _MILLISECONDS:
        if name in found:
            return _number(found[name]) / 1000
    text = found.get("retry-after", "")
    return _number(text) or _until(text)


def _number(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0


def _until(text: str) -> float:
    """Return the seconds until a date of HTTP."""
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0
