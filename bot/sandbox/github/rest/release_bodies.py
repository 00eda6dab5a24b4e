"""Statuses, deployments, refs and workflow runs as GitHub's JSON."""

from zlib import crc32

from bot.sandbox.github.hub import Repository
from bot.sandbox.github.rest.bodies import Json, node_id
from bot.sandbox.github.rest.conversation_bodies import ConversationBodies
from bot.sandbox.github.statuses import combined_state
from bot.sandbox.github.store import Row, loads


class AllBodies(ConversationBodies):
    """JSON for every object that the sandbox knows."""

    def status(self, repository: Repository, status: Row) -> Json:
        """Return one commit status."""
        return {
            **self._status_fields(repository, status),
            "creator": self.account(status["creator"]),
        }

    def _status_fields(self, repository: Repository, status: Row) -> Json:
        return {
            "url": f"{self.at.api_of(repository)}/statuses/{status['sha']}",
            "avatar_url": f"{self.at.base}/avatars/{status['creator']}",
            "id": status["id"],
            "node_id": node_id("Status", status["id"]),
            "state": status["state"],
            "description": status["description"],
            "target_url": status["target_url"],
            "context": status["context"],
            "created_at": status["created_at"],
            "updated_at": status["created_at"],
        }

    def combined_status(self, repository: Repository, sha: str, statuses: list[Row]) -> Json:
        """Return the latest status of each context, and one word for all of them."""
        url = f"{self.at.api_of(repository)}/commits/{sha}"
        return {
            "state": combined_state(statuses),
            "statuses": [self._status_fields(repository, status) for status in statuses],
            "sha": sha,
            "total_count": len(statuses),
            "repository": self.repository(repository),
            "commit_url": url,
            "url": f"{url}/status",
        }

    def ref(self, repository: Repository, ref: str, sha: str) -> Json:
        """Return a ref that points at a commit."""
        root = f"{self.at.api_of(repository)}/git"
        return {
            "ref": ref,
            "node_id": node_id("Ref", ref),
            "url": f"{root}/{ref}",
            "object": {"type": "commit", "sha": sha, "url": f"{root}/commits/{sha}"},
        }

    def deployment(self, repository: Repository, deployment: Row) -> Json:
        """Return one deployment."""
        url = f"{self.at.api_of(repository)}/deployments/{deployment['id']}"
        return {
            "url": url,
            "id": deployment["id"],
            "node_id": node_id("Deployment", deployment["id"]),
            "sha": deployment["sha"],
            "ref": deployment["ref"],
            "task": deployment["task"],
            "payload": loads(deployment["payload"]),
            "original_environment": deployment["environment"],
            "environment": deployment["environment"],
            "description": deployment["description"],
            "creator": self.account(deployment["creator"]),
            "created_at": deployment["created_at"],
            "updated_at": deployment["updated_at"],
            "statuses_url": f"{url}/statuses",
            "repository_url": self.at.api_of(repository),
            "transient_environment": False,
            "production_environment": deployment["environment"] == "production",
        }

    def deployment_status(self, repository: Repository, deployment: Row, status: Row) -> Json:
        """Return one status of a deployment."""
        url = f"{self.at.api_of(repository)}/deployments/{deployment['id']}"
        return {
            "url": f"{url}/statuses/{status['id']}",
            "id": status["id"],
            "node_id": node_id("DeploymentStatus", status["id"]),
            "state": status["state"],
            "creator": self.account(status["creator"]),
            "description": status["description"],
            "environment": deployment["environment"],
            "target_url": status["log_url"],
            "log_url": status["log_url"],
            "environment_url": status["environment_url"],
            "deployment_url": url,
            "repository_url": self.at.api_of(repository),
            "created_at": status["created_at"],
            "updated_at": status["created_at"],
        }

    def run(self, repository: Repository, run: Row) -> Json:
        """Return one workflow run."""
        url = f"{self.at.api_of(repository)}/actions/runs/{run['id']}"
        links = {
            "jobs_url": f"{url}/jobs",
            "logs_url": f"{url}/logs",
            "check_suite_url": f"{self.at.api_of(repository)}/check-suites/{run['id']}",
            "artifacts_url": f"{url}/artifacts",
            "cancel_url": f"{url}/cancel",
            "rerun_url": f"{url}/rerun",
        }
        actor = self.account(run["actor"])
        return {
            "id": run["id"],
            "name": run["name"],
            "node_id": node_id("WorkflowRun", run["id"]),
            "head_branch": run["head_branch"],
            "head_sha": run["head_sha"],
            "path": run["workflow"],
            "display_title": run["name"],
            "run_number": run["id"],
            "run_attempt": 1,
            "event": run["event"],
            "status": run["status"],
            "conclusion": run["conclusion"],
            "workflow_id": self._workflow_id(run["workflow"]),
            "workflow_url": f"{self.at.api_of(repository)}/actions/workflows/"
            f"{self._workflow_id(run['workflow'])}",
            "url": url,
            "html_url": f"{self.at.page_of(repository)}/actions/runs/{run['id']}",
            **links,
            "pull_requests": self._pull_requests(repository, run),
            "created_at": run["created_at"],
            "updated_at": run["updated_at"],
            "run_started_at": run["created_at"],
            "actor": actor,
            "triggering_actor": actor,
            "head_commit": self._head_commit(repository, run["head_sha"]),
            "repository": self.repository(repository),
            "head_repository": self.repository(repository),
        }

    @staticmethod
    def _workflow_id(path: str) -> int:
        return crc32(path.encode())

    def _pull_requests(self, repository: Repository, run: Row) -> list[Json]:
        if run["number"] is None or run["event"] not in ("pull_request", "pull_request_review"):
            return []
        pull = self.hub.store.row(
            "SELECT issues.id, base_ref, base_sha FROM issues JOIN pulls ON issue = issues.id "
            "WHERE repository = ? AND number = ?",
            repository.id,
            run["number"],
        )
        if pull is None:
            return []
        root = self.at.api_of(repository)
        short = {"id": repository.id, "name": repository.name, "url": root}
        return [
            {
                "id": pull["id"],
                "number": run["number"],
                "url": f"{root}/pulls/{run['number']}",
                "head": {"ref": run["head_branch"], "sha": run["head_sha"], "repo": short},
                "base": {"ref": pull["base_ref"], "sha": pull["base_sha"], "repo": short},
            }
        ]

    def _head_commit(self, repository: Repository, sha: str) -> Json | None:
        if not sha or repository.git.find(sha) is None:
            return None
        facts = repository.git.commits(sha, limit=1)[0]
        name, email, _ = facts.author
        return {
            "id": facts.sha,
            "tree_id": facts.tree,
            "message": facts.message,
            "timestamp": facts.committer[2],
            "author": {"name": name, "email": email},
            "committer": {"name": facts.committer[0], "email": facts.committer[1]},
        }
