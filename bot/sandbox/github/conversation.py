"""Comments, their reactions, and reviews."""

from bot.sandbox.github.accounts import Caller, has_level
from bot.sandbox.github.hub import Event, Hub, Repository
from bot.sandbox.github.pulls import find_pull, touch
from bot.sandbox.github.refused import RefusedError, invalid, not_found, unprocessable
from bot.sandbox.github.store import Row, now

LONGEST_BODY = 65_536
REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")
_VERDICTS = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}


def find_issue(hub: Hub, repository: Repository, number: int) -> Row:
    """Return one issue or pull request.

    Raises:
        RefusedError: 404, there is none of that number.
    """
    found = hub.store.row(
        "SELECT * FROM issues WHERE repository = ? AND number = ?", repository.id, number
    )
    if found is None:
        raise not_found()
    return found


def check_body(body: object) -> str:
    """Return `body` if it may be the text of a comment or an issue.

    Raises:
        RefusedError: 422, it is empty or longer than `LONGEST_BODY` characters.
    """
    if not isinstance(body, str) or not body.strip():
        raise invalid("IssueComment", "body", "body can't be blank")
    if len(body) > LONGEST_BODY:
        message = f"body is too long (maximum is {LONGEST_BODY} characters)"
        raise invalid("IssueComment", "body", message)
    return body


def add_comment(hub: Hub, repository: Repository, caller: Caller, number: int, body: object) -> Row:
    """Add a comment to an issue or pull request and emit `issue_comment`."""
    issue = find_issue(hub, repository, number)
    moment = now()
    comment = hub.store.insert(
        "comments",
        issue=issue["id"],
        author=caller.login,
        body=check_body(body),
        created_at=moment,
        updated_at=moment,
    )
    touch(hub, issue)
    _emit_comment(hub, repository, caller, comment, "created")
    return find_comment(hub, repository, comment)


def find_comment(hub: Hub, repository: Repository, comment: int) -> Row:
    """Return one comment with the `number` of what it stands on.

    Raises:
        RefusedError: 404, there is none.
    """
    found = hub.store.row(
        "SELECT comments.*, number FROM comments JOIN issues ON issues.id = comments.issue "
        "WHERE comments.id = ? AND repository = ?",
        comment,
        repository.id,
    )
    if found is None:
        raise not_found()
    return found


def list_comments(hub: Hub, repository: Repository, number: int) -> list[Row]:
    """Return the comments of an issue or pull request, oldest first."""
    issue = find_issue(hub, repository, number)
    return hub.store.rows(
        "SELECT comments.*, number FROM comments JOIN issues ON issues.id = comments.issue "
        "WHERE issue = ? ORDER BY comments.id",
        issue["id"],
    )


def list_all_comments(hub: Hub, repository: Repository) -> list[Row]:
    """Return the comments of all issues and pull requests, oldest first."""
    return hub.store.rows(
        "SELECT comments.*, number FROM comments JOIN issues ON issues.id = comments.issue "
        "WHERE repository = ? ORDER BY comments.id",
        repository.id,
    )


def edit_comment(
    hub: Hub, repository: Repository, caller: Caller, comment: int, body: object
) -> Row:
    """Replace a comment's text: its author may, and whoever may write; emit `edited`.

    Raises:
        RefusedError: 403, somebody else's; 404; 422, see `check_body`.
    """
    found = find_comment(hub, repository, comment)
    _check_may_change(hub, repository, caller, found)
    hub.store.change(
        "UPDATE comments SET body = ?, updated_at = ?, last_edited_at = ? WHERE id = ?",
        check_body(body),
        *(now(), now()),
        comment,
    )
    _emit_comment(hub, repository, caller, comment, "edited", before=found["body"])
    return find_comment(hub, repository, comment)


def delete_comment(hub: Hub, repository: Repository, caller: Caller, comment: int) -> None:
    """Remove a comment and its reactions; emit `deleted`.

    Raises:
        RefusedError: 403, somebody else's; 404.
    """
    found = find_comment(hub, repository, comment)
    _check_may_change(hub, repository, caller, found)
    _emit_comment(hub, repository, caller, comment, "deleted")
    hub.store.change("DELETE FROM comments WHERE id = ?", comment)
    hub.store.change("DELETE FROM reactions WHERE comment = ?", comment)


