"""Timings as a table that reads in a terminal and in Markdown."""

from collections.abc import Sequence

from benchmarks.measure import Case, Timing

_HEADINGS = ("case", "N", "yardstick", "ours", "theirs", "ratio", "range", "pairs", "counts")


def table(rows: Sequence[tuple[Case, Timing, str]]) -> str:
    """Return the table; each row is a case, its timing, and what was counted."""
    cells = [_HEADINGS, *(_cells(*row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| "
        + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True))
        + " |"
        for line in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _cells(case: Case, timing: Timing, counts: str) -> tuple[str, ...]:
    lowest, *_, highest = timing.ratios
    return (
        case.name,
        f"{case.size:,}",
        case.yardstick.name,
        _time(timing.ours),
        _time(timing.yardstick),
        _ratio(timing.median_ratio),
        f"{_ratio(lowest)} to {_ratio(highest)}",
        str(len(timing.pairs)),
        counts,
    )


def _ratio(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"  # noqa: PLR2004 - three digits of it


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"
