"""Who may give which command."""

import pytest

from bot.core.commands.permission import refuse_giver
from bot.core.commands.registry import COMMANDS

ENGINEERS = ("ann",)
PERMISSIONS = ("none", "read", "triage", "write", "maintain", "admin")


@pytest.mark.parametrize(
    ("command", "login", "least"),
    [
        pytest.param("help", "eve", "read", id="anyone asks for help"),
        pytest.param("status", "eve", "read", id="anyone asks for the status"),
        pytest.param("bump", "eve", "write", id="writers bump"),
        pytest.param("evidence", "eve", "write", id="writers have the evidence read"),
        pytest.param("promote", "Ann", "write", id="engineers promote"),
        pytest.param("promote", "eve", None, id="others do not promote"),
        pytest.param("retry", "ann", "write", id="engineers retry"),
        pytest.param("retry", "eve", None, id="others do not retry"),
    ],
)
def test_a_command_needs_the_permission_it_names(
    command: str, login: str, least: str | None
) -> None:
    allowed = [
        permission
        for permission in PERMISSIONS
        if refuse_giver(COMMANDS[command], login, permission, ENGINEERS) is None
    ]

    assert allowed == (list(PERMISSIONS[PERMISSIONS.index(least) :]) if least else [])


def test_a_refusal_names_who_may() -> None:
    refusal = refuse_giver(COMMANDS["promote"], "eve", "write", ENGINEERS)

    assert refusal is not None
    assert refusal.code == "PERM_DENIED"
    assert refusal.resolver == "ann"
