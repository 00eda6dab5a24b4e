"""Small pieces of HTML that several pages are made of."""

from datetime import datetime
from html import escape
from zlib import crc32

MARKS = {
    "success": "✓", "failure": "✕", "error": "✕", "pending": "●", "queued": "○",
    "in_progress": "●", "skipped": "·", "cancelled": "⊘", "startup_failure": "✕",
}  # fmt: skip
_COLOURS = 5


def page(title: str, body: str, *, script: bool = False) -> str:
    """Return a whole page; `body` is HTML, `title` is text."""
    loader = '<script src="/assets/page.js" defer></script>' if script else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">'
        f'<link rel="stylesheet" href="/assets/page.css">{loader}</head><body>'
        '<header class="bar"><a href="/">GitHub sandbox</a>'
        '<span class="quiet">on this machine only</span></header>'
        f"<main>{body}</main></body></html>"
    )


def avatar(login: str) -> str:
    """Return a round initial in a colour of the account's own."""
    is_bot = login.endswith("[bot]")
    colour = _COLOURS if is_bot else crc32(login.encode()) % _COLOURS
    letter = "⚙" if is_bot else login[:1].upper()
    return f'<span class="avatar tint-{colour}" aria-hidden="true">{escape(letter)}</span>'


def who(login: str) -> str:
    """Return an account's name, with a badge for bots."""
    if login.endswith("[bot]"):
        return f'<b>{escape(login.removesuffix("[bot]"))}</b> <span class="badge">bot</span>'
    return f"<b>{escape(login)}</b>"


def when(moment: str) -> str:
    """Return a time as people read it; `moment` is ISO 8601."""
    shown = datetime.fromisoformat(moment).strftime("%-d %b %H:%M")
    return f'<time datetime="{escape(moment)}">{shown} UTC</time>'


def mark(state: str) -> str:
    """Return the symbol of a state, with the state as its text for those who cannot see it."""
    return (
        f'<span class="mark {escape(state)}" title="{escape(state)}">{MARKS.get(state, "●")}</span>'
    )


def pill(state: str) -> str:
    """Return a pull request's state as GitHub shows it."""
    return f'<span class="pill {escape(state)}">{escape(state.capitalize())}</span>'
