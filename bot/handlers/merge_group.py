"""Says on a merge queue's commit what the head of its pull request says (D16).

The queue waits for `envbot/release` on a commit of its own. The apply job asks again whether what
was merged is what was approved, so a group that brings something else is merged and not applied.
"""

import re

from bot.core.pull_request import StatusState
from bot.handlers.context import Context
from bot.handlers.publish import RELEASE

_REF = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-(?P<number>[0-9]+)-[0-9a-f]+")


def publish_merge_group(context: Context, ref: str, commit: str) -> None:
    """Set `envbot/release` on a merge group's commit; red where its pull request is unknown."""
    found = _REF.fullmatch(ref)
    if found is None:
        text = "This merge group names no pull request"
        context.hosting.set_status(commit, RELEASE, StatusState.FAILURE, text)
        return
    head = context.hosting.pull(int(found["number"])).head
    status = context.hosting.statuses(head).get(RELEASE)
    if status is None or status.author != context.hosting.login:
        text = f"envbot has not reviewed {head[:7]} yet"
        context.hosting.set_status(commit, RELEASE, StatusState.FAILURE, text)
    else:
        context.hosting.set_status(commit, RELEASE, status.state, status.description)
