"""Acting on a pull request from its page: who one is, and proof that the page asked."""

import secrets
from html import escape

from starlette.requests import Request

from bot.sandbox.github.hub import Hub, Repository
from bot.sandbox.github.page.conversation import state_of
from bot.sandbox.github.refused import RefusedError
from bot.sandbox.github.store import Row

CSRF_COOKIE = "csrf"
PERSON_COOKIE = "person"


def csrf_token(request: Request) -> str:
    """Return the token that this browser's forms carry; a new one when it has none."""
    return request.cookies.get(CSRF_COOKIE) or secrets.token_urlsafe(24)


def check_csrf(request: Request, sent: str) -> None:
    """Let a form pass that comes from our own page.

    Raises:
        RefusedError: 403, it carries no token, or not this browser's.
    """
    known = request.cookies.get(CSRF_COOKIE, "")
    if not known or not secrets.compare_digest(known.encode(), sent.encode()):
        raise RefusedError(403, "The form is not from this page, or the page is too old.")


def people_of(hub: Hub, repository: Repository) -> list[Row]:
    """Return the collaborators of a repository with their permissions, by name."""
    return hub.store.rows(
        "SELECT login, permission FROM collaborators WHERE repository = ? ORDER BY login",
        repository.id,
    )


def form(hub: Hub, repository: Repository, pull: Row, person: str, token: str) -> str:
    """Return the form below the conversation; `person` is chosen, `token` proves its origin."""
    people = "".join(
        f'<option value="{escape(row["login"])}"{" selected" if row["login"] == person else ""}>'
        f"{escape(row['login'])} ({escape(row['permission'])})</option>"
        for row in people_of(hub, repository)
    )
    is_open = state_of(pull) == "open"
    buttons = '<button name="act" value="comment" class="main">Comment</button>'
    if is_open:
        buttons += (
            '<button name="act" value="approve">Approve</button>'
            '<button name="act" value="merge">Merge</button>'
        )
    action = f"/{repository.full_name}/pull/{pull['number']}"
    return (
        f'<form method="post" action="{escape(action)}" class="answer">'
        f'<input type="hidden" name="csrf" value="{escape(token)}">'
        f'<label>As <select name="person">{people}</select></label>'
        '<label for="body" class="unseen">Comment</label>'
        '<textarea id="body" name="body" rows="4" '
        'placeholder="Leave a comment, or a command such as /help"></textarea>'
        f'<div class="buttons">{buttons}</div></form>'
    )
