"""The fleet as one HTML page that needs nothing else: no server, no network, no other file."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from bot.core.production.fleet_status import CircuitStatus, FleetStatus, State
from bot.core.render.fleet_picture import picture
from bot.core.render.fleet_words import MEANINGS, alike, headline, moment, names, notices, pinned

_PAGE = 100  # rows of the table that are shown at once
_REASONS = 4  # that the card of a state tells; the table has all
_COLUMNS = ("Circuit", "State", "Runs", "Main asks for", "Model", "Why")
_STATES = tuple(State)
_FOOTER = (
    "<footer><p>Made by <code>envbot status --format html</code> from git and Azure alone. "
    "It does not change by itself: make it anew for how it stands now.</p></footer>"
)


class PageParts(NamedTuple):
    """What the page is dressed with: its style sheet and its script, as text."""

    style: str
    script: str


def fleet_page(fleet: FleetStatus, parts: PageParts) -> str:
    """Return the whole document.

    Every value is escaped. The policy of the page lets nothing run but the script given here, and
    nothing be fetched, so that a value that came through unescaped could still do nothing.
    """
    title = escape(headline(fleet))
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en">',
            '<head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(parts)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            f"<style>{parts.style}</style></head>",
            "<body>",
            _header(fleet, title),
            "<main>",
            *_cards(fleet),
            "<section><h2>Versions by plant</h2>",
            picture(fleet) if fleet.circuits else "<p>There is no circuit.</p>",
            f'<p class="soft small">{escape(pinned(fleet))}</p>',
            "</section>",
            _table(fleet),
            "</main>",
            _FOOTER,
            f'<script type="application/json" id="fleet">{_data(fleet)}</script>',
            f"<script>{parts.script}</script>",
            "</body></html>\n",
        )
    )


def _policy(parts: PageParts) -> str:
    style, script = (_hash(part) for part in (parts.style, parts.script))
    return (
        f"default-src 'none'; style-src '{style}'; script-src '{script}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _header(fleet: FleetStatus, title: str) -> str:
    told = "".join(f"<li>{_notice(one)}</li>" for one in notices(fleet))
    return (
        '<header><p class="brand small">envbot · production</p>'
        f"<h1>{title}</h1>"
        f'<p class="soft">Main <code>{escape(fleet.main[:7])}</code>, read '
        f'<time id="read" datetime="{fleet.read_at.isoformat()}">{moment(fleet.read_at)}</time>.'
        '<span id="age"></span></p>'
        + (f'<ul class="notices">{told}</ul>' if told else "")
        + "</header>"
    )


def _notice(text: str) -> str:
    """Return a notice with its addresses as links and what is in back-ticks as code."""
    linked = re.sub(r"https://[\w.:/-]*\w", r'<a href="\g<0>">\g<0></a>', escape(text))
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", linked)


def _cards(fleet: FleetStatus) -> Iterator[str]:
    """Yield what each state means and what comes next, the worst first."""
    if not fleet.circuits:
        return
    yield '<section aria-label="States"><h2>How the circuits stand</h2><div class="states">'
    yield from (_card(fleet, state) for state in _STATES if fleet.counts[state])
    yield "</div></section>"


def _card(fleet: FleetStatus, state: State) -> str:
    meaning, found = MEANINGS[state], fleet.in_state(state)
    groups = [] if state is State.AS_ASKED else alike(found)
    told = "".join(_group(*group) for group in groups[:_REASONS])
    left = sum(len(same) for _, same in groups[_REASONS:])
    more = f'<li class="soft small">… {left:,} more</li>' if left else ""
    following = f'<p class="small"><b>Next:</b> {escape(meaning.next)}</p>' if meaning.next else ""
    return (
        f'<div class="state {_css(state)}"><h3><span class="sign" aria-hidden="true">'
        f"{meaning.sign}</span>{state}<b>{len(found):,}</b></h3>"
        f'<p class="soft small">{escape(meaning.says)}</p>{following}'
        + (f"<ul>{told}{more}</ul>" if told else "")
        + f'<button type="button" data-state="{_STATES.index(state)}" hidden>Show them</button>'
        "</div>"
    )


def _group(reason: str, circuits: Sequence[CircuitStatus]) -> str:
    return f'<li class="small"><b>{escape(names(circuits))}</b><br>{escape(reason)}</li>'


def _table(fleet: FleetStatus) -> str:
    options = "".join(
        f'<option value="{place}">{state} ({fleet.counts[state]:,})</option>'
        for place, state in enumerate(_STATES)
        if fleet.counts[state]
    )
    heads = "".join(f'<th scope="col"><span>{name}</span></th>' for name in _COLUMNS)
    rows = "\n".join(map(_row, _ordered(fleet)[:_PAGE]))
    total = len(fleet.circuits)
    shown = f'<span id="shown" role="status">{min(_PAGE, total):,} of {total:,}</span>'
    return f"""<section id="all"><h2>All circuits, the worst first</h2>
<div class="tools" data-script hidden>
<label>Search<input id="search" type="search" autocomplete="off" spellcheck="false"></label>
<label>State<select id="state"><option value="">any</option>{options}</select></label>
</div>
<div class="scroll"><table id="circuits">
<caption>Shown: {shown}</caption>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody></table></div>
<div class="pages" data-script hidden><button type="button" id="back">Back</button>
<button type="button" id="on">On</button></div>
</section>"""


def _row(one: CircuitStatus) -> str:
    pin = " (pinned)" if one.pinned else ""
    return (
        f'<tr><th scope="row">{escape(str(one.circuit))}</th>'
        f'<td class="state-cell {_css(one.state)}"><span class="sign" aria-hidden="true">'
        f"{MEANINGS[one.state].sign}</span> {one.state}</td>"
        f'<td data-label="runs">{escape(one.runs)}</td>'
        f'<td data-label="asked for">{escape(one.wants)}{pin}</td>'
        f'<td data-label="model">{escape(one.model)}</td><td>{escape(one.reason)}</td></tr>'
    )


def _data(fleet: FleetStatus) -> str:
    """Return the circuits for the script: texts once, circuits by their places among them."""
    texts: dict[str, int] = {}

    def place(text: str) -> int:
        return texts.setdefault(text, len(texts))

    circuits = [
        (
            *one.circuit,
            _STATES.index(one.state),
            place(one.runs),
            place(one.wants),
            int(one.pinned),
            place(one.model),
            place(one.reason),
        )
        for one in _ordered(fleet)
    ]
    states = [{"word": one, "sign": MEANINGS[one].sign, "css": _css(one)} for one in _STATES]
    content = {"page": _PAGE, "states": states, "texts": list(texts), "circuits": circuits}
    # `<` would let a text end the script element, or open a comment in it.
    return json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")


def _ordered(fleet: FleetStatus) -> Sequence[CircuitStatus]:
    return (*fleet.unlike, *fleet.in_state(State.AS_ASKED))


def _css(state: State) -> str:
    return state.replace(" ", "-")
