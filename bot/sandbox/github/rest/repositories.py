"""Accounts, repositories, commits and refs."""

from bot.sandbox.github.accounts import find_account
from bot.sandbox.github.git import GitError
from bot.sandbox.github.hub import Repository
from bot.sandbox.github.pulls import list_pulls
from bot.sandbox.github.pushes import follow, may_move
from bot.sandbox.github.refused import RefusedError, not_found
from bot.sandbox.github.rest.call import Answer, Call, Operation

_REPO = "/repos/{owner}/{repo}"
_MOST_FILES = 300


def _user(call: Call) -> Answer:
    if call.caller.is_job:
        raise RefusedError(403, "Resource not accessible by integration")
    return Answer(call.bodies.public_account(call.caller.login))


def _account(call: Call) -> Answer:
    return Answer(call.bodies.public_account(call.path["username"]))


def _repository(call: Call) -> Answer:
    return Answer(call.bodies.full_repository(call.repository))


def _permission(call: Call) -> Answer:
    if find_account(call.hub.store, call.path["username"]) is None:
        raise not_found()
    return Answer(call.bodies.collaborator(call.repository, call.path["username"]))


def _find_commit(call: Call, name: str) -> str:
    revision = call.path[name]
    sha = call.repository.git.find(revision)
    if sha is None:
        raise RefusedError(422, f"No commit found for SHA: {revision}")
    return sha


def _commit(call: Call) -> Answer:
    git = call.repository.git
    facts = git.commits(_find_commit(call, "ref"), limit=1)[0]
    before = facts.parents[0] if facts.parents else None
    changes = git.diff(before, facts.sha) if before else []
    added, removed = sum(c.additions for c in changes), sum(c.deletions for c in changes)
    body = call.bodies.commit(call.repository, facts)
    body["stats"] = {"additions": added, "deletions": removed, "total": added + removed}
    body["files"] = [
        call.bodies.file(call.repository, change, facts.sha, "") for change in changes[:_MOST_FILES]
    ]
    return Answer(body)


def _pulls_of_commit(call: Call) -> Answer:
    """Answer as GitHub does: merged requests that brought the commit to the default branch.

    For a commit that is not on the default branch: the open requests that contain it.
    """
    repository, sha = call.repository, _find_commit(call, "commit_sha")
    pulls = [
        call.bodies.pull(repository, pull)
        for pull in list_pulls(call.hub, repository)
        if sha == pull["merge_commit_sha"]
        or _contains(repository, pull["base_sha"], pull["head_sha"], sha)
    ]
    return call.page(pulls)


def _contains(repository: Repository, base: str, head: str, sha: str) -> bool:
    git = repository.git
    return git.is_ancestor(sha, head) and not git.is_ancestor(sha, base)


def _ref_name(call: Call) -> str:
    return f"refs/{call.path['ref']}"


def _get_ref(call: Call) -> Answer:
    ref = _ref_name(call)
    sha = call.repository.git.refs(ref).get(ref)
    if sha is None:
        raise not_found()
    return Answer(call.bodies.ref(call.repository, ref, sha))


def _matching_refs(call: Call) -> Answer:
    prefix = _ref_name(call)
    found = call.repository.git.refs()
    matching = [(ref, sha) for ref, sha in found.items() if ref.startswith(prefix)]
    return call.page([call.bodies.ref(call.repository, ref, sha) for ref, sha in matching])


def _create_ref(call: Call) -> Answer:
    ref, sha = call.field("ref", resource="Reference"), call.field("sha", resource="Reference")
    if not ref.startswith("refs/") or ref.count("/") < 2:  # noqa: PLR2004 (refs/<kind>/<name>)
        raise RefusedError(422, "Reference name must start with 'refs/' and contain two slashes")
    if ref in call.repository.git.refs(ref):
        raise RefusedError(422, "Reference already exists")
    _move(call, ref, sha)
    return Answer(call.bodies.ref(call.repository, ref, sha), 201)


def _update_ref(call: Call) -> Answer:
    ref, sha = _ref_name(call), call.field("sha", resource="Reference")
    git = call.repository.git
    before = git.refs(ref).get(ref)
    if before is None:
        raise RefusedError(422, "Reference does not exist")
    if not call.body.get("force") and not git.is_ancestor(before, sha):
        raise RefusedError(422, "Update is not a fast forward")
    _move(call, ref, sha, before)
    return Answer(call.bodies.ref(call.repository, ref, sha))


def _delete_ref(call: Call) -> Answer:
    ref = _ref_name(call)
    if ref not in call.repository.git.refs(ref):
        raise RefusedError(422, "Reference does not exist")
    _move(call, ref, None)
    return Answer(status=204)


def _move(call: Call, ref: str, sha: str | None, before: str = "") -> None:
    repository = call.repository
    if not may_move(repository, call.caller, ref):
        raise RefusedError(422, f"Changes to {ref} must be made through a pull request.")
    if sha is not None and repository.git.find(sha) is None:
        raise RefusedError(422, "Object does not exist")
    with call.hub.writing(repository):
        known = repository.git.refs("refs/heads/")
        try:
            if sha is None:
                repository.git.delete_ref(ref)
            else:
                repository.git.set_ref(ref, sha, before=before)
        except GitError as error:
            raise RefusedError(422, "Reference cannot be updated") from error
        follow(call.hub, repository, call.caller, known)


_READ = ("contents",)
OPERATIONS = (
    Operation("GET", "/user", _user),
    Operation("GET", "/users/{username}", _account),
    Operation("GET", _REPO, _repository, ("metadata",)),
    Operation("GET", f"{_REPO}/collaborators/{{username}}/permission", _permission, ("metadata",)),
    Operation("GET", f"{_REPO}/commits/{{ref:path}}", _commit, _READ),
    Operation("GET", f"{_REPO}/commits/{{commit_sha}}/pulls", _pulls_of_commit, ("pull-requests",)),
    Operation("GET", f"{_REPO}/git/ref/{{ref:path}}", _get_ref, _READ),
    Operation("GET", f"{_REPO}/git/matching-refs/{{ref:path}}", _matching_refs, _READ),
    Operation("POST", f"{_REPO}/git/refs", _create_ref, _READ, "write", "write"),
    Operation("PATCH", f"{_REPO}/git/refs/{{ref:path}}", _update_ref, _READ, "write", "write"),
    Operation("DELETE", f"{_REPO}/git/refs/{{ref:path}}", _delete_ref, _READ, "write", "write"),
)
