"""The few forms of GitHub's Markdown that the bot uses, and the budget that they share."""

from collections.abc import Iterable, Sequence

# GitHub refuses comments over 65,536 characters; the rest is room for what it adds itself.
BUDGET = 60_000
# GitHub shows a step's summary up to 1 MiB, and a character may take four bytes.
PAGE_BUDGET = 250_000
_CUT = "\n\n_Shortened: {left} more sections are in the run summary._\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells must be one line each and are not escaped here."""
    lines = [_row(header), _row(["---"] * len(header)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def details(summary: str, body: str) -> str:
    """Return a folded section."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def code(text: str) -> str:
    """Return `text` as inline code that survives back-ticks and table bars in it."""
    fence = "`" * (_longest_run(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def block(text: str, language: str = "") -> str:
    """Return `text` as a fenced block whose fence it cannot close."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def bullets(lines: Iterable[str]) -> str:
    """Return a list, one line an item."""
    return "\n".join(f"- {line}" for line in lines)


def numbered(lines: Iterable[str]) -> str:
    """Return a numbered list, one line an item."""
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def step(text: str) -> str:
    """Return what somebody can do next; what can be typed as it stands as code."""
    return f"`{text}`" if text.startswith("/") else text


def plural(count: int, noun: str) -> str:
    """Return `1 circuit`, `2 circuits`, `1,000 circuits`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def document(sections: Iterable[str], budget: int = BUDGET) -> str:
    """Return the non-empty sections, a blank line apart, cut at a section where they pass `budget`.

    A cut is announced with the number of sections left out; no table, fence or fold is torn.
    """
    whole = [section for section in sections if section]
    kept: list[str] = []
    size = len(_CUT) + 10
    for section in whole:
        size += len(section) + 2
        if size > budget:
            return "\n\n".join(kept) + _CUT.format(left=len(whole) - len(kept))
        kept.append(section)
    return "\n\n".join(kept) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
