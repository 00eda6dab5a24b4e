"""The comments of a whole repository in one list, and what REST does not tell of one."""

import re
from collections.abc import Iterator
from datetime import datetime

from github import GithubException
from github.IssueComment import IssueComment
from github.Repository import Repository

from bot.adapters.github.failures import is_missing
from bot.adapters.github.values import to_comment
from bot.core.pull_request import ListedComment

_ON_PULL = re.compile(r"/pull/([0-9]+)#")


def comments_since(repository: Repository, moment: datetime) -> Iterator[ListedComment]:
    """Yield the comments on pull requests that were made or changed since `moment`, oldest first.

    Comments on issues are left out, also those that the list contains.
    """
    for comment in repository.get_issues_comments(sort="created", direction="asc", since=moment):
        if found := _ON_PULL.search(comment.html_url):
            yield _listed(int(found[1]), comment)


def _listed(number: int, comment: IssueComment) -> ListedComment:
    eyes = (comment.reactions or {}).get("eyes", 0)
    return ListedComment(number, to_comment(comment), bool(eyes), comment.node_id)


def was_ever_edited(repository: Repository, node: str) -> bool:
    """Tell whether a comment was edited, within the second of writing too; a deleted one was.

    REST tells times in whole seconds. GraphQL has no time of an edit where there was none.
    """
    try:
        _, answer = repository.requester.graphql_node(node, "lastEditedAt", "IssueComment")
    except GithubException as error:
        if is_missing(error):
            return True
        raise
    return answer["data"]["node"]["lastEditedAt"] is not None
