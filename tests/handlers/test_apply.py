"""What is asked once more under the lease, before an apply writes anything."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.adapters.github import GitHubHosting, GitHubSettings
from bot.core.production.lease import Lease
from bot.errors import UserError
from bot.handlers.apply import require_head, told_before
from bot.handlers.context import Context

if TYPE_CHECKING:
    from bot.adapters.git import GitRepository


class OneMerge(GitHubHosting):
    """A repository in which #7 alone was merged."""

    def is_merged(self, number: int) -> bool:
        return number == 7


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


def test_a_lease_that_was_left_names_merged_pull_requests_or_nobody(context: Context) -> None:
    nowhere = GitHubSettings("http://127.0.0.1:1", "plants/fleet", "token")
    asked = replace(context, hosting=OneMerge(nowhere))
    left = Lease("run 1", "", datetime(2026, 3, 1, tzinfo=UTC), pulls=(7, 12, 999_999))

    assert list(told_before(asked, left)) == [7]
    assert list(told_before(asked, None)) == []
