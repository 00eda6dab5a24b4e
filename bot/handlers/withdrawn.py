"""Finds out whether a head asks for a version that main was taken back from, and who insists.

The bulk edit does not propose such a version by itself. A `/bump` to it, given on this pull request
after the rollback, says that it is meant; all gates of a release follow. As with overrides, only a
comment counts on which this bot put its 🚀.
"""

from bot.core.commands.command import Command, parse
from bot.core.pull_request import Comment, PullRequest
from bot.core.refusal import Refusal
from bot.core.review import Review
from bot.core.withdrawn import (
    Asked,
    Withdrawal,
    asks_for_more,
    is_withdrawal,
    refuse_withdrawn,
    withdrawn_versions,
)
from bot.handlers.context import Context
from bot.handlers.past_versions import changes_of_version, past_versions, version_at
from bot.handlers.reply import DONE


def refuse_again(context: Context, pull: PullRequest, reviewed: Review) -> Refusal | None:
    """Return what keeps an open head from asking for a withdrawn version; None if nothing does."""
    versions = set(reviewed.target_versions)
    if reviewed.environment_changes:
        versions.add(reviewed.content.version)
    if not pull.open or reviewed.before is None:
        return None
    digest = reviewed.env_digest if reviewed.environment_changes else ""
    asked = Asked(reviewed.before.version, versions, digest)
    if not asks_for_more(asked):
        return None
    past = reviewed.sources.past or past_versions(context.repository, context.rules.main)
    for version in withdrawn_versions(asked, past):
        again = version if version in versions else reviewed.content.version
        found = _withdrawal(context, version)
        if found and not _is_insisted_on(context, pull, found, again):
            return refuse_withdrawn(found, again)
    return None


def _withdrawal(context: Context, version: str) -> Withdrawal | None:
    """Return the latest commit that took `version` back; None where it is too long ago."""
    repository, main = context.repository, context.rules.main
    for commit, before in changes_of_version(repository, main):
        if is_withdrawal(version_at(repository, before), version, version_at(repository, commit)):
            pulls = context.hosting.pulls_with(commit)
            merged = next((one for one in pulls if one.merge_commit == commit), None)
            number, at = (merged.number, merged.merged_at) if merged else (None, None)
            return Withdrawal(version, commit, number, at)
    return None


def _is_insisted_on(context: Context, pull: PullRequest, found: Withdrawal, again: str) -> bool:
    return any(
        _is_bump_to(again, comment)
        and (found.at is None or comment.created_at > found.at)
        and context.hosting.has_reacted(comment.id, DONE)
        for comment in context.hosting.comments(pull.number)
    )


def _is_bump_to(version: str, comment: Comment) -> bool:
    command = parse(comment.body)
    if comment.edited or comment.by_bot or not isinstance(command, Command):
        return False
    return command.name == "bump" and command.arguments["version"] == version
