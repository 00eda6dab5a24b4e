"""The approvals a gate asks for: how many are there, who could still give one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from bot.core.gates.approval import (
    Conversation,
    Groups,
    Objection,
    Tally,
    is_among,
    is_team,
    objection_to,
)
from bot.core.gates.facts import Giver
from bot.core.gates.quorum import seat
from bot.core.gates.requirements import Requirement, met

_SELF = frozenset({Objection.AUTHOR, Objection.PUSHER})
# The policy reader refuses such a policy; a gate that meets one all the same stays closed.
_NOBODY_ASKED = Requirement(
    "approval",
    met=False,
    text="The policy asks nobody for this gate.",
    next="Name groups and a quorum in config/policy.yml",
    code="CONFIG_INVALID",
)


@dataclass(frozen=True, slots=True)
class Asking:
    """How a gate asks for approvals: what counts as one, and what to type or click for it."""

    word: str = "approvals"
    step: str = "Approve this pull request"


BY_REVIEW = Asking()
BY_COMMAND = Asking("have promoted or approved it", "/promote registry")


def approvals(  # noqa: PLR0913 - who counted, who is asked, how many, and how
    tally: Tally,
    asked: Groups,
    quorum: int,
    conversation: Conversation,
    giver: Giver | None = None,
    *,
    asking: Asking = BY_REVIEW,
) -> tuple[Requirement, ...]:
    """Ask for `quorum` people of each group; nobody fills two seats."""
    if not asked or quorum < 1:
        return (_NOBODY_ASKED,)
    seated = seat(tally.counted, tuple(asked), quorum)
    busy = [login for logins in seated.values() for login in logins]
    requirements = list(_unread(asked))
    for group, logins in seated.items():
        text = f"{group}: {len(logins)} of {quorum} {asking.word}"
        if len(logins) >= quorum:
            requirements.append(met(f"approval:{group}", f"{text} ({', '.join(logins)})."))
            continue
        able = _able(asked[group], conversation, busy)
        enough = len(able) >= quorum - len(logins)
        requirements.append(
            Requirement(
                f"approval:{group}",
                met=False,
                text=f"{text}{'' if enough else '; too few people of the group are left'}.",
                who=able,
                next=asking.step if enough else "Extend the group in the policy",
                code=_approval_code(tally, giver),
            )
        )
    return tuple(requirements)


def _unread(asked: Groups) -> Iterator[Requirement]:
    """Keep the gate closed while it is not known who is in a group."""
    for group, members in asked.items():
        teams = [member for member in members if is_team(member)]
        if teams:
            yield Requirement(
                f"members:{group}",
                met=False,
                text=f"{group}: the members of {', '.join(teams)} could not be read from GitHub.",
                next="Give envbot a GitHub App token with members:read, or list the people",
                code="TEAM_UNREADABLE",
            )


def able_of(asked: Groups, conversation: Conversation) -> tuple[str, ...]:
    """Return everybody in these groups who could approve here, sorted."""
    return tuple(sorted({one for group in asked.values() for one in _able(group, conversation)}))


def _approval_code(tally: Tally, giver: Giver | None) -> str:
    """Return the code for a missing approval: the giver's own fault comes before waiting."""
    own = [one for one in tally.discounted if giver and is_among(one.login, [giver.login])]
    return "SELF_APPROVAL" if any(one.objection in _SELF for one in own) else "GATE_PENDING"


def _able(
    group: Collection[str], conversation: Conversation, busy: Collection[str] = ()
) -> tuple[str, ...]:
    """Return who could still approve; only for display, so an unknown permission is no obstacle."""
    hoped = dict.fromkeys(group, "write") | dict(conversation.permissions)
    hopeful = replace(conversation, permissions=hoped)
    return tuple(
        login
        for login in sorted(group)
        if not (is_among(login, busy) or is_team(login))
        and not objection_to(login, hopeful, {"": group})
    )