def _check_may_change(hub: Hub, repository: Repository, caller: Caller, comment: Row) -> None:
    own = comment["author"].lower() == caller.login.lower()
    if (
        not own
        and not caller.is_job
        and not has_level(hub.store, repository.id, caller.login, "write")
    ):
        raise RefusedError(403, "Must have admin rights to Repository.")


def _emit_comment(
    hub: Hub, repository: Repository, caller: Caller, comment: int, action: str, **extra: object
) -> None:
    sha = repository.git.find(repository.default_ref) or ""
    number = find_comment(hub, repository, comment)["number"]
    subject = {"comment": comment, "number": number, **extra}
    hub.emit(
        Event("issue_comment", action, repository, caller, repository.default_ref, sha, subject)
    )


def react(hub: Hub, caller: Caller, comment: int, content: object) -> tuple[Row, bool]:
    """Add a reaction; return it, and whether it is new.

    Raises:
        RefusedError: 422, GitHub has no such reaction.
    """
    if content not in REACTIONS:
        raise invalid("Reaction", "content", "is not included in the list")
    found = _reaction(hub, caller, comment, content)
    if found is not None:
        return found, False
    hub.store.insert(
        "reactions", comment=comment, login=caller.login, content=content, created_at=now()
    )
    added = _reaction(hub, caller, comment, content)
    if added is None:
        raise not_found()
    return added, True


def _reaction(hub: Hub, caller: Caller, comment: int, content: object) -> Row | None:
    return hub.store.row(
        "SELECT * FROM reactions WHERE comment = ? AND login = ? AND content = ?",
        comment,
        caller.login,
        content,
    )


def reactions_to(hub: Hub, comment: int) -> list[Row]:
    """Return the reactions to a comment, oldest first."""
    return hub.store.rows("SELECT * FROM reactions WHERE comment = ? ORDER BY id", comment)


def add_review(
    hub: Hub, repository: Repository, caller: Caller, number: int, asked: tuple[str, str, str]
) -> Row:
    """Submit a review and emit `submitted`; `asked` is GitHub's event, the body, the commit.

    Raises:
        RefusedError: 422, one's own pull request, or an event that GitHub does not have.
    """
    event, body, commit = asked
    pull = find_pull(hub, repository, number)
    if event not in _VERDICTS:
        raise unprocessable("Event is not included in the list")
    if event != "COMMENT" and pull["author"] == caller.login:
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise unprocessable(f"Can not {verb} your own pull request")
    review = hub.store.insert(
        "reviews",
        issue=pull["issue"],
        author=caller.login,
        state=_VERDICTS[event],
        body=body,
        commit_id=commit or pull["head_sha"],
        submitted_at=now(),
    )
    touch(hub, pull)
    _emit_review(hub, repository, caller, (number, review), "submitted")
    return find_review(hub, repository, number, review)


def find_review(hub: Hub, repository: Repository, number: int, review: int) -> Row:
    """Return one review of a pull request.

    Raises:
        RefusedError: 404, there is none.
    """
    pull = find_pull(hub, repository, number)
    found = hub.store.row("SELECT * FROM reviews WHERE id = ? AND issue = ?", review, pull["issue"])
    if found is None:
        raise not_found()
    return found


def list_reviews(hub: Hub, repository: Repository, number: int) -> list[Row]:
    """Return the reviews of a pull request, oldest first."""
    pull = find_pull(hub, repository, number)
    return hub.store.rows("SELECT * FROM reviews WHERE issue = ? ORDER BY id", pull["issue"])


def dismiss_review(
    hub: Hub, repository: Repository, caller: Caller, number: int, review: int
) -> Row:
    """Take the effect of a review away and emit `dismissed`.

    Raises:
        RefusedError: 422, it neither approved nor asked for changes.
    """
    found = find_review(hub, repository, number, review)
    if found["state"] not in ("APPROVED", "CHANGES_REQUESTED"):
        raise unprocessable("Can not dismiss a commented pull request review")
    hub.store.change("UPDATE reviews SET state = 'DISMISSED' WHERE id = ?", review)
    _emit_review(hub, repository, caller, (number, review), "dismissed")
    return find_review(hub, repository, number, review)


def _emit_review(
    hub: Hub, repository: Repository, caller: Caller, which: tuple[int, int], action: str
) -> None:
    number, review = which
    ref = f"refs/pull/{number}/merge"
    sha = repository.git.find(ref) or find_pull(hub, repository, number)["head_sha"]
    subject = {"number": number, "review": review}
    hub.emit(Event("pull_request_review", action, repository, caller, ref, sha, subject))
