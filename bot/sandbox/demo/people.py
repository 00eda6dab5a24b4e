"""The people of the story: they type, push and click like anybody, through GitHub's own doors."""

import math
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from github import Auth, Github
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.errors import BotError
from bot.sandbox.github.accounts import token_of


class Server(Protocol):
    """Where a server is."""

    @property
    def url(self) -> str:
        """Return its address, without a slash at the end."""


class Place(Protocol):
    """A repository, and the GitHub that it is on."""

    @property
    def github(self) -> Server:
        """Return the GitHub."""

    @property
    def repository(self) -> str:
        """Return `owner/name`."""


class Person:
    """Somebody with a token, and a clone of their own once they need one."""

    def __init__(self, world: Place, login: str, home: Path) -> None:
        self.login = login
        self._world = world
        self._clone = home / login
        self._github = Github(
            auth=Auth.Token(token_of(login)),
            base_url=f"{world.github.url}/api/v3",
            seconds_between_requests=0,
            seconds_between_writes=0,
        )
        self._repository = self._github.get_repo(world.repository)

    def close(self) -> None:
        """Close the connections to GitHub."""
        self._github.close()

    @property
    def repository(self) -> Repository:
        """Return the repository as PyGithub shows it to this person."""
        return self._repository

    @property
    def folder(self) -> Path:
        """Return the work tree of the clone."""
        return self._clone

    def begin_branch(self, name: str) -> None:
        """Start a branch at main as it is now."""
        if not self._clone.exists():
            url = f"{self._world.github.url}/{self._world.repository}"
            _git(self._clone.parent, "clone", "--quiet", url, str(self._clone), token=self._token)
        self._run("fetch", "--quiet", "origin")
        self._run("checkout", "--quiet", "-B", name, "origin/main")

    def pull_branch(self) -> None:
        """Bring what others (the bot) pushed to the branch."""
        self._run("pull", "--quiet", "--ff-only", "origin", self._run("branch", "--show-current"))

    def read(self, path: str) -> str:
        """Return a file of the branch."""
        return (self._clone / path).read_text(encoding="utf-8")

    def commit(self, message: str, files: Mapping[str, str]) -> None:
        """Commit files on the branch and push it."""
        for path, text in files.items():
            (self._clone / path).parent.mkdir(parents=True, exist_ok=True)
            (self._clone / path).write_text(text, encoding="utf-8")
        self.save(message, *files)

    def save(self, message: str, *paths: str) -> None:
        """Commit what these paths hold in the work tree now, and push it."""
        self._run("add", "--", *paths)
        self._run("commit", "--quiet", "-m", message)
        self.push()

    def revert(self, commit: str) -> None:
        """Revert a merge commit on the branch, as `git revert -m 1` does, and push it."""
        self._run("revert", "--no-edit", "-m", "1", commit)
        self.push()

    def push(self) -> None:
        """Push the branch."""
        self._run("push", "--quiet", "--set-upstream", "origin", "HEAD")

    def open_pull(self, title: str, body: str) -> PullRequest:
        """Open a pull request from the branch."""
        branch = self._run("branch", "--show-current")
        return self._repository.create_pull(base="main", head=branch, title=title, body=body)

    def comment(self, number: int, body: str) -> None:
        """Comment on a pull request, in a second of its own."""
        _await_next_second()
        self._repository.get_issue(number).create_comment(body)

    def approve(self, number: int) -> None:
        """Approve a pull request at its head, in a second of its own."""
        _await_next_second()
        self._repository.get_pull(number).create_review(event="APPROVE", body="")

    def merge(self, number: int) -> str:
        """Merge a pull request; return the merge commit."""
        return self._repository.get_pull(number).merge(merge_method="merge").sha

    def pull(self, number: int) -> PullRequest:
        """Return a pull request as it is now."""
        return self._repository.get_pull(number)

    def comments(self, number: int) -> list[tuple[str, str]]:
        """Return author and body of each comment, oldest first."""
        return [(c.user.login, c.body) for c in self._repository.get_issue(number).get_comments()]

    def status(self, commit: str, context: str) -> tuple[str, str]:
        """Return state and description of a commit's newest status."""
        for status in self._repository.get_commit(commit).get_statuses():
            if status.context == context:
                return status.state, status.description
        return "", ""

    def numstat(self, before: str, after: str, path: str) -> list[tuple[str, ...]]:
        """Return added lines, removed lines and path of each file that differs."""
        self._run("fetch", "--quiet", "origin", before, after)
        raw = self._run("diff", "--numstat", "--no-renames", before, after, "--", path)
        return [tuple(line.split("\t")) for line in raw.splitlines()]

    @property
    def _token(self) -> str:
        return token_of(self.login)

    def _run(self, *arguments: str) -> str:
        return _git(self._clone, *arguments, token=self._token, login=self.login)


def _git(folder: Path, *arguments: str, token: str, login: str = "") -> str:
    identity = ["-c", f"user.name={login}", "-c", f"user.email={login}@example.com"]
    header = ["-c", f"http.extraheader=Authorization: Bearer {token}"]
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *header, *arguments],
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        raise BotError(f"git {arguments[0]} of {login} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def _await_next_second() -> None:
    """Be as slow as people are: GitHub's times have whole seconds, and its order counts by them."""
    now = time.time()
    time.sleep(math.floor(now) + 1 - now)
