"""Asks whether the clouds' metadata can be read, before the SDK is imported.

NOTE: `import azure.ai.ml` itself reads the page that ARM_CLOUD_METADATA_URL names (a class body of
its credentials does), and ends in an exception of its own when it cannot.
"""

from collections.abc import Mapping

import requests

from bot.errors import BotError

_VARIABLE = "ARM_CLOUD_METADATA_URL"
_TIMEOUT_SECONDS = 30


def require_metadata(environment: Mapping[str, str]) -> None:
    """Return when the page can be read, or none is named: the public cloud needs none.

    Raises:
        BotError: the page does not answer, or not with 200.
    """
    page = environment.get(_VARIABLE)
    if not page:
        return
    try:
        answer = requests.get(page, timeout=_TIMEOUT_SECONDS)
    except requests.RequestException as error:
        what = f"Azure: {page.split('?')[0]} cannot be reached ({type(error).__name__})."
        raise BotError(what, undone="everything that needs Azure") from error
    if answer.status_code != requests.codes.ok:
        what = f"Azure: {page.split('?')[0]} answered {answer.status_code}."
        raise BotError(what, undone="everything that needs Azure")
