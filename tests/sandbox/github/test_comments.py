"""Comments, reactions, labels and issues, through the real PyGithub."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from github import GithubException

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk


def test_a_comment_is_edited_in_place(desk: "Desk") -> None:
    pull = desk.open_pull()
    comment = pull.create_issue_comment("first")

    comment.edit("second")

    assert [(it.id, it.body) for it in pull.get_issue_comments()] == [(comment.id, "second")]


def test_comments_come_in_pages(desk: "Desk") -> None:
    number = desk.open_pull().number
    pull = desk.repository(per_page=2).get_pull(number)
    for text in "abcde":
        pull.create_issue_comment(text)

    assert [it.body for it in pull.get_issue_comments()] == list("abcde")


def test_a_deleted_comment_is_gone(desk: "Desk") -> None:
    pull = desk.open_pull()
    comment = pull.create_issue_comment("first")

    comment.delete()

    with pytest.raises(GithubException) as refused:
        pull.get_issue_comment(comment.id)
    assert refused.value.status == 404


@pytest.mark.parametrize(
    ("length", "accepted"),
    [pytest.param(65_536, True, id="the longest"), pytest.param(65_537, False, id="one more")],
)
def test_a_comment_has_a_longest_length(desk: "Desk", length: int, accepted: bool) -> None:
    pull = desk.open_pull()

    if accepted:
        assert len(pull.create_issue_comment("x" * length).body) == length
    else:
        with pytest.raises(GithubException, match="too long") as refused:
            pull.create_issue_comment("x" * length)
        assert refused.value.status == 422


def test_a_reader_edits_only_their_own_comments(desk: "Desk") -> None:
    pull = desk.open_pull()
    comment = pull.create_issue_comment("by ada")
    theirs = desk.repository("mallory").get_pull(pull.number)

    theirs.create_issue_comment("by mallory").edit("still by mallory")

    with pytest.raises(GithubException) as refused:
        theirs.get_issue_comment(comment.id).edit("taken over")
    assert refused.value.status == 403


def test_the_same_reaction_counts_once(desk: "Desk") -> None:
    comment = desk.open_pull().create_issue_comment("/help")

    first, second = comment.create_reaction("eyes"), comment.create_reaction("eyes")
    comment.create_reaction("rocket")

    assert first.id == second.id
    assert [it.content for it in comment.get_reactions()] == ["eyes", "rocket"]


def test_a_reaction_can_be_taken_back(desk: "Desk") -> None:
    comment = desk.open_pull().create_issue_comment("/help")
    reaction = comment.create_reaction("eyes")

    assert comment.delete_reaction(reaction.id)
    assert list(comment.get_reactions()) == []


def test_an_unknown_reaction_is_refused(desk: "Desk") -> None:
    comment = desk.open_pull().create_issue_comment("/help")

    with pytest.raises(GithubException) as refused:
        comment.create_reaction("thinking")

    assert refused.value.status == 422


def test_labels_are_added_replaced_and_removed(desk: "Desk") -> None:
    pull = desk.open_pull()

    pull.add_to_labels("breaking", "urgent")
    pull.remove_from_labels("urgent")
    after_removal = [it.name for it in pull.get_labels()]
    pull.set_labels("rollback")

    assert (after_removal, [it.name for it in pull.get_labels()]) == (["breaking"], ["rollback"])


def test_an_issue_is_opened_found_by_label_and_closed(desk: "Desk") -> None:
    repository = desk.repository()
    issue = repository.create_issue("Drift", body="P001/C001 differs", labels=["drift"])
    desk.open_pull()

    assert [it.number for it in repository.get_issues(labels=["drift"])] == [issue.number]
    issue.edit(state="closed")
    assert repository.get_issue(issue.number).state == "closed"
    assert [it.number for it in repository.get_issues(labels=["drift"])] == []


def test_a_deleted_comment_leaves_its_id_to_nobody(desk: "Desk") -> None:
    issue = desk.repository().get_issue(desk.open_pull().number)
    first = issue.create_comment("one")
    first.delete()

    assert issue.create_comment("two").id > first.id


def test_the_comments_of_the_whole_repository_come_in_one_list(desk: "Desk") -> None:
    first, second = desk.open_pull("one"), desk.open_pull("two")
    second.create_issue_comment("a")
    first.create_issue_comment("b")
    desk.repository().create_issue("an issue").create_comment("c")

    found = list(desk.repository().get_issues_comments(sort="created", direction="asc"))

    assert [it.body for it in found] == list("abc")
    assert [it.html_url.split("/")[-2] for it in found] == ["pull", "pull", "issues"]


def test_comments_are_listed_since_their_last_change(desk: "Desk") -> None:
    pull = desk.open_pull()
    old, edited = (pull.create_issue_comment(text) for text in ("old", "edited"))
    sql = "UPDATE comments SET created_at = ?, updated_at = ? WHERE id = ?"
    for comment, updated in ((old, "2026-03-01T12:00:00Z"), (edited, "2026-03-01T12:00:02Z")):
        desk.served.hub.store.change(sql, "2026-03-01T12:00:00Z", updated, comment.id)

    found = desk.repository().get_issues_comments(
        since=datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC), sort="created"
    )

    assert [it.body for it in found] == ["edited"]


def test_an_edit_within_the_second_of_writing_is_known_to_graphql_alone(desk: "Desk") -> None:
    comment = desk.open_pull().create_issue_comment("first")
    requester = desk.repository().requester

    def last_edit() -> object:
        _, data = requester.graphql_node(comment.node_id, "lastEditedAt", "IssueComment")
        return data["data"]["node"]["lastEditedAt"]

    before = last_edit()
    comment.edit("second")

    assert before is None
    assert last_edit() is not None


def test_graphql_resolves_no_comment_that_is_not_there(desk: "Desk") -> None:
    requester = desk.repository().requester

    with pytest.raises(GithubException) as refused:
        requester.graphql_node("SXNzdWVDb21tZW50Ojk5OTk=", "lastEditedAt", "IssueComment")

    assert refused.value.status == 404
