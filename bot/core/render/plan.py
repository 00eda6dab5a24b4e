"""A plan for people: counts first, outliers next, what is alike in one line."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.core.production.action import WRITTEN, Action, ActionKind
from bot.core.production.plan import Plan
from bot.core.render.markdown import bullets, code, details, document, plural, table
from bot.core.render.refusal import refusal_text
from bot.core.untrusted import inline, prose

# More rows than this tell a reader nothing; the rest is counted.
_ROWS = 50
_NAMED = 5  # outliers of the same kind and reason that a terminal names; the rest is counted

_WORDS = {
    ActionKind.CREATE: "to create",
    ActionKind.UPDATE: "to update",
    ActionKind.UNCHANGED: "unchanged",
    ActionKind.MISSING: "missing in Azure",
    ActionKind.ORPHAN: "without a config",
    ActionKind.NOT_MANAGED: "not managed",
    ActionKind.DRIFTED: "changed outside of git",
    ActionKind.UNAPPROVED: "unapproved",
    ActionKind.REFUSED: "refused",
}
_ALWAYS = (ActionKind.UPDATE, ActionKind.UNCHANGED)
_OUTLIERS = (
    ActionKind.REFUSED,
    ActionKind.UNAPPROVED,
    ActionKind.DRIFTED,
    ActionKind.MISSING,
    ActionKind.ORPHAN,
)
_PRESSING = (*_OUTLIERS, ActionKind.NOT_MANAGED)
UNMANAGED_NEXT = "deploy it with an environment of its own, or remove its config"
"""What can be done about a circuit that a config names and nothing can move."""


def counts(plan: Plan) -> str:
    """Return one line of counts: updates and unchanged always, the rest where there are any."""
    found = plan.counts
    return " · ".join(
        f"{found[kind]:,} {_WORDS[kind]}" for kind in ActionKind if kind in _ALWAYS or found[kind]
    )


def plan_report(plan: Plan, shape: str, stage: str = "production") -> str:
    """Return the plan as `text`, `markdown` or `json`, with the command that carries it out."""
    if shape == "json":
        return json.dumps(_content(plan), indent=2) + "\n"
    command = _command(plan, stage)
    if shape == "markdown":
        following = f"\n**Next:** {code(command)}\n" if command else ""
        return plan_markdown(plan) + following
    return plan_text(plan) + (f"  Next: {command}\n" if command else "")


def _command(plan: Plan, stage: str) -> str:
    """Return what carries out the plan, all of it; empty where it would write nothing."""
    if not plan.updates:
        return ""
    chosen = "" if stage == "production" else f"--stage {stage} "
    return f"envbot apply {chosen}--plan {plan.short_fingerprint}"


def _content(plan: Plan) -> dict[str, object]:
    return {
        "format": 1,
        "fingerprint": plan.fingerprint,
        "counts": {kind.value: count for kind, count in plan.counts.items()},
        "errors": [
            {"code": one.code, "headline": one.headline, "facts": one.facts, "next": one.next}
            for one in plan.errors
        ],
        "actions": [
            {
                "circuit": str(action.circuit or ""),
                "endpoint": action.endpoint,
                "deployment": action.deployment,
                "kind": action.kind.value,
                "code": action.code,
                "reason": action.reason,
                "environment": action.environment_id,
                "model": action.model_id,
            }
            for action in plan.actions
        ],
        "plants": [
            {"plant": plant, "written": share.written, "circuits": share.circuits}
            for plant, share in plan.plants.items()
        ],
    }


def plan_markdown(plan: Plan) -> str:
    """Return the plan as sections of a comment."""
    return document((*_errors(plan), f"**{counts(plan)}**", _outliers(plan), _alike(plan)))


def plan_text(plan: Plan) -> str:
    """Return the plan for a terminal: errors, outliers, groups of equal writes, plants, counts."""
    lines = [refusal_text(error) for error in plan.errors]
    lines += _unlike_lines(plan)
    lines += [f"  {_sign(group)} {_where(group)}: {reason}" for reason, group in _groups(plan)]
    lines += _radius(plan)
    what = "Part of plan" if plan.part_of else "Plan"
    return "\n".join([*lines, f"{what} {plan.short_fingerprint}: {counts(plan)}."]) + "\n"


def _errors(plan: Plan) -> Iterable[str]:
    for error in plan.errors:
        told = bullets(prose(one) for one in (*error.facts, error.next))
        yield f"🔴 **{prose(error.headline)}** ({error.code})\n\n{told}"


def _outliers(plan: Plan) -> str:
    found = _unlike(plan)
    if not found:
        return ""
    rows = [(f"⚠️ {inline(_name(a))}", _WORDS[a.kind], prose(a.reason)) for a in found[:_ROWS]]
    if len(found) > _ROWS:
        rows.append((f"… {len(found) - _ROWS:,} more", "", "see the JSON report of the run"))
    return table(("Circuit", "State", "Why"), rows)


def _unlike(plan: Plan) -> list[Action]:
    """Return what somebody should look at, the most pressing kind first.

    What is not managed, and no config names, is nobody's business here.
    """
    found = (*plan.of_kind(*_OUTLIERS), *plan.unmanaged)
    return sorted(found, key=lambda action: _PRESSING.index(action.kind))


def _unlike_lines(plan: Plan) -> Iterable[str]:
    """Yield a line for what should be looked at; what reads alike shares one."""
    grouped: dict[tuple[ActionKind, str], list[str]] = defaultdict(list)
    for action in _unlike(plan):
        grouped[action.kind, action.reason].append(_name(action))
    for (kind, reason), names in grouped.items():
        left = len(names) - _NAMED
        more = f" and {left:,} more" if left > 0 else ""
        yield f"  ! {', '.join(names[:_NAMED])}{more}  {_WORDS[kind]}: {reason}"


def _alike(plan: Plan) -> str:
    groups = list(_groups(plan))
    if not groups:
        return ""
    rows = [(prose(_where(group)), prose(reason)) for reason, group in groups[:_ROWS]]
    shares = plan.plants
    by_plant = bullets(
        f"{plant} ({shares[plant]}): {names}" for plant, names in _plants(plan.of_kind(*WRITTEN))
    )
    return table(("Circuits", "Change"), rows) + "\n\n" + details("All circuits by plant", by_plant)


def _radius(plan: Plan) -> list[str]:
    """Return one line that says how many circuits of each plant change."""
    shares = {plant: share for plant, share in plan.plants.items() if share.written}
    shown = [f"{plant} ({share})" for plant, share in list(shares.items())[:_ROWS]]
    more = [f"… {len(shares) - _ROWS:,} more"] if len(shares) > _ROWS else []
    return [f"  by plant: {', '.join([*shown, *more])}"] if shares else []


def _sign(group: Sequence[Action]) -> str:
    return "+" if group[0].kind is ActionKind.CREATE else "~"


def _groups(plan: Plan) -> list[tuple[str, Sequence[Action]]]:
    """Return the writes that read alike, the rarest first."""
    grouped: dict[str, list[Action]] = defaultdict(list)
    for action in plan.of_kind(*WRITTEN):
        grouped[action.reason].append(action)
    return sorted(grouped.items(), key=lambda item: (len(item[1]), item[0]))


def _where(actions: Sequence[Action]) -> str:
    if len(actions) == 1:
        return _name(actions[0])
    plants = {action.circuit.plant for action in actions if action.circuit}
    return f"{plural(len(actions), 'circuit')} in {plural(len(plants), 'plant')}"


def _plants(actions: Iterable[Action]) -> list[tuple[str, str]]:
    names: dict[str, list[str]] = defaultdict(list)
    for action in actions:
        if action.circuit:
            names[action.circuit.plant].append(action.circuit.circuit)
    return [(plant, ", ".join(circuits)) for plant, circuits in sorted(names.items())]


def _name(action: Action) -> str:
    return str(action.circuit) if action.circuit else f"{action.endpoint}/{action.deployment}"
