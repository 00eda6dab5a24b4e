"""Pull requests: opening, following their branches, and whether they merge."""

from dataclasses import dataclass

from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.git import ZERO
from bot.sandbox.github.hub import Event, Hub, Repository
from bot.sandbox.github.refused import RefusedError, invalid, not_found
from bot.sandbox.github.store import Row, loads, now

_COLUMNS = (
    "issues.*, pulls.issue, base_ref, base_sha, head_ref, head_sha, draft, merged_at, "
    "merge_commit_sha, merged_by"
)
SELECT = f"SELECT {_COLUMNS} FROM issues JOIN pulls ON pulls.issue = issues.id"  # noqa: S608 (constants)


@dataclass(frozen=True, slots=True)
class NewPull:
    """What a person asks for when opening a pull request."""

    title: str
    body: str
    head: str
    base: str
    draft: bool = False


def find_pull(hub: Hub, repository: Repository, number: int) -> Row:
    """Return one pull request.

    Raises:
        RefusedError: 404, the number is not a pull request's.
    """
    found = hub.store.row(f"{SELECT} WHERE repository = ? AND number = ?", repository.id, number)
    if found is None:
        raise not_found()
    return found


def list_pulls(hub: Hub, repository: Repository, where: str = "", *values: object) -> list[Row]:
    """Return the pull requests that `where` (SQL, with a leading AND) selects, newest first."""
    return hub.store.rows(
        f"{SELECT} WHERE repository = ? {where} ORDER BY number DESC", repository.id, *values
    )


def list_issues(hub: Hub, repository: Repository) -> list[Row]:
    """Return the issues that are no pull requests, newest first."""
    return hub.store.rows(
        "SELECT * FROM issues WHERE repository = ? AND id NOT IN (SELECT issue FROM pulls) "
        "ORDER BY number DESC",
        repository.id,
    )


def open_pull(hub: Hub, repository: Repository, caller: Caller, new: NewPull) -> Row:
    """Open a pull request and emit `opened`.

    Raises:
        RefusedError: 422, a branch is missing, nothing differs, or one is open already.
    """
    sides = _find_sides(repository, new)
    _check_new(hub, repository, sides)
    with hub.store.transaction():
        number = _insert(hub, repository, caller, new, sides)
    _write_refs(repository, find_pull(hub, repository, number))
    emit_pull(hub, repository, caller, number, "opened")
    return find_pull(hub, repository, number)


@dataclass(frozen=True, slots=True)
class _Sides:
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str


def _find_sides(repository: Repository, new: NewPull) -> _Sides:
    head = new.head.removeprefix(f"{repository.owner}:")
    head_sha = repository.git.find(f"refs/heads/{head}")
    base_sha = repository.git.find(f"refs/heads/{new.base}")
    if head_sha is None or base_sha is None:
        raise invalid("PullRequest", "base" if head_sha else "head", "is not a branch")
    return _Sides(head, head_sha, new.base, base_sha)


def _check_new(hub: Hub, repository: Repository, sides: _Sides) -> None:
    if repository.git.is_ancestor(sides.head_sha, sides.base_sha):
        message = f"No commits between {sides.base_ref} and {sides.head_ref}"
        raise RefusedError(422, f"Validation Failed: {message}")
    taken = "AND state = 'open' AND head_ref = ? AND base_ref = ?"
    if list_pulls(hub, repository, taken, sides.head_ref, sides.base_ref):
        message = f"A pull request already exists for {repository.owner}:{sides.head_ref}."
        raise invalid("PullRequest", "head", message)


def _insert(hub: Hub, repository: Repository, caller: Caller, new: NewPull, sides: _Sides) -> int:
    number = hub.next_number(repository)
    moment = now()
    issue = hub.store.insert(
        "issues",
        repository=repository.id,
        number=number,
        title=new.title,
        body=new.body,
        author=caller.login,
        state="open",
        created_at=moment,
        updated_at=moment,
    )
    hub.store.insert(
        "pulls",
        issue=issue,
        base_ref=sides.base_ref,
        base_sha=sides.base_sha,
        head_ref=sides.head_ref,
        head_sha=sides.head_sha,
        draft=int(new.draft),
    )
    return number


