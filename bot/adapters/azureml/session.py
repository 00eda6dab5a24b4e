"""A session of requests that asks the environment once for each host."""

import os
from collections.abc import MutableMapping
from typing import Any

from requests import Session
from requests.utils import get_environ_proxies
from urllib3.util import parse_url


class SteadySession(Session):
    """Honours proxies and certificates of the environment, which do not change while envbot runs.

    NOTE: requests reads the whole environment and looks for a netrc file at every call, a tenth of
    what a call costs; and what it finds in netrc takes the place of the bot's own token.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        self._proxies_of: dict[str, dict[str, str]] = {}

    def merge_environment_settings(
        self,
        url: str | bytes | None,
        proxies: MutableMapping[str, str] | None,
        stream: Any,
        verify: Any,
        cert: str | tuple[str, str] | None,
    ) -> Any:
        """Return what a request is sent with; the environment's where it names nothing itself."""
        verify = self.verify if verify is True else verify
        merged = super().merge_environment_settings(url, proxies, stream, verify, cert)
        return {**merged, "proxies": {**self._environment_proxies(str(url)), **merged["proxies"]}}

    def _environment_proxies(self, url: str) -> dict[str, str]:
        parts = parse_url(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._proxies_of:
            self._proxies_of[origin] = dict(get_environ_proxies(origin))
        return self._proxies_of[origin]
