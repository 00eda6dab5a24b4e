"""Circuits whose own training a pull request changes, counted by plant."""

from collections import defaultdict
from collections.abc import Sequence

from bot.core.finding import Finding
from bot.core.render.markdown import plural, table
from bot.core.untrusted import inline

_NAMED = 5
_ROWS = 40


def training_section(findings: Sequence[Finding], limit: int = _ROWS) -> str:
    """Return which circuits must be trained anew because of their own configs; empty for none.

    At most `limit` plants, those with the most circuits first, the rest counted.
    """
    if not findings:
        return ""
    plants: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in findings:
        plant, circuit = one.path.removesuffix(".yml").split("/")[-2:]
        plants[plant][circuit].add(one.rule)
    ordered = sorted(plants.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [_row(plant, circuits) for plant, circuits in ordered[:limit]]
    if left := len(ordered) - len(rows):
        rows.append((f"… {plural(left, 'more plant')}", "", ""))
    count = plural(sum(map(len, plants.values())), "circuit")
    heading = f"### Training: {count} in {plural(len(plants), 'plant')} to train anew"
    told = "Because of their own configs; the environment's class does not depend on it."
    return f"{heading}\n\n{told}\n\n{table(('Plant', 'Circuits', 'Rules'), rows)}"


def _row(plant: str, circuits: dict[str, set[str]]) -> tuple[str, str, str]:
    names, rules = sorted(circuits), sorted(set().union(*circuits.values()))
    shown = inline(", ".join(names[:_NAMED]))
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    links = ", ".join(f"[`{rule}`](docs/rules.md#{rule})" for rule in rules)
    return inline(plant), f"{len(names):,}: {shown}{more}", links
