"""The fleet for a terminal and for Markdown: what is wrong first, what is alike counted."""

from collections.abc import Iterator, Sequence

from bot.core.production.fleet_status import CircuitStatus, FleetStatus, State
from bot.core.production.plant_status import PlantStatus, plants, unlike_plants
from bot.core.render.fleet_json import fleet_json
from bot.core.render.fleet_words import MEANINGS, alike, headline, moment, names, notices, pinned
from bot.core.render.markdown import PAGE_BUDGET, bullets, code, document, plural, step, table
from bot.core.untrusted import inline, prose

# So many lines of one sort, and the rest is counted: a fleet may have 20,000 circuits.
FEW = 12


def fleet_report(fleet: FleetStatus, shape: str, *, every: bool = False) -> str:
    """Return the fleet as `text`, `markdown` or `json`.

    Text and Markdown name a dozen circuits of each state and as many plants, and count the rest;
    with `every`, all circuits and all plants. JSON always holds all.
    """
    if shape == "json":
        return fleet_json(fleet)
    limit = len(fleet.circuits) if every else FEW
    if shape == "markdown":
        return document(_markdown(fleet, limit), PAGE_BUDGET)
    return "\n".join(_text(fleet, limit, every=every)) + "\n"


def _text(fleet: FleetStatus, limit: int, *, every: bool) -> Iterator[str]:
    yield headline(fleet)
    yield from (f"  ! {notice}" for notice in notices(fleet))
    for state in _shown(fleet, every=every):
        found = fleet.in_state(state)
        meaning = MEANINGS[state]
        yield f"\n{meaning.sign} {len(found):,} {state}: {meaning.says}"
        if meaning.next:
            yield f"  Next: {meaning.next}"
        lines = [_line(one) for one in found] if every else _groups(found)
        yield from (f"    {line}" for line in _limited(lines, limit))
    yield "\nRuns"
    yield from (f"  {count:>7,}  {name}" for name, count in fleet.versions.items())
    if told := pinned(fleet):
        yield f"  {told}"
    shown = plants(fleet) if every else unlike_plants(fleet)
    if shown:
        yield "\nPlants" if every else "\nPlants unlike the rest"
        yield from (f"  {line}" for line in _limited([_plant(one) for one in shown], limit))
    yield f"\nmain {fleet.main[:7]}, read {moment(fleet.read_at)}"


def _markdown(fleet: FleetStatus, limit: int) -> Iterator[str]:
    yield f"## {headline(fleet)}"
    yield bullets(notices(fleet))
    states = [(state, MEANINGS[state]) for state in State if fleet.counts[state]]
    yield table(
        ("State", "Circuits", "Means", "Next"),
        (
            (f"{meaning.sign} {state}", f"{fleet.counts[state]:,}", meaning.says, meaning.next)
            for state, meaning in states
        ),
    )
    rows = [_row(one) for state in State for one in _first(fleet, state, limit)]
    if rows:
        yield table(("Circuit", "State", "Runs", "Main asks for", "Why"), rows)
    if left := len(fleet.unlike) - len(rows):
        yield f"… {plural(left, 'more circuit')}; {step('envbot status --all')} lists them"
    versions = ((inline(name), f"{count:,}") for name, count in fleet.versions.items())
    yield table(("Environment", "Circuits"), versions)
    yield pinned(fleet)
    if unlike := unlike_plants(fleet):
        yield "### Plants unlike the rest"
        yield bullets(prose(line) for line in _limited([_plant(one) for one in unlike], limit))
    yield f"<sub>main {code(fleet.main[:7])} · read {moment(fleet.read_at)}</sub>"


def _shown(fleet: FleetStatus, *, every: bool) -> list[State]:
    """Return the states that the text goes through; circuits as asked need no words."""
    return [one for one in State if fleet.counts[one] and (every or one is not State.AS_ASKED)]


def _first(fleet: FleetStatus, state: State, limit: int) -> Sequence[CircuitStatus]:
    return () if state is State.AS_ASKED else fleet.in_state(state)[:limit]


def _limited(lines: Sequence[str], limit: int) -> Iterator[str]:
    yield from lines[:limit]
    if len(lines) > limit:
        yield f"… {len(lines) - limit:,} more; --all lists them"


def _groups(circuits: Sequence[CircuitStatus]) -> list[str]:
    return [f"{names(same)}: {reason}" for reason, same in alike(circuits)]


def _line(one: CircuitStatus) -> str:
    return f"{one.circuit}  {one.reason}" + (" (pinned)" if one.pinned else "")


def _row(one: CircuitStatus) -> tuple[str, ...]:
    pin = " (pinned)" if one.pinned else ""
    state = f"{MEANINGS[one.state].sign} {one.state}"
    return str(one.circuit), state, inline(one.runs), f"{inline(one.wants)}{pin}", prose(one.reason)


def _plant(one: PlantStatus) -> str:
    versions = ", ".join(f"{count:,} x {name}" for name, count in one.versions.items())
    return f"{one.plant}  {versions}" + (f"; {one.unlike:,} not as asked" if one.unlike else "")
