"""Who said what on a pull request, read from the API and tied to content by git."""

from collections.abc import Iterable

from bot.core.gates.approval import Conversation, ReleaseContent, is_among
from bot.core.gates.approval import Review as GivenReview
from bot.core.pull_request import PullRequest
from bot.core.review import release_content
from bot.handlers.context import Context
from bot.handlers.sources import read_sources


def read_conversation(
    context: Context,
    pull: PullRequest,
    head: ReleaseContent,
    *,
    main: str,
    also: Iterable[str] = (),
) -> Conversation:
    """Return the conversation of `pull`; `also` are people who say something on it just now.

    Permissions are asked only of members of a group: nobody else's approval can count.
    """
    reviews = context.hosting.reviews(pull.number)
    speaking = _grouped(context, also)
    reviewers = _grouped(context, (review.login for review in reviews)) - speaking
    return Conversation(
        author=pull.author,
        pushers=context.hosting.pushers(pull.number),
        bots=(context.hosting.login,),
        reviews=reviews,
        permissions=permissions_on(context, pull, reviewers) | _permissions_now(context, speaking),
        contents={pull.head: head} | _contents(context, main, reviews, known=pull.head),
        head=head,
    )


def permissions_on(context: Context, pull: PullRequest, logins: Iterable[str]) -> dict[str, str]:
    """Return what each may do on `pull`; of a merged one, that whoever was named could write.

    GitHub tells only what somebody may do now. Whom the rules of that time named could decide, and
    whoever loses access later takes nothing back: else what they approved could never be applied.
    """
    if pull.merged_at is None:
        return _permissions_now(context, logins)
    return dict.fromkeys(logins, "write")


def _permissions_now(context: Context, logins: Iterable[str]) -> dict[str, str]:
    return {login: context.hosting.permission(login) for login in sorted(logins)}


def _grouped(context: Context, logins: Iterable[str]) -> set[str]:
    groups = context.rules.policy.groups.values()
    return {login for login in logins if any(is_among(login, members) for members in groups)}


def _contents(
    context: Context, main: str, reviews: Iterable[GivenReview], *, known: str
) -> dict[str, ReleaseContent]:
    """Return what each approved commit would release; one that is gone stays unknown."""
    commits = {review.commit for review in reviews if review.state == "APPROVED"} - {known}
    return {
        commit: release_content(
            read_sources(context.repository, main, commit), context.rules.platform
        )
        for commit in sorted(commits)
        if context.repository.fetch_if_there(commit)
    }
