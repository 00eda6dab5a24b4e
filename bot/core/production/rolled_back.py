"""Which deployments a rollback has returned already, by the tags that it wrote on them.

An apply that died, or failed in part, is ended by another, whose plan finds them as they should be.
"""

from collections.abc import Iterable

from bot.core.production.plan import Action, ActionKind, Plan

REASON_TAG = "rollback_reason"

_TAG = 256  # what a tag takes, in UTF-16: in no other way does a text have more characters


def tag_value(text: str) -> str:
    """Return `text` as a tag takes it; what is too long ends in `…`."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _TAG:
        return text
    return units[: 2 * (_TAG - 1)].decode("utf-16-le", "ignore") + "…"


def returned_before(plan: Plan, pulls: Iterable[int]) -> tuple[Action, ...]:
    """Return what earlier runs made of these pull requests' rollbacks, and needs no write now.

    Whoever may write to production can write such a tag. It decides what is counted, no more.
    """
    begins = tuple(f"#{number} " for number in pulls)
    return tuple(
        action
        for action in plan.of_kind(ActionKind.UNCHANGED)
        if action.live and action.live.tags.get(REASON_TAG, "").startswith(begins)
    )
