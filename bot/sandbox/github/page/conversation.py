"""The part of a pull request's page that changes while jobs run."""

from datetime import UTC, datetime
from html import escape

from bot.sandbox.github import conversation
from bot.sandbox.github.actions.records import jobs_of
from bot.sandbox.github.checks import annotations_of, latest_check_runs
from bot.sandbox.github.git import CommitFacts
from bot.sandbox.github.hub import Hub, Repository
from bot.sandbox.github.page.fragments import avatar, mark, pill, when, who
from bot.sandbox.github.page.markdown import render
from bot.sandbox.github.pulls import find_pull, labels_of
from bot.sandbox.github.statuses import latest_statuses
from bot.sandbox.github.store import Row

_EMOJI = {
    "+1": "👍", "-1": "👎", "laugh": "😄", "confused": "😕", "heart": "❤️", "hooray": "🎉",
    "rocket": "🚀", "eyes": "👀",
}  # fmt: skip
_VERDICTS = {
    "APPROVED": ("success", "approved these changes"),
    "CHANGES_REQUESTED": ("failure", "asked for changes"),
    "COMMENTED": ("pending", "reviewed"),
    "DISMISSED": ("skipped", "gave a review that was dismissed"),
}
_MOST_FILES = 12
_MOST_RUNS = 12


def state_of(pull: Row) -> str:
    """Return merged, draft, open or closed."""
    if pull["merged_at"]:
        return "merged"
    return "draft" if pull["draft"] and pull["state"] == "open" else str(pull["state"])


def live_part(hub: Hub, repository: Repository, number: int) -> str:
    """Return the head line, the conversation and the side column as HTML."""
    pull = find_pull(hub, repository, number)
    base = repository.git.merge_base(pull["base_sha"], pull["head_sha"])
    commits = repository.git.commits(f"{base}..{pull['head_sha']}")
    return (
        f"{_headline(pull, commits)}"
        f'<section class="talk" aria-label="Conversation">'
        f"{_timeline(hub, repository, pull, commits)}</section>"
        f"<aside>{_statuses(hub, repository, pull)}{_checks(hub, repository, pull)}"
        f"{_reviewers(hub, repository, pull)}"
        f"{_runs(hub, repository, pull)}{_labels(pull)}{_files(repository, base, pull)}"
        f"</aside>"
    )


def issue_part(hub: Hub, repository: Repository, issue: Row) -> str:
    """Return what an issue says and what was commented on it."""
    comments = conversation.list_comments(hub, repository, issue["number"])
    return _description(issue) + "".join(_comment(hub, row) for row in comments)


def _headline(pull: Row, commits: list[CommitFacts]) -> str:
    verb = "merged" if pull["merged_at"] else "wants to merge"
    person = pull["merged_by"] or pull["author"]
    count = f"{len(commits)} commit{'' if len(commits) == 1 else 's'}"
    return (
        f'<p class="headline">{pill(state_of(pull))} {who(person)} {verb} {count} into '
        f"<code>{escape(pull['base_ref'])}</code> from <code>{escape(pull['head_ref'])}</code></p>"
    )


def _timeline(hub: Hub, repository: Repository, pull: Row, commits: list[CommitFacts]) -> str:
    number = pull["number"]
    entries = [(_moment(commit.committer[2]), _commit(commit)) for commit in commits]
    entries += [
        (_moment(row["created_at"]), _comment(hub, row))
        for row in conversation.list_comments(hub, repository, number)
    ]
    entries += [
        (_moment(row["submitted_at"]), _review(row))
        for row in conversation.list_reviews(hub, repository, number)
    ]
    if pull["merged_at"]:
        entries.append((_moment(pull["merged_at"]), _merged(pull)))
    entries.sort(key=lambda entry: entry[0])
    return _description(pull) + "".join(html for _, html in entries)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _card(author: str, verb: str, moment: str, content: str, identity: str = "") -> str:
    return (
        f'<article class="card"{identity}>{avatar(author)}<div class="bubble">'
        f'<header>{who(author)} <span class="quiet">{verb} {when(moment)}</span></header>'
        f'<div class="markdown">{content}</div></div></article>'
    )


def _description(pull: Row) -> str:
    body = render(pull["body"]) if pull["body"] else '<p class="quiet">No description.</p>'
    return _card(pull["author"], "opened this", pull["created_at"], body)


def _comment(hub: Hub, row: Row) -> str:
    edited = row["updated_at"] != row["created_at"]
    verb = "commented, edited since," if edited else "commented"
    content = render(row["body"]) + _reactions(hub, row)
    identity = f' id="issuecomment-{row["id"]}"'
    return _card(row["author"], verb, row["created_at"], content, identity)


def _reactions(hub: Hub, row: Row) -> str:
    given: dict[str, list[str]] = {}
    for reaction in conversation.reactions_to(hub, row["id"]):
        given.setdefault(reaction["content"], []).append(reaction["login"])
    shown = "".join(
        f'<span class="reaction" title="{escape(", ".join(logins))}">{_EMOJI[content]} '
        f"{len(logins)}</span>"
        for content, logins in given.items()
    )
    return f'<div class="reactions">{shown}</div>' if shown else ""


def _note(symbol: str, text: str) -> str:
    return f'<div class="step">{symbol}<div>{text}</div></div>'


