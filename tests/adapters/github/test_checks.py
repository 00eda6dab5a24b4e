"""Check runs: written once, fifty annotations a request, never edited into another meaning."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bot.adapters.github import GitHubHosting
from bot.core.check_report import Annotation, CheckReport, Level
from bot.errors import BotError
from bot.sandbox.github.checks import annotations_of, latest_check_runs
from tests.adapters.github.conftest import hosting_at

if TYPE_CHECKING:
    from tests.adapters.github.conftest import Desk

REVIEW = "envbot/review"


def report(count: int, title: str = "breaking: needs major") -> CheckReport:
    notes = (
        Annotation("README.md", line, Level.WARNING, "rule", "what changed")
        for line in range(1, count + 1)
    )
    return CheckReport(title, "## Why", tuple(notes))


@pytest.fixture
def hosting(desk: "Desk") -> Iterator[GitHubHosting]:
    """Return the adapter with the token of a job that may write check runs."""
    desk.hub.store.insert(
        "tokens",
        token=f"ghs_checks_{desk.repository.name}",
        login="github-actions[bot]",
        repository=desk.repository.id,
        permissions='{"checks": "write", "contents": "read"}',
    )
    url = f"{desk.served.url}/api/v3"
    made = hosting_at(url, desk.repository.full_name, f"ghs_checks_{desk.repository.name}")
    yield made
    made.close()


@pytest.fixture
def head(desk: "Desk") -> str:
    return str(desk.repository.git.find("refs/heads/main"))


def test_120_annotations_are_written_with_three_requests(
    desk: "Desk", hosting: GitHubHosting, head: str
) -> None:
    calls = desk.cost(lambda: hosting.publish_check(head, REVIEW, report(120)))

    (run,) = latest_check_runs(desk.hub, desk.repository, head)
    assert [call.partition(" ")[0] for call in calls] == ["GET", "POST", "PATCH", "PATCH"]
    assert [note["start_line"] for note in annotations_of(run)] == list(range(1, 121))
    assert run["conclusion"] == "neutral"


def test_the_same_report_is_not_written_again(
    desk: "Desk", hosting: GitHubHosting, head: str
) -> None:
    hosting.publish_check(head, REVIEW, report(2), url="https://example.com/run/1")

    calls = desk.cost(
        lambda: hosting.publish_check(head, REVIEW, report(2), url="https://example.com/run/2")
    )

    assert [call.partition(" ")[0] for call in calls] == ["GET"]


def test_another_report_replaces_the_annotations(
    desk: "Desk", hosting: GitHubHosting, head: str
) -> None:
    hosting.publish_check(head, REVIEW, report(3))
    hosting.publish_check(head, REVIEW, report(1, "non-breaking: needs patch"))

    (run,) = latest_check_runs(desk.hub, desk.repository, head)
    assert (run["title"], len(annotations_of(run))) == ("non-breaking: needs patch", 1)


def test_a_report_without_annotations_is_written_too(
    desk: "Desk", hosting: GitHubHosting, head: str
) -> None:
    hosting.publish_check(head, REVIEW, report(0))

    assert len(latest_check_runs(desk.hub, desk.repository, head)) == 1


def test_a_token_without_the_permission_is_told_so(desk: "Desk", head: str) -> None:
    with pytest.raises(BotError, match=f"annotate {head[:7]}"):
        desk.hosting.publish_check(head, REVIEW, report(1))
