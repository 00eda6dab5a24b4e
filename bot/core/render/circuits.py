"""The circuits that a pull request moves: the unlike ones first, the alike ones counted."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from bot.core.config.bump import Outlier
from bot.core.config.circuit import CircuitId
from bot.core.config.template import PATH as TEMPLATE
from bot.core.production.planned_change import PlannedChange, changing_circuits
from bot.core.render.markdown import bullets, details, plural, table
from bot.core.review import Review

# A group as large as this is ordinary; smaller ones are shown name by name.
_NAMED = 5
_ROWS = 30
_NONE_MADE = "Where production has no deployment for such a circuit, none is created."
_PER_ROW = 500  # characters that the list by plant may take for each row of the table


def circuits_section(review: Review, limit: int = _ROWS) -> str:
    """Return what would change in production, grouped by equal transition, rarest first.

    At most `limit` rows of either sort, the rest counted. Empty where nothing would change, and
    where files that cannot be read leave it unknown.
    """
    if review.problems:
        return ""
    groups, outliers, held = _groups(review.planned), _outliers(review), _held(review)
    if not groups and not outliers:
        return f"### Circuits: {_counts(review)}\n\n{held}" if held else ""
    left = [(f"⚠️ {one.circuit}", one.version, "left as it is") for one in outliers[:limit]]
    moved = [_row(transition, circuits) for transition, circuits in groups[:limit]]
    rows = [
        *left,
        *_rest(len(outliers) - len(left), "circuits left as they are"),
        *moved,
        *_rest(len(groups) - len(moved), "kinds of change, of more circuits each"),
    ]
    shown = table(("Circuits", "From", "To"), rows)
    notes = (
        _model_stays(review),
        _without_model(review),
        _without_template(review),
        _without_config(review),
        held,
    )
    warnings = "\n\n".join(filter(None, notes))
    parts = (f"### Circuits: {_counts(review)}", shown, warnings, _by_plant(review, limit))
    return "\n\n".join(filter(None, parts))


def _rest(left: int, what: str) -> list[tuple[str, str, str]]:
    """Return the row that counts what a table leaves out; none while it leaves out nothing."""
    return [(f"… {left:,} more {what}", "", "")] if left else []


def _outliers(review: Review) -> tuple[Outlier, ...]:
    """Return the circuits that the bulk edit leaves out; none while there is none to come."""
    return () if review.bump is None or review.disagreements else review.bump.outliers


def _model_stays(review: Review) -> str:
    """Return which circuits no longer name a model, and what production then runs; empty for none.

    Whoever takes the first pin of a circuit back expects the model of before it.
    """
    found = [one.circuit for one in review.planned if one.keeps_model]
    if not found:
        return ""
    return (
        f"⚠️ The model stays: {_some(found)}. Without `deployment.model_version` production keeps "
        "the model that it runs. To go back to an earlier one, name it there in a pull request."
    )


def _without_model(review: Review) -> str:
    """Return which new circuits cannot get a deployment; empty for none."""
    known = review.fleet.circuits
    found = [one for one in _new(review) if known[one].model_version is None]
    if not found:
        return ""
    return f"⚠️ New without `deployment.model_version`: {_some(found)}. {_NONE_MADE}"


def _without_template(review: Review) -> str:
    """Return that new circuits lack what a deployment is made of; empty for none."""
    if TEMPLATE in review.sources.result or not (found := _new(review)):
        return ""
    return f"⚠️ New without `{TEMPLATE}`: {_some(found)}. {_NONE_MADE}"


def _new(review: Review) -> list[CircuitId]:
    """Return the circuits that only the pull request brings."""
    new = {one.circuit for one in review.planned if one.field == "circuit" and one.after}
    return sorted(new & review.fleet.circuits.keys())


def _without_config(review: Review) -> str:
    """Return which circuits lose their config, and what becomes of them; empty for none."""
    gone = sorted({one.circuit for one in review.planned} - review.fleet.circuits.keys())
    if not gone:
        return ""
    return (
        f"⚠️ Config removed: {_some(gone)}. envbot deletes nothing: what is deployed goes on "
        "running as it is, and no release reaches it any more."
    )


def _some(circuits: Sequence[CircuitId]) -> str:
    more = f" and {len(circuits) - _NAMED:,} more" if len(circuits) > _NAMED else ""
    return f"{', '.join(str(one) for one in circuits[:_NAMED])}{more}"


def _held(review: Review) -> str:
    """Return how many circuits train on the new version while production stays; empty for none."""
    version = review.content.version
    held = [
        one
        for one in review.fleet.circuits.values()
        if one.training_version == version != one.production_version
    ]
    if not held:
        return ""
    return (
        f"{plural(len(held), 'circuit')} will train on {version}; production stays at what it runs "
        "until a release moves the circuit."
    )


def _counts(review: Review) -> str:
    changing = changing_circuits(review.planned)
    unlike = len(_outliers(review))
    rest = len(review.fleet.circuits.keys() - changing)
    note = f" · {unlike} unlike the rest" if unlike else ""
    return f"{len(changing):,} change · {rest:,} unchanged{note}"


def _groups(
    planned: Sequence[PlannedChange],
) -> list[tuple[tuple[str, str], list[CircuitId]]]:
    grouped: dict[tuple[str, str], list[CircuitId]] = defaultdict(list)
    for change in planned:
        before, after = _shown(change.field, change.before), _shown(change.field, change.after)
        transition = before, "the model stays" if change.keeps_model else after
        grouped[transition].append(change.circuit)
    return sorted(grouped.items(), key=lambda item: (len(item[1]), item[0]))


def _row(transition: tuple[str, str], circuits: Sequence[CircuitId]) -> tuple[str, str, str]:
    if len(circuits) <= _NAMED:
        where = ", ".join(str(circuit) for circuit in circuits)
    else:
        plants = {circuit.plant for circuit in circuits}
        where = f"{plural(len(circuits), 'circuit')} in {plural(len(plants), 'plant')}"
    return where, *transition


def _by_plant(review: Review, limit: int) -> str:
    """Return which circuits of each plant change, and of how many."""
    changing = changing_circuits(review.planned)
    totals = Counter(circuit.plant for circuit in changing | review.fleet.circuits.keys())
    plants: dict[str, list[str]] = defaultdict(list)
    for circuit in sorted(changing):
        plants[circuit.plant].append(circuit.circuit)
    if len(plants) < 2:  # noqa: PLR2004 - one plant is told by the table already
        return ""
    lines, size = [], 0
    for plant, names in sorted(plants.items()):
        line = f"{plant} ({len(names)} of {totals[plant]}): {', '.join(names)}"
        size += len(line)
        if size > limit * _PER_ROW:
            break
        lines.append(line)
    if left := len(plants) - len(lines):
        lines.append(f"… {plural(left, 'more plant')}; `envbot review --format json` lists them")
    return details("All circuits by plant", bullets(lines))


def _shown(field: str, value: str | None) -> str:
    """Return a desired value; a circuit or an environment is named well enough by the value."""
    if field == "model_version":
        return f"model {value}" if value is not None else "the model it has"
    if value is None:
        return "—"
    return value if field in ("circuit", "environment") else f"{field.replace('_', ' ')} {value}"
