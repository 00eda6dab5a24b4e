"""What people read about the commands, made from the registry alone."""

from bot.core.commands.registry import COMMANDS, CommandSpec
from bot.core.render.markdown import code

_INTRODUCTION = """\
# Commands in a pull request

Type a command as the first line of a new comment, at the very beginning of the line. What follows
on later lines is for people. Quoted lines, code blocks, edited comments and comments by bots are
not read, and a word that is none of these commands gets no answer.

The bot answers with 👀 at once and one reply that it edits in place. In the end the reaction is
🚀 for done, 😕 for refused (nothing happened) or 👎 for failed (something may have happened).
"""


def overview() -> str:
    """Return the table of all commands, as Markdown."""
    rows = [
        f"| {code(spec.usage)} | {spec.summary} | {spec.who.text} |" for spec in COMMANDS.values()
    ]
    return "\n".join(["| Command | What it does | Who may |", "|---|---|---|", *rows]) + "\n"


def entry(spec: CommandSpec) -> str:
    """Return all there is to know about one command, as Markdown without a heading."""
    parts = [f"```text\n{spec.usage}\n```", spec.summary, _facts(spec)]
    if spec.arguments:
        parts.append(_arguments(spec))
    parts.append("\n".join(f"- `{shown.line}`: {shown.meaning}" for shown in spec.examples))
    return "\n\n".join(parts) + "\n"


def reference() -> str:
    """Return the whole of `docs/commands.md`; a test holds the file to it."""
    sections = [f"## {spec.name}\n\n{entry(spec)}" for spec in COMMANDS.values()]
    return "\n".join([_INTRODUCTION, overview(), *sections])


def _facts(spec: CommandSpec) -> str:
    return "\n".join(
        [
            f"- Who may: {spec.who.text}",
            f"- Changes: {spec.effect}",
            f"- Works on: {where(spec)}",
        ]
    )


def where(spec: CommandSpec) -> str:
    """Return on which pull requests a command can be given, such as `open pull requests`."""
    kinds = [
        ("open", spec.job),
        ("merged", spec.job_after_merge),
        ("closed", spec.job_when_closed),
    ]
    return f"{', '.join(kind for kind, job in kinds if job)} pull requests"


def _arguments(spec: CommandSpec) -> str:
    rows = [f"| {code(a.usage)} | {a.summary} | {a.kind.hint} |" for a in spec.arguments]
    return "\n".join(["| Argument | Meaning | Must be |", "|---|---|---|", *rows])
