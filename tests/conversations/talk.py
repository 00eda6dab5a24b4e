"""A pull request's conversation as its readers see it, step by step."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from github.Repository import Repository

_MARKER = re.compile(r"<!-- envbot:v1 kind=(\w+).*? -->\n")
_FACES = {"eyes": "👀", "rocket": "🚀", "confused": "😕", "-1": "👎"}
# What differs from run to run or with any byte of the sample environment.
_VOLATILE = (
    (re.compile(r"http://127\.0\.0\.1:\d+"), "https://github"),
    (re.compile(r"https://127\.0\.0\.1:\d+"), "https://azure"),
    (re.compile(r"/actions/runs/\d+"), "/actions/runs/RUN"),
    (re.compile(r"\brc\.g[0-9a-f]{8}\b"), "rc.gDIGEST"),
    (re.compile(r"\bcompat-[0-9a-f]{8}-[0-9a-f]{12}"), "compat-DIGEST-MODELS"),
    (re.compile(r"\bevidence-[0-9a-f]{8}-[0-9a-f]{12}"), "evidence-DIGEST-NOTEBOOK"),
    (re.compile(r"\b20\d\d-\d\d-\d\d \d\d:\d\d\b"), "DAY TIME"),
    (re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{12}|[0-9a-f]{7})\b"), "HEX"),
)


@dataclass(frozen=True)
class Said:
    """One comment as it is now."""

    id: int
    author: str
    body: str
    updated_at: datetime
    reactions: tuple[str, ...]

    @property
    def by_bot(self) -> bool:
        return self.author.endswith("[bot]")

    @property
    def kind(self) -> str:
        """What a comment of the bot is for: summary, reply or apply; empty for a person's."""
        found = _MARKER.match(self.body)
        return found[1] if found and self.by_bot else ""

    @property
    def text(self) -> str:
        return _MARKER.sub("", self.body, count=1)


@dataclass
class Talk:
    """A pull request, and how it read when somebody last looked."""

    repository: Repository
    number: int
    seen: dict[int, Said] = field(default_factory=dict)
    statuses_seen: dict[str, str] = field(default_factory=dict)

    @property
    def head(self) -> str:
        return self.repository.get_pull(self.number).head.sha

    def comments(self) -> list[Said]:
        issue = self.repository.get_issue(self.number)
        return [
            Said(
                comment.id,
                comment.user.login,
                comment.body,
                comment.updated_at,
                tuple(reaction.content for reaction in comment.get_reactions()),
            )
            for comment in issue.get_comments()
        ]

    def by_bot(self) -> list[Said]:
        return [said for said in self.comments() if said.by_bot]

    def summary(self) -> str:
        return next((said.text for said in self.by_bot() if said.kind == "summary"), "")

    def reply(self) -> str:
        return [said.text for said in self.by_bot() if said.kind == "reply"][-1]

    def statuses(self) -> dict[str, str]:
        """Return state and description of each status of the head."""
        found = self.repository.get_commit(self.head).get_combined_status().statuses
        return {one.context: f"{one.state}, {one.description}" for one in found}

    def status_ids(self) -> list[int]:
        """Return the ids of all that was ever set on the head."""
        return [one.id for one in self.repository.get_commit(self.head).get_statuses()]

    def commits(self) -> list[str]:
        """Return the first line of each commit's message, oldest first."""
        commits = self.repository.get_pull(self.number).get_commits()
        return [commit.commit.message.split("\n", 1)[0] for commit in commits]

    def news(self) -> str:
        """Return what was written, edited, reacted or set since the last look."""
        blocks = [*self._comment_news(), *self._status_news()]
        return normalised("\n".join(blocks), self.number)

    def _comment_news(self) -> Iterator[str]:
        for said in self.comments():
            before = self.seen.get(said.id)
            if before is None or (before.text, before.reactions) != (said.text, said.reactions):
                yield _block(said, edited=before is not None and before.text != said.text)
            self.seen[said.id] = said

    def _status_news(self) -> Iterator[str]:
        statuses = self.statuses()
        rows = [f"- `{name}`: {text}" for name, text in sorted(statuses.items())]
        if statuses != self.statuses_seen:
            yield "---\n**Statuses of the head**\n\n" + "\n".join(rows) + "\n"
        self.statuses_seen = statuses


def normalised(text: str, number: int) -> str:
    """Return `text` without what differs from run to run."""
    for pattern, name in _VOLATILE:
        text = pattern.sub(name, text)
    return re.sub(rf"#{number}\b", "#1", text)


def _block(said: Said, *, edited: bool) -> str:
    faces = " ".join(_FACES[name] for name in said.reactions)
    verb = "edits" if edited else "writes"
    who = f"**{said.author}** {verb} the {said.kind}" if said.kind else f"**{said.author}** {verb}"
    return f"---\n{who}{f', {faces}' if faces else ''}\n\n{said.text.rstrip()}\n"
