"""Who has a stage when an apply runs outside of Actions: one process, however many run."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.adapters.github import GitHubHosting, GitHubSettings
from bot.core.production.lease import FILE, from_json
from bot.errors import UserError
from bot.handlers.context import Context
from bot.handlers.ref_record import read_record
from bot.handlers.stage_lease import hold, left_in

STAGE = "production"
REF = "refs/envbot/locks/production"


@pytest.fixture
def hosting() -> Iterator[GitHubHosting]:
    """Return a GitHub that cannot be asked, and need not be: no lease here is a workflow run's."""
    found = GitHubHosting(GitHubSettings("http://127.0.0.1:1", "plants/fleet", "token"))
    yield found
    found.close()


@pytest.fixture
def terminals(context: Context, hosting: GitHubHosting) -> tuple[Context, Context]:
    """Return two runs of the same main from two terminals."""
    first = replace(context, hosting=hosting, run_url="", process="process 1")
    return first, replace(first, process="process 2")


def claim(context: Context) -> str:
    return from_json(read_record(context.repository, REF, FILE).data or b"").claim


def test_two_terminals_do_not_apply_the_same_main_at_once(
    terminals: tuple[Context, Context],
) -> None:
    first, second = terminals

    with hold(first, STAGE, ()):
        with pytest.raises(UserError) as refused, hold(second, STAGE, ()):
            pytest.fail("both hold production")
        assert refused.value.refusal.code == "LOCKED"
        assert "process 1" in refused.value.refusal.facts[0]
        assert claim(first) == "process 1"


def test_a_terminal_goes_on_where_one_that_was_killed_stopped(
    terminals: tuple[Context, Context],
) -> None:
    first, second = terminals
    abandoned = hold(first, STAGE, (7,))
    abandoned.__enter__()
    second = replace(second, process_is_over=lambda owner: owner == "process 1")

    left = left_in(second, STAGE)
    with hold(second, STAGE, ()):
        assert claim(second) == "process 2"

    assert left is not None
    assert left.pulls == (7,)
