"""The one reply to a command: queued, running, done; edited in place, never a second one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.render import marker
from bot.handlers.context import Context

_LONGEST_PAUSE = timedelta(minutes=10)
DONE, REFUSED, FAILED, SEEN = "rocket", "confused", "-1", "eyes"


class Answer(Protocol):
    """Where a command's answer goes, while it runs and at its end."""

    def show(self, body: str) -> None:
        """Show where the command stands."""

    def show_progress(self, body: str) -> None:
        """Show progress, if enough time has passed since it was last shown."""

    def finish(self, body: str, reaction: str) -> None:
        """Show how the command ended."""


@dataclass(slots=True)
class TerminalReply:
    """The answer to a command given in a terminal: only the end of it is kept."""

    context: Context
    body: str = ""

    def show(self, body: str) -> None:
        """Pass the first line on as a step."""
        self.context.reporter.step(body.split("\n", 1)[0].lstrip("# "))

    def show_progress(self, body: str) -> None:
        """Show nothing: the reporter shows progress already."""

    def finish(self, body: str, reaction: str) -> None:
        """Keep the answer."""
        del reaction
        self.body = body


@dataclass(slots=True)
class Reply:
    """The reply to comment `comment` of pull request `number`."""

    context: Context
    number: int
    comment: int
    _shown_at: datetime | None = field(default=None)
    _pause: timedelta | None = field(default=None)

    def acknowledge(self) -> None:
        """Show that the command was seen, before anything slow begins."""
        self.context.hosting.react(self.comment, SEEN)

    def is_done(self) -> bool:
        """Tell whether the command was carried out already: its event was delivered again."""
        return self.context.hosting.has_reacted(self.comment, DONE)

    def show(self, body: str) -> None:
        """Make the reply read `body`."""
        mark = marker.reply(self.comment)
        shown = marker.marked(mark, body, self.context.documents)
        self.context.hosting.upsert_comment(self.number, mark, shown)
        self._shown_at = self.context.clock.now()

    def show_progress(self, body: str) -> None:
        """Make the reply read `body`, unless it was edited too short a time ago.

        Each pause is twice the one before, up to ten minutes: an edit costs two requests, and of
        what takes an hour nobody wants to know each half minute.
        """
        pause = self._pause or timedelta(seconds=self.context.patience.comment)
        if self._shown_at is None or self.context.clock.now() - self._shown_at >= pause:
            self.show(body)
            self._pause = min(2 * pause, _LONGEST_PAUSE)

    def finish(self, body: str, reaction: str) -> None:
        """Make the reply read `body` for good and say with a reaction how it ended."""
        self.show(body)
        self.context.hosting.react(self.comment, reaction)
