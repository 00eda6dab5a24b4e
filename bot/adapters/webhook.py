"""Sends messages to whatever service a team listens to; one that does not listen stops nothing."""

from collections.abc import Mapping

import click
import requests

_SECONDS = 2.0


class Webhook:
    """One address that takes JSON by POST. The address is a secret: it is never printed."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, message: Mapping[str, object]) -> None:
        """Send `message` once; say in the log if it did not arrive."""
        try:
            # A redirection could lead from an encrypted address to one that is not.
            answer = requests.post(self._url, json=message, timeout=_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            self._log(type(error).__name__)
        else:
            if not answer.ok or answer.is_redirect:
                self._log(str(answer.status_code))

    def _log(self, why: str) -> None:
        click.echo(f"The webhook did not take a message ({why}).", err=True)
