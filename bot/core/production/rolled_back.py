"""Which deployments a rollback has returned already, by the tags that it wrote on them.

An apply that died, or failed in part, is ended by another, whose plan finds them as they should be.
"""

from collections.abc import Iterable

from bot.core.production.plan import Action, ActionKind, Plan

REASON_TAG = "rollback_reason"


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
