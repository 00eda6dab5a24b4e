"""The files that the fleet's page is dressed with."""

from pathlib import Path

from bot.core.render.fleet_page import PageParts

_FOLDER = Path(__file__).parent / "page"


def page_parts() -> PageParts:
    """Return the style sheet and the script of the fleet's page; they lie beside this file."""
    style, script = (
        (_FOLDER / name).read_text(encoding="utf-8") for name in ("fleet.css", "fleet.js")
    )
    return PageParts(style, script)
