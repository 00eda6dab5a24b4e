"""The SDK writes to standard error on its own; what it has to say reaches the bot as exceptions."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

# Loggers of the SDK with a handler of their own: dots for each poll, lines for each upload, that a
# class is experimental, and an error for each 404 that the bot asked for on purpose.
_WITH_HANDLERS = ("azure.ai.ml", "azure.ai.ml._utils._endpoint_utils")


def quiet_logs() -> None:
    """Detach the SDK's loggers from standard error, and leave its credentials only errors."""
    for name in _WITH_HANDLERS:
        logger = logging.getLogger(name)
        for handler in tuple(logger.handlers):
            logger.removeHandler(handler)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
    logging.getLogger("azure.identity").setLevel(logging.ERROR)


@contextmanager
def quiet_uploads() -> Iterator[None]:
    """Drop what is printed inside: every upload prints a colour reset, whatever the settings."""
    with redirect_stderr(io.StringIO()):
        yield


@contextmanager
def quiet_downloads() -> Iterator[None]:
    """Drop the deprecations inside: the SDK calls old names of its own storage library."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
