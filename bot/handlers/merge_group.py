"""Says on a merge queue's commit what the head of its pull request says (D16).

The queue waits for `envbot/release` on a commit of its own. What was merged just before may have
brought an environment that nobody has approved this pull request with; the apply would refuse it,
so the queue is told to leave it out. Whatever else differs, the apply job asks again.
"""

import re
from dataclasses import replace

from bot.core.pull_request import PullRequest, StatusState
from bot.handlers.context import Context
from bot.handlers.publish import RELEASE
from bot.handlers.standing import review_head

_REF = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-(?P<number>[0-9]+)-[0-9a-f]+")


def publish_merge_group(context: Context, ref: str, commit: str) -> None:
    """Set `envbot/release` on a merge group's commit; red where its pull request is unknown."""
    found = _REF.fullmatch(ref)
    if found is None:
        state, text = StatusState.FAILURE, "This merge group names no pull request"
    else:
        state, text = _status(context, context.hosting.pull(int(found["number"])), commit)
    context.hosting.set_status(commit, RELEASE, state, text)


def _status(context: Context, pull: PullRequest, commit: str) -> tuple[StatusState, str]:
    status = context.hosting.statuses(pull.head).get(RELEASE)
    if status is None or status.author != context.hosting.login:
        return StatusState.FAILURE, f"envbot has not reviewed {pull.head[:7]} yet"
    if status.state is StatusState.SUCCESS and _meets_another_environment(context, pull, commit):
        return StatusState.FAILURE, "Main has another environment by now: merge it into the branch"
    return status.state, status.description


def _meets_another_environment(context: Context, pull: PullRequest, commit: str) -> bool:
    """Tell whether the group merges `pull` onto an environment that its approvals are not for."""
    context.repository.fetch(commit)
    onto = replace(context.rules, main=context.repository.parents(commit)[0])
    return review_head(replace(context, rules=onto), pull).base_moved
