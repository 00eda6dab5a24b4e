"""What is left on a pull request when envbot itself breaks."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import Any

from bot.core.render.failure import bug_markdown
from bot.errors import BotError, InvalidFileError, UserError
from bot.handlers.context import Context
from bot.handlers.reply import FAILED, Reply

_EXPECTED = (BotError, InvalidFileError, UserError)


class TellingOfBugs(AbstractContextManager[None]):
    """Tells whoever gave a command if envbot itself breaks; a failure outside has been told."""

    def __init__(self, context: Context, payload: Mapping[str, Any]) -> None:
        self._context = context
        self._payload = payload

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, trace
        if isinstance(raised, Exception) and not isinstance(raised, _EXPECTED):
            with suppress(BotError):  # the bug matters more than that nobody can be told of it
                _tell_of_bug(self._context, self._payload)


def _tell_of_bug(context: Context, payload: Mapping[str, Any]) -> None:
    if "comment" in payload and "issue" in payload:
        reply = Reply(context, payload["issue"]["number"], payload["comment"]["id"])
        reply.finish(bug_markdown(context.run_url), FAILED)
