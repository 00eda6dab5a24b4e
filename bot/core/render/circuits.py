"""The circuits that a pull request moves: the unlike ones first, the alike ones counted."""

from collections import defaultdict
from collections.abc import Sequence

from bot.core.config.bump import Outlier
from bot.core.config.circuit import CircuitId
from bot.core.production.planned_change import PlannedChange
from bot.core.render.markdown import bullets, details, plural, table
from bot.core.review import Review

# A group as large as this is ordinary; smaller ones are shown name by name.
_NAMED = 5
_ROWS = 30


def circuits_section(review: Review) -> str:
    """Return what would change in production, grouped by equal transition, rarest first.

    Empty where nothing would, and where files that cannot be read leave it unknown.
    """
    if review.problems:
        return ""
    groups, outliers = _groups(review.planned), _outliers(review)
    if not groups and not outliers:
        return ""
    rows = [_row(transition, circuits) for transition, circuits in groups[:_ROWS]]
    rows = [
        *(
            (f"⚠️ {outlier.circuit}", outlier.version, "left as it is")
            for outlier in outliers[:_ROWS]
        ),
        *rows,
    ]
    shown = table(("Circuits", "From", "To"), rows)
    parts = (f"### Circuits: {_counts(review)}", shown, _by_plant(review.planned))
    return "\n\n".join(filter(None, parts))


def _outliers(review: Review) -> tuple[Outlier, ...]:
    """Return the circuits that the bulk edit leaves out; none while there is none to come."""
    return () if review.bump is None or review.disagreements else review.bump.outliers


def _counts(review: Review) -> str:
    moved = {one.circuit for one in review.planned}
    unlike = len(_outliers(review))
    rest = len(review.fleet.circuits.keys() - moved)
    note = f" · {unlike} unlike the rest" if unlike else ""
    return f"{len(moved):,} change · {rest:,} unchanged{note}"


def _groups(
    planned: Sequence[PlannedChange],
) -> list[tuple[tuple[str, str], list[CircuitId]]]:
    grouped: dict[tuple[str, str], list[CircuitId]] = defaultdict(list)
    for change in planned:
        transition = _shown(change.field, change.before), _shown(change.field, change.after)
        grouped[transition].append(change.circuit)
    return sorted(grouped.items(), key=lambda item: (len(item[1]), item[0]))


def _row(transition: tuple[str, str], circuits: Sequence[CircuitId]) -> tuple[str, str, str]:
    if len(circuits) <= _NAMED:
        where = ", ".join(str(circuit) for circuit in circuits)
    else:
        plants = {circuit.plant for circuit in circuits}
        where = f"{plural(len(circuits), 'circuit')} in {plural(len(plants), 'plant')}"
    return where, *transition


def _by_plant(planned: Sequence[PlannedChange]) -> str:
    plants: dict[str, set[str]] = defaultdict(set)
    for change in planned:
        plants[change.circuit.plant].add(change.circuit.circuit)
    if len(plants) < 2:  # noqa: PLR2004 - one plant is told by the table already
        return ""
    lines = (f"{plant}: {', '.join(sorted(names))}" for plant, names in sorted(plants.items()))
    return details("All circuits by plant", bullets(lines))


def _shown(field: str, value: str | None) -> str:
    """Return a desired value; a circuit or an environment is named well enough by the value."""
    if field == "model_version":
        return f"model {value}" if value is not None else "the model it has"
    if value is None:
        return "—"
    return value if field in ("circuit", "environment") else f"{field.replace('_', ' ')} {value}"
