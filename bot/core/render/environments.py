"""The versions of the environment for people and machines."""

import json
from collections.abc import Sequence

from bot.core.environment_catalogue import CatalogueEntry
from bot.core.render.markdown import document, plural, table
from bot.core.untrusted import inline, plain

FORMAT = 1
_HEADER = ("Version", "Where", "Circuits", "Fits production", "Retraining", "Change")
_FITS = {True: "yes", False: "no", None: "—"}


def environments_report(name: str, entries: Sequence[CatalogueEntry], shape: str) -> str:
    """Return the versions as `text`, `markdown` or `json`."""
    if shape == "json":
        content = {"format": FORMAT, "environment": name, "versions": list(map(_content, entries))}
        return json.dumps(content, indent=2) + "\n"
    headline = f"{name}: {plural(len(entries), 'version')}"
    if shape == "markdown":
        rows = [(*_row(one), inline(_summary(one))) for one in entries]
        return document((f"## {headline}", table(_HEADER, rows) if rows else ""))
    rows = [_HEADER, *((*_row(one), plain(_summary(one), 60)) for one in entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([*(lines if entries else []), headline]) + "\n"


def _row(one: CatalogueEntry) -> tuple[str, str, str, str, str]:
    where = [f"{place} (archived)" if place in one.archived else place for place in one.places]
    retrain = {"true": "yes", "false": "no"}.get(one.tags.get("requires_retrain", ""), "—")
    return one.version, ", ".join(where), f"{one.circuits:,}", _FITS[one.compatible], retrain


def _summary(one: CatalogueEntry) -> str:
    return one.tags.get("change_summary", "") or "—"


def _content(one: CatalogueEntry) -> dict[str, object]:
    return {
        "version": one.version,
        "places": one.places,
        "archived": one.archived,
        "circuits": one.circuits,
        "compatible": one.compatible,
        "tags": dict(one.tags),
    }
