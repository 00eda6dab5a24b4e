"""Progress for whoever watches: a bar on a terminal, a line now and then in a log."""

import sys
from typing import Any

import click


class TerminalReporter:
    """Writes to standard error, so that standard output stays what was asked for."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._decile = 0

    def step(self, text: str) -> None:
        """Say that something was done."""
        self._finish()
        click.echo(text, err=True)

    def progress(self, done: int, total: int, what: str) -> None:
        """Show `done` of `total`; in a log at most ten times."""
        if sys.stderr.isatty():
            self._draw(done, total, what)
        elif total and done * 10 // total != self._decile:
            self._decile = done * 10 // total
            click.echo(f"{done:,} of {total:,} {what}", err=True)
        if done >= total:
            self._finish()

    def _draw(self, done: int, total: int, what: str) -> None:
        if self._bar is None:
            # Imported here: drawing is rare, and a review must start quickly.
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            self._bar = Progress(*columns, console=Console(stderr=True))
            self._bar.start()
            self._bar.add_task(what, total=total)
        self._bar.update(self._bar.task_ids[0], description=what, completed=done, total=total)

    def _finish(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        self._decile = 0
