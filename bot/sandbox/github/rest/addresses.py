"""Where GitHub's objects live: every URL is built from the host that the request came to."""

from dataclasses import dataclass

from bot.sandbox.github.hub import Repository

API = "/api/v3"

_TEMPLATES = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_PERSONAL = (
    "followers", "following{/other_user}", "gists{/gist_id}", "starred{/owner}{/repo}",
    "subscriptions", "orgs", "repos", "events{/privacy}", "received_events",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Addresses:
    """URLs below `base`, which is scheme, host and port without a slash."""

    base: str

    @property
    def api(self) -> str:
        """Return the root of the REST API."""
        return f"{self.base}{API}"

    def api_of(self, repository: Repository) -> str:
        """Return the REST address of a repository."""
        return f"{self.api}/repos/{repository.full_name}"

    def page_of(self, repository: Repository) -> str:
        """Return the address of a repository's page."""
        return f"{self.base}/{repository.full_name}"

    def templates(self, repository: Repository) -> dict[str, str]:
        """Return a repository's URL templates by GitHub's field names."""
        root = self.api_of(repository)
        return {field: root + suffix for field, suffix in _TEMPLATES.items()}

    def account(self, login: str) -> dict[str, str]:
        """Return an account's URLs by GitHub's field names."""
        root = f"{self.api}/users/{login}"
        fields = {}
        for suffix in _PERSONAL:
            name = suffix.split("{", maxsplit=1)[0]
            key = "organizations_url" if name == "orgs" else f"{name}_url"
            fields[key] = f"{root}/{suffix}"
        return {**fields, "url": root, "html_url": f"{self.base}/{login}"}
