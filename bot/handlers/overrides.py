"""Reads who overrode the class, from the comments as they are now; nothing of it is stored (D2).

Every gate asks again: for the summary, before a promotion, and after the merge as of its time. A
comment that was edited or deleted counts for nothing. People with write access can edit a comment
of somebody else, and an edit in the second in which it was written leaves no trace; so only a
comment counts on which this bot put its 🚀 when the event still said what the comment says now.
"""

from collections.abc import Iterator

from bot.core.commands.command import Command, parse
from bot.core.gates.approval import People
from bot.core.gates.overrides import (
    NO_OVERRIDES,
    Given,
    Overrides,
    Weighing,
    refuse_for_policy,
    refuse_needless,
    refuse_override,
    weigh,
)
from bot.core.override import EnvironmentChange, Override
from bot.core.pull_request import Comment, PullRequest
from bot.core.review import Review, environment_change
from bot.core.sources import Sources
from bot.errors import UserError
from bot.handlers.context import Context
from bot.handlers.conversation import permissions_on
from bot.handlers.reply import DONE


def read_overrides(context: Context, pull: PullRequest, sources: Sources) -> Overrides:
    """Return what the overrides on `pull` come to, now or as of its merge."""
    change = environment_change(sources.base, sources.head)
    if pull.from_fork or change.before == change.after or not context.rules.policy.overrides:
        return NO_OVERRIDES
    found = list(_overrides(context, pull))
    if not found:
        return NO_OVERRIDES
    weighing = _weighing(context, pull, change, {one.by for one in found})
    return weigh([_given(context, pull, one) for one in found], weighing)


def require_override(
    context: Context, pull: PullRequest, comment: Comment, reviewed: Review
) -> Override:
    """Return the override that a comment gives, which changes the verdict of `reviewed`.

    Raises:
        UserError: it does not count, or would change nothing.
    """
    override = _override_of(comment)
    if not context.rules.policy.overrides or override is None:
        raise UserError(refuse_for_policy(comment.author))
    change = environment_change(reviewed.sources.base, reviewed.sources.head)
    is_breaking = reviewed.verdict.verdict == "breaking"
    if change.before == change.after or override.breaking == is_breaking:
        raise UserError(refuse_needless(override, reviewed.verdict.verdict))
    weighing = _weighing(context, pull, change, {override.by})
    refusal = refuse_override(_given(context, pull, override), weighing)
    if refusal:
        raise UserError(refusal)
    return override


def _override_of(comment: Comment) -> Override | None:
    """Return the override that a comment gives; None for any other and for a void one."""
    command = parse(comment.body)
    if comment.edited or comment.by_bot or not isinstance(command, Command):
        return None
    if command.name != "override":
        return None
    word, reason = command.arguments["class"], command.arguments["reason"]
    return Override(comment.id, comment.author, comment.created_at, word == "breaking", reason)


def _given(context: Context, pull: PullRequest, override: Override) -> Given:
    """Return an override with the change that its giver saw, by GitHub's record of pushes.

    Where somebody pushed in the second in which it was written, it counts if that changed nothing.
    """
    heads = context.hosting.heads_at(pull.number, override.at)
    changes = {_change_at(context, head) for head in heads}
    return Given(override, changes.pop() if len(changes) == 1 else None)


def _change_at(context: Context, head: str) -> EnvironmentChange | None:
    """Return what `head` changes; None where its commit is gone."""
    if not context.repository.fetch_if_there(head):
        return None
    base = context.repository.merge_base(context.rules.main, head)
    trees = (context.repository.read(commit, "environment") for commit in (base, head))
    return environment_change(*trees)


def _weighing(
    context: Context, pull: PullRequest, change: EnvironmentChange, givers: set[str]
) -> Weighing:
    """Return what overrides by `givers` are weighed by.

    Each has this bot's 🚀, or is being given now: its giver could write when they gave it.
    """
    hosting, policy = context.hosting, context.rules.policy
    people = People(
        author=pull.author,
        pushers=hosting.pushers(pull.number),
        bots=(hosting.login,),
        permissions=permissions_on(context, pull, givers),
    )
    approvers = {group: policy.groups[group] for group in policy.gates.registry.groups}
    return Weighing(change, people, approvers)


def _overrides(context: Context, pull: PullRequest) -> Iterator[Override]:
    for comment in context.hosting.comments(pull.number):
        if pull.merged_at and comment.created_at > pull.merged_at:
            continue
        override = _override_of(comment)
        if override and context.hosting.has_reacted(comment.id, DONE):
            yield override
