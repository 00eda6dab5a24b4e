"""Puts the people of each team into the groups of the policy, as GitHub names them now."""

from collections.abc import Iterator

import msgspec

from bot.core.config.policy import Policy
from bot.core.gates.approval import is_team
from bot.errors import BotError
from bot.handlers.ports import Teams


def with_people(policy: Policy, teams: Teams | None) -> Policy:
    """Return the policy with people alone in its groups.

    A team that GitHub does not tell of stays in its group: the gates are closed while it is there,
    and what needs no gate goes on.
    """
    if teams is None:
        return policy
    known = {team: _people(team, teams) for team in sorted(set(_teams_of(policy)))}
    groups = {
        group: tuple(
            dict.fromkeys(one for member in members for one in known.get(member, [member]))
        )
        for group, members in policy.groups.items()
    }
    return msgspec.structs.replace(policy, groups=groups)


def _teams_of(policy: Policy) -> Iterator[str]:
    return (member for group in policy.groups.values() for member in group if is_team(member))


def _people(team: str, teams: Teams) -> tuple[str, ...]:
    try:
        return teams.members(team.removeprefix("@"))
    except BotError:
        return (team,)
