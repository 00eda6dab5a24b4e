"""Which override of a class counts: who gave it, for which content, and what came after it.

A tightening needs write access. A loosening needs somebody of the approvers' groups who neither
opened the pull request nor pushed to it (D13). Nothing is stored: the same comments give the same
answer before the merge and, as of the merge, after it (D14).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.gates.approval import (
    Groups,
    People,
    members,
    relation_objection,
    standing_objection,
    writing_objection,
)
from bot.core.override import EnvironmentChange, Override
from bot.core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Given:
    """An override, and the change that stood there when it was given; None where unknown."""

    override: Override
    change: EnvironmentChange | None


@dataclass(frozen=True, slots=True)
class Void:
    """An override that does not count; `why` ends a sentence that names it."""

    override: Override
    why: str


@dataclass(frozen=True, slots=True)
class Overrides:
    """What came of the overrides of one pull request.

    Attributes:
        in_force: the one that counts.
        void: what was given after it and counts no more, in the order given.
    """

    in_force: Override | None = None
    void: tuple[Void, ...] = ()


NO_OVERRIDES = Overrides()


@dataclass(frozen=True, slots=True)
class Weighing:
    """What overrides are weighed by: today's change, the people, and whom the policy asks."""

    change: EnvironmentChange
    people: People
    approvers: Groups


def weigh(given: Sequence[Given], weighing: Weighing) -> Overrides:
    """Return the latest override that counts, and what was given after it in vain."""
    void: list[Void] = []
    for one in sorted(given, key=lambda one: one.override.comment, reverse=True):
        refusal = refuse_override(one, weighing)
        if refusal is None:
            return Overrides(one.override, tuple(reversed(void)))
        void.append(Void(one.override, refusal.headline))
    return Overrides(None, tuple(reversed(void)))


def refuse_override(given: Given, weighing: Weighing) -> Refusal | None:
    """Return why this override does not count; None when it does."""
    return _expired(given, weighing) or _not_approver(given.override, weighing)


def _expired(given: Given, weighing: Weighing) -> Refusal | None:
    if given.change == weighing.change and all(weighing.change):
        return None
    headline = "`environment/` has changed since the override was given"
    fact = "An override counts for the content that it was given for, and for no other."
    if given.change is None:
        headline = "GitHub does not tell which commit the override was given for"
        fact = "Perhaps somebody pushed in the very second in which it was written."
    return Refusal(
        code="OVERRIDE_EXPIRED",
        headline=headline,
        facts=(fact,),
        resolver=given.override.by,
        next="Look at the change as it is now, and give the override again",
    )


def _not_approver(override: Override, weighing: Weighing) -> Refusal | None:
    people, approvers = weighing.people, weighing.approvers
    if override.breaking:
        found = writing_objection(override.by, people)
    else:
        found = relation_objection(override.by, people) or standing_objection(
            override.by, people, approvers
        )
    if found is None:
        return None
    who_may = (
        "Breaking can be said by anyone with write access; non-breaking only by somebody of "
        f"{', '.join(approvers)} who neither opened this pull request nor pushed to it."
    )
    able = [one for one in members(approvers) if not relation_objection(one, people)]
    return Refusal(
        code="OVERRIDE_NEEDS_APPROVER",
        headline=f"{override.by} may not override the class to {override.word}",
        facts=(f"{override.by} {found[1]}.", who_may),
        resolver=", ".join(able) or "nobody: the groups in config/policy.yml must be extended",
        next=f'Ask one of them to comment `/override class {override.word} --reason "…"`',
    )


def refuse_for_policy(login: str) -> Refusal:
    """Return the refusal where the policy has turned overrides off."""
    return Refusal(
        code="OVERRIDE_OFF",
        headline="the policy does not let anybody override the class",
        facts=("`config/policy.yml` of the base branch says `overrides: false`.",),
        resolver=login,
        next="Declare what was found, or take back the change that asks for it",
    )


def refuse_needless(override: Override, verdict: str) -> Refusal:
    """Return the refusal where the change is of that class already."""
    return Refusal(
        code="OVERRIDE_NOT_NEEDED",
        headline=f"there is nothing to override to {override.word}",
        facts=(f"The verdict that counts is: {verdict}.",),
        resolver=override.by,
        next="/status",
    )
