"""Pull requests, issues, comments and reviews as GitHub's JSON."""

from zlib import crc32

from bot.sandbox.github.accounts import has_level, permission_of
from bot.sandbox.github.conversation import REACTIONS, list_comments, reactions_to
from bot.sandbox.github.hub import Repository
from bot.sandbox.github.pulls import labels_of, merged_tree
from bot.sandbox.github.rest.bodies import Bodies, Json, node_id
from bot.sandbox.github.store import Row


class ConversationBodies(Bodies):
    """JSON for what people say and ask for."""

    def association(self, repository: Repository, login: str) -> str:
        """Return GitHub's word for how an account belongs to a repository."""
        if login == repository.owner:
            return "OWNER"
        level = permission_of(self.hub.store, repository.id, login)
        return "NONE" if level == "none" else "COLLABORATOR"

    def pull(self, repository: Repository, pull: Row) -> Json:
        """Return a pull request as lists contain it."""
        root = self.at.api_of(repository)
        issue = f"{root}/issues/{pull['number']}"
        page = f"{self.at.page_of(repository)}/pull/{pull['number']}"
        url = f"{root}/pulls/{pull['number']}"
        links = {
            "self": url,
            "html": page,
            "issue": issue,
            "comments": f"{issue}/comments",
            "review_comments": f"{url}/comments",
            "review_comment": f"{root}/pulls/comments{{/number}}",
            "commits": f"{url}/commits",
            "statuses": f"{root}/statuses/{pull['head_sha']}",
        }
        plain = ("comments", "review_comments", "review_comment", "commits", "statuses")
        return {
            **self._issue_fields(repository, pull),
            **{f"{name}_url": links[name] for name in plain},
            "url": url,
            "id": pull["id"],
            "node_id": node_id("PullRequest", pull["id"]),
            "html_url": page,
            "issue_url": issue,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "_links": {name: {"href": link} for name, link in links.items()},
            "head": self._side(repository, pull["head_ref"], pull["head_sha"]),
            "base": self._side(repository, pull["base_ref"], pull["base_sha"]),
            "draft": bool(pull["draft"]),
            "merged_at": pull["merged_at"],
            "merge_commit_sha": self._merge_commit(repository, pull),
            "auto_merge": None,
            "requested_reviewers": [],
            "requested_teams": [],
        }

    def full_pull(self, repository: Repository, pull: Row) -> Json:
        """Return a pull request as its own address answers."""
        git = repository.git
        base = git.merge_base(pull["base_sha"], pull["head_sha"])
        files = git.diff(base, pull["head_sha"])
        mergeable = None if pull["merged_at"] else merged_tree(repository, pull) is not None
        merged_by = self.account(pull["merged_by"]) if pull["merged_by"] else None
        return {
            **self.pull(repository, pull),
            "merged": pull["merged_at"] is not None,
            "mergeable": mergeable,
            "rebaseable": mergeable,
            "mergeable_state": {True: "clean", False: "dirty", None: "unknown"}[mergeable],
            "merged_by": merged_by,
            "comments": len(list_comments(self.hub, repository, pull["number"])),
            "review_comments": 0,
            "maintainer_can_modify": False,
            "commits": len(git.commits(f"{base}..{pull['head_sha']}")),
            "additions": sum(file.additions for file in files),
            "deletions": sum(file.deletions for file in files),
            "changed_files": len(files),
        }

    def _merge_commit(self, repository: Repository, pull: Row) -> str | None:
        if pull["merge_commit_sha"]:
            return str(pull["merge_commit_sha"])
        return repository.git.find(f"refs/pull/{pull['number']}/merge")

    def _side(self, repository: Repository, branch: str, sha: str) -> Json:
        return {
            "label": f"{repository.owner}:{branch}",
            "ref": branch,
            "sha": sha,
            "user": self.account(repository.owner),
            "repo": self.repository(repository),
        }

    def _issue_fields(self, repository: Repository, issue: Row) -> Json:
        return {
            "number": issue["number"],
            "state": issue["state"],
            "locked": False,
            "active_lock_reason": None,
            "title": issue["title"],
            "user": self.account(issue["author"]),
            "body": issue["body"],
            "labels": [self.label(repository, name) for name in labels_of(issue)],
            "milestone": None,
            "assignee": None,
            "assignees": [],
            "author_association": self.association(repository, issue["author"]),
            "created_at": issue["created_at"],
            "updated_at": issue["updated_at"],
            "closed_at": issue["closed_at"],
        }

    def label(self, repository: Repository, name: str) -> Json:
        """Return one label."""
        number = crc32(name.encode())
        return {
            "id": number,
            "node_id": node_id("Label", number),
            "url": f"{self.at.api_of(repository)}/labels/{name}",
            "name": name,
            "description": None,
            "color": "ededed",
            "default": False,
        }

    def issue(self, repository: Repository, issue: Row) -> Json:
        """Return an issue, or a pull request seen as one."""
        root = self.at.api_of(repository)
        url = f"{root}/issues/{issue['number']}"
        kind = "pull" if self._is_pull(issue) else "issues"
        page = f"{self.at.page_of(repository)}/{kind}/{issue['number']}"
        body = {
            **self._issue_fields(repository, issue),
            "id": issue["id"],
            "node_id": node_id("Issue", issue["id"]),
            "url": url,
            "repository_url": root,
            "labels_url": f"{url}/labels{{/name}}",
            "comments_url": f"{url}/comments",
            "events_url": f"{url}/events",
            "html_url": page,
            "state_reason": issue["state_reason"],
            "comments": len(list_comments(self.hub, repository, issue["number"])),
        }
        if kind == "pull":
            body["pull_request"] = self._as_issue(root, page, issue)
        return body

    def _is_pull(self, issue: Row) -> bool:
        found = self.hub.store.row("SELECT 1 FROM pulls WHERE issue = ?", issue["id"])
        return found is not None

    def _as_issue(self, root: str, page: str, issue: Row) -> Json:
        pull = self.hub.store.row("SELECT merged_at FROM pulls WHERE issue = ?", issue["id"])
        return {
            "url": f"{root}/pulls/{issue['number']}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": pull["merged_at"] if pull else None,
        }

    def comment(self, repository: Repository, comment: Row) -> Json:
        """Return one comment with the counts of its reactions."""
        root = self.at.api_of(repository)
        url = f"{root}/issues/comments/{comment['id']}"
        is_pull = self.hub.store.row("SELECT 1 FROM pulls WHERE issue = ?", comment["issue"])
        kind = "pull" if is_pull else "issues"
        page = f"{self.at.page_of(repository)}/{kind}/{comment['number']}"
        given = [row["content"] for row in reactions_to(self.hub, comment["id"])]
        counts = {content: given.count(content) for content in REACTIONS}
        return {
            "id": comment["id"],
            "node_id": node_id("IssueComment", comment["id"]),
            "url": url,
            "html_url": f"{page}#issuecomment-{comment['id']}",
            "issue_url": f"{root}/issues/{comment['number']}",
            "user": self.account(comment["author"]),
            "author_association": self.association(repository, comment["author"]),
            "body": comment["body"],
            "created_at": comment["created_at"],
            "updated_at": comment["updated_at"],
            "reactions": {"url": f"{url}/reactions", "total_count": len(given), **counts},
        }

    def reaction(self, reaction: Row) -> Json:
        """Return one reaction."""
        return {
            "id": reaction["id"],
            "node_id": node_id("Reaction", reaction["id"]),
            "user": self.account(reaction["login"]),
            "content": reaction["content"],
            "created_at": reaction["created_at"],
        }

    def review(self, repository: Repository, number: int, review: Row) -> Json:
        """Return one review."""
        page = f"{self.at.page_of(repository)}/pull/{number}#pullrequestreview-{review['id']}"
        url = f"{self.at.api_of(repository)}/pulls/{number}"
        return {
            "id": review["id"],
            "node_id": node_id("PullRequestReview", review["id"]),
            "user": self.account(review["author"]),
            "body": review["body"],
            "state": review["state"],
            "html_url": page,
            "pull_request_url": url,
            "_links": {"html": {"href": page}, "pull_request": {"href": url}},
            "submitted_at": review["submitted_at"],
            "commit_id": review["commit_id"],
            "author_association": self.association(repository, review["author"]),
        }

    def collaborator(self, repository: Repository, login: str) -> Json:
        """Return what an account may do in a repository, in both of GitHub's vocabularies."""
        role = permission_of(self.hub.store, repository.id, login)
        words = {"maintain": "write", "triage": "read"}
        levels = {"pull": "read", "triage": "triage", "push": "write", "maintain": "maintain",
                  "admin": "admin"}  # fmt: skip
        granted = {
            name: has_level(self.hub.store, repository.id, login, level)
            for name, level in levels.items()
        }
        return {
            "permission": words.get(role, role),
            "role_name": role,
            "user": {**self.account(login), "permissions": granted, "role_name": role},
        }