def emit_pull(
    hub: Hub, repository: Repository, caller: Caller, number: int, action: str, **extra: object
) -> None:
    """Emit the `pull_request` event of one pull request."""
    pull = find_pull(hub, repository, number)
    ref = f"refs/pull/{number}/merge"
    sha = repository.git.find(ref) or pull["head_sha"]
    subject = {"number": number, "base_ref": pull["base_ref"], **extra}
    hub.emit(Event("pull_request", action, repository, caller, ref, sha, subject))


def follow_branch(
    hub: Hub, repository: Repository, caller: Caller, moved: tuple[str, str, str]
) -> None:
    """Bring the open pull requests from a moved branch up to date; emit what happened.

    `moved` is the branch, its commit before and its commit after.
    """
    branch, before, after = moved
    for pull in list_pulls(hub, repository, "AND state = 'open' AND head_ref = ?", branch):
        if after == ZERO:
            close(hub, repository, caller, pull)
            continue
        base = repository.git.find(f"refs/heads/{pull['base_ref']}") or pull["base_sha"]
        hub.store.change(
            "UPDATE pulls SET head_sha = ?, base_sha = ? WHERE issue = ?",
            after,
            base,
            pull["issue"],
        )
        touch(hub, pull)
        fresh = find_pull(hub, repository, pull["number"])
        _write_refs(repository, fresh)
        emit_pull(
            hub, repository, caller, pull["number"], "synchronize", before=before, after=after
        )


def follow_base(hub: Hub, repository: Repository, branch: str) -> None:
    """Rewrite the test merges of the open pull requests into a moved branch."""
    for pull in list_pulls(hub, repository, "AND state = 'open' AND base_ref = ?", branch):
        _write_refs(repository, pull)


def close(hub: Hub, repository: Repository, caller: Caller, pull: Row) -> None:
    """Close a pull request and emit `closed`."""
    hub.store.change(
        "UPDATE issues SET state = 'closed', closed_at = ?, updated_at = ? WHERE id = ?",
        now(),
        now(),
        pull["issue"],
    )
    emit_pull(hub, repository, caller, pull["number"], "closed")


def reopen(hub: Hub, repository: Repository, caller: Caller, pull: Row) -> None:
    """Open a closed pull request again and emit `reopened`.

    Raises:
        RefusedError: 422, it is merged, or its branch is gone.
    """
    head = repository.git.find(f"refs/heads/{pull['head_ref']}")
    if pull["merged_at"] or head is None:
        raise invalid("PullRequest", "state", "cannot be changed: merged, or the branch is gone")
    hub.store.change(
        "UPDATE issues SET state = 'open', closed_at = NULL, updated_at = ? WHERE id = ?",
        now(),
        pull["issue"],
    )
    hub.store.change("UPDATE pulls SET head_sha = ? WHERE issue = ?", head, pull["issue"])
    emit_pull(hub, repository, caller, pull["number"], "reopened")


def touch(hub: Hub, issue: Row) -> None:
    """Set the time of the last change of an issue or pull request to now."""
    hub.store.change("UPDATE issues SET updated_at = ? WHERE id = ?", now(), issue["id"])


def merged_tree(repository: Repository, pull: Row) -> str | None:
    """Return the tree that merging into today's base gives, or None on a conflict."""
    base = repository.git.find(f"refs/heads/{pull['base_ref']}")
    return repository.git.merge_tree(base, pull["head_sha"]) if base else None


def labels_of(issue: Row) -> list[str]:
    """Return the names of the labels of an issue or pull request."""
    return [str(name) for name in loads(issue["labels"])]


def _write_refs(repository: Repository, pull: Row) -> None:
    git = repository.git
    git.set_ref(f"refs/pull/{pull['number']}/head", pull["head_sha"])
    base = git.find(f"refs/heads/{pull['base_ref']}")
    tree = merged_tree(repository, pull)
    if base is None or tree is None:
        return
    message = f"Merge {pull['head_sha']} into {base}"
    who = f"{pull['author']} <{pull['author']}@users.noreply.github.com>"
    merge = git.commit_tree(tree, (base, pull["head_sha"]), message, who)
    git.set_ref(f"refs/pull/{pull['number']}/merge", merge)
