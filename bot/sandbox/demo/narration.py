"""What the demo prints: chapters, what people do, what the bot says, what was checked."""

import re
import time
from collections.abc import Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.errors import BotError

_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_FOLDED = re.compile(r"<details><summary>(.*?)</summary>.*?</details>", re.DOTALL)
_SMALL = re.compile(r"</?sub>")
_BREAK = re.compile(r"<br>")


def sections(body: str) -> list[str]:
    """Return a comment's parts for a terminal, folded ones by their title."""
    text = _BREAK.sub(" · ", _SMALL.sub("", _COMMENT.sub("", body)))
    text = _FOLDED.sub(lambda found: f"▸ {found[1]}", text)
    return [part for part in text.split("\n\n") if part.strip()]


class Narrator:
    """Prints the story; colours only where the output is a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(width=110)
        self._began = time.monotonic()
        self.checks = 0

    def chapter(self, number: int, title: str) -> None:
        """Begin a chapter."""
        self._console.print()
        self._console.rule(f"[bold]{number}. {title}[/bold]", align="left")

    def act(self, who: str, what: str) -> None:
        """Say what a person does."""
        self._console.print(f"[cyan]{who}[/cyan] {what}", highlight=False)

    def comment(self, title: str, sections: Sequence[str]) -> None:
        """Show these sections of a comment as the page shows them."""
        self._panel(title, Markdown("\n\n".join(sections)))

    def log(self, title: str, text: str) -> None:
        """Show lines that a machine wrote."""
        self._panel(title, Text(text.rstrip("\n")))

    def _panel(self, title: str, content: Markdown | Text) -> None:
        panel = Panel(content, title=escape(title), title_align="left", border_style="dim")
        self._console.print(Padding(panel, (0, 0, 0, 2)))

    def text(self, text: str) -> None:
        """Show text as it is."""
        self._console.print(text, markup=False, highlight=False)

    def check(self, sentence: str, *, holds: bool) -> None:
        """Say that something holds.

        Raises:
            BotError: it does not; the story ends here.
        """
        if not holds:
            raise BotError(
                f"The demo found this untrue: {sentence}.", undone="the rest of the story"
            )
        self.checks += 1
        self._console.print(f"  [green]✔[/green] {sentence}", highlight=False)

    def end(self) -> None:
        """Say how it went."""
        seconds = time.monotonic() - self._began
        self._console.print()
        self._console.print(
            f"[bold green]{self.checks} checks passed in {seconds:.0f} s.[/bold green]"
        )
