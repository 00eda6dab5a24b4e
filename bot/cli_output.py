"""How every verb prints, writes files and says by its exit code what it found."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from bot.errors import BotError, Exit

FORMATS = ("text", "markdown", "json")

output_format = click.option(
    "--format", "shape", type=click.Choice(FORMATS), default="text", help="How to print."
)


def block_unless(*, passes: bool) -> None:
    """End the process with the exit code of what may not pass, unless it may."""
    if not passes:
        sys.exit(Exit.BLOCKED)


def write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts by name, and make the folder where it is missing.

    Raises:
        BotError: a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BotError(f"{error.filename} cannot be written ({error.strerror}).") from error
