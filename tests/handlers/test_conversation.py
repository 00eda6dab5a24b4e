"""Who may approve: whoever may write now, and on what was merged whomever its rules named."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.github import GitHubHosting, GitHubSettings
from bot.core.gates.approval import Objection, ReleaseContent, Review, Window, count
from bot.core.pull_request import PullRequest
from bot.handlers.context import Context
from bot.handlers.conversation import read_conversation
from tests.sample_pull import PULL

CONTENT = ReleaseContent("custom-tf-env", "1.5.1", "a" * 64, "b" * 64)
GIVEN = PULL.created_at + timedelta(hours=1)
MERGED = replace(PULL, open=False, merged_at=GIVEN + timedelta(hours=1), merge_commit="m" * 40)


class Deserted(GitHubHosting):
    """A repository that everybody has left, with one approval of `by`."""

    by = "grace"

    def reviews(self, number: int) -> tuple[Review, ...]:
        del number
        return (Review(self.by, "APPROVED", PULL.head, GIVEN),)

    def pushers(self, number: int) -> frozenset[str]:
        del number
        return frozenset()

    def permission(self, login: str) -> str:
        del login
        return "none"


@pytest.fixture
def deserted(context: Context) -> Context:
    """Return a run on that repository, by the sample policy: Grace is the only manager."""
    nowhere = GitHubSettings("http://127.0.0.1:1", "plants/fleet", "token")
    return replace(context, hosting=Deserted(nowhere))


def objections(context: Context, pull: PullRequest) -> list[Objection]:
    """Return why the one approval of `pull` counts for no manager's seat; empty if it does."""
    talk = read_conversation(context, pull, CONTENT, main=pull.base)
    asked = {"engineering-managers": context.rules.policy.groups["engineering-managers"]}
    now = pull.merged_at or GIVEN
    return [one.objection for one in count(talk, asked, Window(now, None, None)).discounted]


def test_who_leaves_after_the_merge_has_approved_it(deserted: Context) -> None:
    assert objections(deserted, MERGED) == []


def test_who_leaves_before_the_merge_has_not(deserted: Context) -> None:
    assert objections(deserted, PULL) == [Objection.PERMISSION]


@pytest.mark.parametrize("stranger", ["mallory", "marie"])
def test_whom_the_rules_did_not_name_has_approved_no_merge(
    deserted: Context, monkeypatch: pytest.MonkeyPatch, stranger: str
) -> None:
    monkeypatch.setattr(Deserted, "by", stranger)

    assert objections(deserted, MERGED) == [Objection.NOT_IN_GROUP]


def test_who_speaks_on_a_merged_pull_request_now_must_have_stayed(deserted: Context) -> None:
    talk = read_conversation(deserted, MERGED, CONTENT, main=MERGED.base, also=["grace"])

    assert talk.permissions == {"grace": "none"}