def _review(row: Row) -> str:
    state, verb = _VERDICTS[row["state"]]
    text = f'{who(row["author"])} {verb} <span class="quiet">at <code>{row["commit_id"][:7]}</code>'
    text += f" · {when(row['submitted_at'])}</span>"
    body = f'<div class="markdown">{render(row["body"])}</div>' if row["body"] else ""
    return _note(mark(state), text + body)


def _commit(commit: CommitFacts) -> str:
    subject = commit.message.partition("\n")[0]
    return _note(
        '<span class="mark commit">◦</span>',
        f'<code>{commit.sha[:7]}</code> {escape(subject)} <span class="quiet">'
        f"{escape(commit.author[0])} · {when(commit.committer[2])}</span>",
    )


def _merged(pull: Row) -> str:
    text = (
        f"{who(pull['merged_by'])} merged this as <code>{pull['merge_commit_sha'][:7]}</code> "
        f'<span class="quiet">{when(pull["merged_at"])}</span>'
    )
    return _note('<span class="mark merged">⎇</span>', text)


def _box(title: str, rows: list[str], otherwise: str) -> str:
    shown = "".join(f"<li>{row}</li>" for row in rows) or f'<li class="quiet">{otherwise}</li>'
    return f'<section class="box"><h2>{title}</h2><ul>{shown}</ul></section>'


def _statuses(hub: Hub, repository: Repository, pull: Row) -> str:
    rows = []
    for status in latest_statuses(hub, repository, pull["head_sha"]):
        required = status["context"] in repository.required_statuses
        badge = ' <span class="badge">required</span>' if required else ""
        rows.append(
            f"{mark(status['state'])}<div><b>{escape(status['context'])}</b>{badge}"
            f'<div class="quiet">{escape(status["description"] or status["state"])}</div></div>'
        )
    return _box(f"Statuses of <code>{pull['head_sha'][:7]}</code>", rows, "None yet.")


def _checks(hub: Hub, repository: Repository, pull: Row) -> str:
    """Return the check runs of the head; what stands on lines of the diff is folded."""
    rows = []
    for run in latest_check_runs(hub, repository, pull["head_sha"]):
        notes = "".join(
            f"<li><code>{escape(one['path'])}:{one['start_line']}</code> "
            f"{escape(one['message'])}</li>"
            for one in annotations_of(run)
        )
        count = len(annotations_of(run))
        folded = f"<details><summary>{count} on the diff</summary><ul>{notes}</ul></details>"
        rows.append(
            f"{mark(run['conclusion'] or run['status'])}<div><b>{escape(run['name'])}</b>"
            f'<div class="quiet">{escape(run["title"] or "")}</div>{folded if count else ""}</div>'
        )
    return _box("Checks", rows, "None yet.")


def _reviewers(hub: Hub, repository: Repository, pull: Row) -> str:
    latest: dict[str, Row] = {}
    for row in conversation.list_reviews(hub, repository, pull["number"]):
        if row["state"] != "COMMENTED":
            latest[row["author"]] = row
    rows = []
    for row in latest.values():
        state = _VERDICTS[row["state"]][0]
        stale = "" if row["commit_id"] == pull["head_sha"] else " on an earlier commit"
        rows.append(
            f'{mark(state)}<div>{who(row["author"])}<span class="quiet">{stale}</span></div>'
        )
    return _box("Reviews", rows, "Nobody has approved yet.")


def _runs(hub: Hub, repository: Repository, pull: Row) -> str:
    found = hub.store.rows(
        "SELECT * FROM runs WHERE repository = ? AND conclusion IS NOT 'skipped' "
        "AND (number = ? OR head_sha = ?) ORDER BY id DESC LIMIT ?",
        repository.id,
        pull["number"],
        pull["merge_commit_sha"] or "",
        _MOST_RUNS,
    )
    rows = []
    for run in found:
        jobs = [
            f"{escape(job['job'])} {mark(job['conclusion'] or job['status'])}"
            for job in jobs_of(hub, run["id"])
            if job["conclusion"] != "skipped"
        ]
        link = f"/{repository.full_name}/actions/runs/{run['id']}"
        rows.append(
            f'{mark(run["conclusion"] or run["status"])}<div><a href="{escape(link)}">'
            f'{escape(run["name"])}</a> <span class="quiet">{escape(run["event"])}</span>'
            f'<div class="quiet">{" · ".join(jobs)}</div></div>'
        )
    return _box("Workflow runs", rows, "None yet.")


def _labels(pull: Row) -> str:
    names = labels_of(pull)
    if not names:
        return ""
    shown = " ".join(f'<span class="badge">{escape(name)}</span>' for name in names)
    return _box("Labels", [f"<div>{shown}</div>"], "")


def _files(repository: Repository, base: str, pull: Row) -> str:
    files = repository.git.diff(base, pull["head_sha"])
    rows = [
        f"<code>{escape(file.path)}</code> "
        f'<span class="counts"><ins>+{file.additions}</ins> '
        f"<del>&minus;{file.deletions}</del></span>"
        for file in files[:_MOST_FILES]
    ]
    if len(files) > _MOST_FILES:
        rows.append(f'<span class="quiet">and {len(files) - _MOST_FILES} more</span>')
    return _box(f"{len(files)} file{'' if len(files) == 1 else 's'} changed", rows, "None.")
