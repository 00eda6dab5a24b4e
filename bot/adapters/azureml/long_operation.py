"""Waiting for what Azure accepts at once and does later."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
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
    ended = Future[_T]()
    # A daemon: whoever is given up on must not keep the process from ending.
    Thread(target=_settle, args=(ended, call), daemon=True).start()
    if not wait([ended], deadline).done:
        raise _endless(what, sent)
    return ended.result()


def _settle(ended: Future[_T], call: Callable[[], _T]) -> None:
    try:
        ended.set_result(call())
    except BaseException as error:  # noqa: BLE001 - whoever waits raises it
        ended.set_exception(error)


def _endless(what: str, sent: str) -> BotError:
    return BotError(f"Azure: {what} has not ended in time.", done=sent)
