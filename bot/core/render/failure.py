"""The outside failed: what was done, what was not, and how to go on."""

from bot.core.render.markdown import bullets, document
from bot.core.untrusted import prose
from bot.errors import BotError


def failure_markdown(error: BotError, run_url: str) -> str:
    """Return the reply to a command that could not be carried out."""
    return document(
        (
            f"### 👎 Failed: {prose(error.what)}",
            bullets(
                (
                    f"Done before it failed: {prose(error.done) or 'nothing'}",
                    f"Not done: {prose(error.undone) or 'the rest of the command'}",
                )
            ),
            "**Next:** give the command again; what is done is found and not repeated.",
            f"<sub>[run]({run_url})</sub>" if run_url else "",
        )
    )


def bug_markdown(run_url: str) -> str:
    """Return the reply when envbot itself broke: what was done is not known."""
    where = f"The [run]({run_url}) has the details." if run_url else "The log has the details."
    return document(
        (
            "### 👎 Failed: this is a bug in envbot",
            f"{where} Something may have happened; `/status` computes where things stand.",
        )
    )
