"""Opening a pull request: once, however often it is asked for."""

from typing import NamedTuple

from github.PullRequest import PullRequest as ApiPullRequest
from github.Repository import Repository

from bot.adapters.github.failures import github_call
from bot.errors import BotError

_UNPROCESSABLE = 422


class NewPull(NamedTuple):
    """A pull request to be: from branch `head` into branch `base`."""

    head: str
    base: str
    title: str
    body: str


def open_pull(repository: Repository, owner: str, new: NewPull) -> ApiPullRequest:
    """Return the new pull request, or the one that is open already from that branch.

    Raises:
        BotError: it was refused, as where the repository lets no workflow open pull requests; or
            GitHub did not answer, and it may be open.
    """
    doing = f"open a pull request from {new.head}"
    try:
        with github_call(doing):
            return repository.create_pull(
                base=new.base, head=new.head, title=new.title, body=new.body
            )
    except BotError as error:
        if getattr(error.__cause__, "status", 0) == _UNPROCESSABLE:
            with github_call(doing):
                for found in repository.get_pulls(head=f"{owner}:{new.head}", base=new.base):
                    return found
        raise
