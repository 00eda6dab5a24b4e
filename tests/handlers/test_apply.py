"""What is asked once more under the lease, before an apply writes anything."""

from typing import TYPE_CHECKING

import pytest

from bot.errors import UserError
from bot.handlers.apply import require_head
from bot.handlers.context import Context

if TYPE_CHECKING:
    from bot.adapters.git import GitRepository


def push_to_main(context: Context, elsewhere: "GitRepository") -> None:
    """Let another run's main be newer than ours."""
    main = elsewhere.fetch_branch("main")
    newer = elsewhere.commit((main,), {"README.md": b"newer"}, "Newer", at=context.clock.now())
    assert elsewhere.push(newer, "main", onto=main)


def test_a_plan_of_main_as_it_is_may_be_written(context: Context) -> None:
    require_head(context)


def test_a_plan_of_an_older_main_is_not_written(
    context: Context, elsewhere: "GitRepository"
) -> None:
    push_to_main(context, elsewhere)

    with pytest.raises(UserError) as refused:
        require_head(context)

    assert refused.value.refusal.code == "PLAN_STALE"
    assert context.rules.main[:12] in refused.value.refusal.facts[0]
