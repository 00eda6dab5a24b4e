"""Waiting for what Azure accepts at once and does later."""

from typing import TypeVar

from azure.core.polling import LROPoller

from bot.errors import BotError

_T = TypeVar("_T")


def completed(poller: LROPoller[_T], deadline: float, what: str, sent: str) -> _T:
    """Return what the operation came to, within `deadline` seconds.

    Raises:
        BotError: it has not ended by then; `sent` says what may have taken effect.
        AzureError: it failed.
    """
    poller.wait(deadline)
    if not poller.done():
        raise BotError(f"Azure: {what} has not ended in time.", done=sent)
    return poller.result()
