"""Accounts, repositories and commits as GitHub's JSON."""

import base64
from typing import Any, TypeAlias

from bot.sandbox.github.accounts import MERGE_BUTTON, find_account
from bot.sandbox.github.git import CommitFacts, FileChange
from bot.sandbox.github.hub import Hub, Repository
from bot.sandbox.github.refused import not_found
from bot.sandbox.github.rest.addresses import Addresses

Json: TypeAlias = dict[str, Any]
LONGEST_PATCH = 100_000


def node_id(kind: str, number: object) -> str:
    """Return an opaque global id, as GitHub's are."""
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


class Bodies:
    """JSON for what many answers contain; `base` is the address the request came to."""

    def __init__(self, hub: Hub, base: str) -> None:
        self.hub = hub
        self.at = Addresses(base)

    def account(self, login: str) -> Json:
        """Return the short form of an account.

        Raises:
            RefusedError: 404, there is none.
        """
        found = find_account(self.hub.store, login)
        if found is None:
            raise not_found()
        return {
            "login": found["login"],
            "id": found["id"],
            "node_id": node_id("User", found["id"]),
            "avatar_url": f"{self.at.base}/avatars/{found['id']}",
            "gravatar_id": "",
            "type": found["type"],
            "user_view_type": "public",
            "site_admin": False,
            **self.at.account(found["login"]),
        }

    def public_account(self, login: str) -> Json:
        """Return the long form of an account, as anybody may see it."""
        found = find_account(self.hub.store, login)
        made = found["created_at"] if found else ""
        nothing = dict.fromkeys(("company", "location", "email", "hireable", "bio"))
        zero = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
        return {
            **self.account(login),
            **nothing,
            **zero,
            "name": login,
            "blog": "",
            "created_at": made,
            "updated_at": made,
        }

    def repository(self, repository: Repository) -> Json:
        """Return a repository as pull requests contain it."""
        count = self._open_issues(repository)
        zero = dict.fromkeys(
            ("forks", "forks_count", "size", "stargazers_count", "watchers", "watchers_count"), 0
        )
        return {
            "id": repository.id,
            "node_id": node_id("Repository", repository.id),
            "name": repository.name,
            "full_name": repository.full_name,
            "owner": self.account(repository.owner),
            "url": self.at.api_of(repository),
            "html_url": self.at.page_of(repository),
            **self.at.templates(repository),
            **self._clone_addresses(repository),
            **zero,
            **dict.fromkeys(("description", "homepage", "language", "mirror_url", "license")),
            **_SWITCHES,
            "default_branch": repository.default_branch,
            "open_issues": count,
            "open_issues_count": count,
            "visibility": "private",
            "topics": [],
            "pushed_at": repository.created_at,
            "created_at": repository.created_at,
            "updated_at": repository.created_at,
        }

    def full_repository(self, repository: Repository) -> Json:
        """Return a repository as its own address answers."""
        return {**self.repository(repository), "network_count": 0, "subscribers_count": 0}

    def _clone_addresses(self, repository: Repository) -> Json:
        page = self.at.page_of(repository)
        return {
            "clone_url": f"{page}.git",
            "git_url": f"{page}.git",
            "ssh_url": f"{page}.git",
            "svn_url": page,
        }

    def _open_issues(self, repository: Repository) -> int:
        row = self.hub.store.row(
            "SELECT COUNT(*) AS n FROM issues WHERE repository = ? AND state = 'open'",
            repository.id,
        )
        return int(row["n"]) if row else 0

    def commit(self, repository: Repository, facts: CommitFacts) -> Json:
        """Return one commit without its files."""
        url = f"{self.at.api_of(repository)}/commits/{facts.sha}"
        return {
            "url": url,
            "sha": facts.sha,
            "node_id": node_id("Commit", facts.sha),
            "html_url": f"{self.at.page_of(repository)}/commit/{facts.sha}",
            "comments_url": f"{url}/comments",
            "commit": self._git_commit(repository, facts),
            "author": self._author(facts.author),
            "committer": self._author(facts.committer),
            "parents": [self._parent(repository, sha) for sha in facts.parents],
        }

    def _git_commit(self, repository: Repository, facts: CommitFacts) -> Json:
        root = f"{self.at.api_of(repository)}/git"
        return {
            "url": f"{root}/commits/{facts.sha}",
            "author": _git_user(facts.author),
            "committer": _git_user(facts.committer),
            "message": facts.message,
            "tree": {"url": f"{root}/trees/{facts.tree}", "sha": facts.tree},
            "comment_count": 0,
            "verification": _UNSIGNED,
        }

    def _author(self, who: tuple[str, str, str]) -> Json | None:
        """Return the account behind a git identity: by its noreply address, or by its name."""
        if who[1] == "noreply@github.com":
            return self.account(MERGE_BUTTON)
        local = who[1].partition("@")[0].rpartition("+")[2]
        for login in (local, who[0]):
            if find_account(self.hub.store, login) is not None:
                return self.account(login)
        return None

    def _parent(self, repository: Repository, sha: str) -> Json:
        return {
            "sha": sha,
            "url": f"{self.at.api_of(repository)}/commits/{sha}",
            "html_url": f"{self.at.page_of(repository)}/commit/{sha}",
        }

    def file(self, repository: Repository, change: FileChange, sha: str, patch: str) -> Json:
        """Return one file of a diff whose newer side is the commit `sha`."""
        page = self.at.page_of(repository)
        body: Json = {
            "sha": change.oid,
            "filename": change.path,
            "status": change.status,
            "additions": change.additions,
            "deletions": change.deletions,
            "changes": change.additions + change.deletions,
            "blob_url": f"{page}/blob/{sha}/{change.path}",
            "raw_url": f"{page}/raw/{sha}/{change.path}",
            "contents_url": f"{self.at.api_of(repository)}/contents/{change.path}?ref={sha}",
        }
        if change.before:
            body["previous_filename"] = change.before
        if patch and len(patch) <= LONGEST_PATCH:
            body["patch"] = patch
        return body


_UNSIGNED: Json = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}
_SWITCHES: Json = {
    **dict.fromkeys(("private", "has_issues", "has_pull_requests"), True),
    **dict.fromkeys(
        ("fork", "archived", "disabled", "has_downloads", "has_projects", "has_wiki",
         "has_pages", "has_discussions"),
        False,
    ),
}  # fmt: skip


def _git_user(who: tuple[str, str, str]) -> Json:
    name, email, moment = who
    return {"name": name, "email": email, "date": moment}
