"""Who said what on a pull request, read from the API and tied to content by git."""

from collections.abc import Iterable

from bot.core.config.policy import Policy
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
    """Return the conversation of `pull`; `also` are further people whose permission matters.

    Permissions are asked only of members of a group: nobody else's approval can count.
    """
    reviews = context.hosting.reviews(pull.number)
    people = {review.login for review in reviews} | set(also)
    return Conversation(
        author=pull.author,
        pushers=context.hosting.pushers(pull.number),
        bots=(context.hosting.login,),
        reviews=reviews,
        permissions={
            login: context.hosting.permission(login)
            for login in sorted(people)
            if _is_grouped(login, context.rules.policy)
        },
        contents={pull.head: head} | _contents(context, main, reviews, known=pull.head),
        head=head,
    )


def _is_grouped(login: str, policy: Policy) -> bool:
    return any(is_among(login, members) for members in policy.groups.values())


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
