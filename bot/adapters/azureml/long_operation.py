"""Waiting for what Azure accepts at once and does later."""

from collections.abc import Callable
from multiprocessing.pool import ThreadPool
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
        raise _endless(what, sent)
    return poller.result()


def returned(call: Callable[[], _T], deadline: float, what: str, sent: str) -> _T:
    """Return what `call` does, within `deadline` seconds; for what waits inside the SDK for ever.

    Raises:
        BotError: it has not returned by then; `sent` says what may have taken effect.
        AzureError: as `call` raised it.
    """
    # Its threads are daemons: whoever is given up on must not keep the process from ending.
    with ThreadPool(1) as thread:
        ended = thread.apply_async(call)
        ended.wait(deadline)
        if not ended.ready():
            raise _endless(what, sent)
        return ended.get()


def _endless(what: str, sent: str) -> BotError:
    return BotError(f"Azure: {what} has not ended in time.", done=sent)
