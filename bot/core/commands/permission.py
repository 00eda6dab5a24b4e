"""Who may give a command; what must hold for it is for the gates to say."""

from collections.abc import Collection, Mapping

from bot.core.commands.registry import CommandSpec, Level
from bot.core.gates.approval import is_among
from bot.core.refusal import Refusal

_LEVELS: Mapping[Level, Collection[str]] = {
    Level.READ: ("read", "triage", "write", "maintain", "admin"),
    Level.WRITE: ("write", "maintain", "admin"),
}


def refuse_giver(
    spec: CommandSpec, login: str, permission: str, members: Collection[str]
) -> Refusal | None:
    """Return why `login` may not give the command; None when they may.

    Args:
        spec: the command.
        login: who typed it.
        permission: GitHub's word for what the login may do in the repository.
        members: everybody in the groups of the gate that `spec.who` names; ignored without one.
    """
    if permission not in _LEVELS[spec.who.level]:
        fact = f"{login} has no {spec.who.level} access to the repository."
    elif spec.who.stage is not None and not is_among(login, members):
        fact = f"{login} is in none of the groups that `gates.{spec.who.stage}` asks."
    else:
        return None
    return Refusal(
        code="PERM_DENIED",
        headline=f"`/{spec.name}` may not be given by {login}",
        facts=(fact, f"Who may: {spec.who.text}."),
        resolver=", ".join(sorted(members)) if spec.who.stage and members else spec.who.text,
        next=f"Ask one of them to comment `{spec.examples[0].line}`",
    )
