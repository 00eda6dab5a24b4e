"""One output of a notebook's cell: what a person reads of it, and all that is in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.evidence.notebook_fields import mapping, text, texts

# Markdown and styled tables are objects as plain text; what is shown is another text.
_STANDS_FOR = re.compile(
    r"<IPython\.core\.display\.Markdown object>"
    r"|<pandas\.io\.formats\.style\.Styler at 0x[0-9a-f]{1,16}>"
)
_UNSEEN_TAG = re.compile(r"<!--[^<>]*>|<(?:style|script)\b[^<]*(?=<)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,60}")


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a code cell.

    Attributes:
        text: what a person reads as plain text; terminal colours are still in it.
        everything: every text in it, whatever its media type, for the search for secrets.
        error: the exception's name when the output is an error, else None.
        count: the execution count of a result, None where the format has none.
    """

    text: str
    everything: str
    error: str | None = None
    count: int | None = None


def read_output(content: Mapping[str, Any]) -> Output:
    """Return the output of a code cell; of errors only a name that is safe to repeat."""
    everything = "\n".join(texts(content))
    kind = content.get("output_type")
    if kind == "error":
        name = _NAME.fullmatch(text(content.get("ename")))
        return Output("", everything, error=name[0] if name else "an exception")
    if kind == "stream":
        return Output(text(content.get("text")), everything)
    return Output(
        _shown(mapping(content, "data")), everything, count=content.get("execution_count")
    )


def _shown(data: Mapping[str, Any]) -> str:
    """Return what a reader sees: the plain text, or what it only stands for as an object."""
    plain = text(data.get("text/plain"))
    if not _STANDS_FOR.fullmatch(plain):
        return plain
    page = text(data.get("text/html"))
    shown = text(data.get("text/markdown")) or _TAG.sub(" ", _UNSEEN_TAG.sub(" ", page))
    return f"{plain}\n{shown}"
