"""Whose approval counts, for exactly which content, and when (D13, `S7`).

Nothing here trusts names or dates from git: logins, permissions and times come from GitHub's API,
groups from the policy of the base branch.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

ReviewState: TypeAlias = Literal[
    "APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"
]
Groups: TypeAlias = Mapping[str, Collection[str]]

_DECISIVE = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})
_MAY_WRITE = frozenset({"write", "maintain", "admin"})


@dataclass(frozen=True, slots=True)
class Review:
    """One review as GitHub's API returns it; a dismissed one keeps its first `submitted_at`."""

    login: str
    state: ReviewState
    commit: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseContent:
    """What an approval is bound to: equal content, not an equal commit, keeps it valid.

    Attributes:
        ruled_digest: of every other file that the merge changes and that people must decide on:
            policy, platform, workflows, the bot's own code.
    """

    environment: str
    version: str
    env_digest: str
    actions_digest: str
    ruled_digest: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Who had which part in one pull request, and what they may do.

    Attributes:
        author: who opened it.
        pushers: everybody whom the API names as author or committer of one of its commits. Who
            pushes commits under an address that GitHub does not know is not among them.
        bots: logins of accounts that are no people; names ending in `[bot]` count without it.
        permissions: login → GitHub's word for what it may do here; absent means nothing.
    """

    author: str
    pushers: Collection[str]
    bots: Collection[str]
    permissions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Conversation(People):
    """Who did what on one pull request.

    Attributes:
        reviews: in the order of the API.
        contents: commit → what that commit would release; an absent one is unknown.
        head: what the head would release.
    """

    reviews: tuple[Review, ...]
    contents: Mapping[str, ReleaseContent]
    head: ReleaseContent


@dataclass(frozen=True, slots=True)
class Window:
    """When an approval must have been given: after `after`, not after `until`, not after `now`."""

    now: datetime
    after: datetime | None
    until: datetime | None
    after_text: str = "before it could be asked for"


class Objection(StrEnum):
    """Why an approval does not count."""

    NOT_IN_GROUP = "not_in_group"
    BOT = "bot"
    AUTHOR = "author"
    PUSHER = "pusher"
    PERMISSION = "permission"
    STATE = "state"
    CONTENT = "content"
    EARLY = "early"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Counted:
    """An approval that counts for each of `groups`, though it fills only one seat."""

    login: str
    groups: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Discounted:
    """A review that does not count, and why, as a sentence that names the person."""

    login: str
    at: datetime
    objection: Objection
    text: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Every reviewer's deciding review, told apart by whether it counts; each in order of time."""

    counted: tuple[Counted, ...]
    discounted: tuple[Discounted, ...]


def same_login(one: str, other: str) -> bool:
    """Tell whether two logins are one account: GitHub ignores their case."""
    return one.casefold() == other.casefold()


def is_among(login: str, logins: Collection[str]) -> bool:
    """Tell whether `login` is one of `logins`, whatever the case."""
    return login.casefold() in {other.casefold() for other in logins}


def count(conversation: Conversation, groups: Groups, window: Window) -> Tally:
    """Return which reviews count for a gate that asks these groups.

    The latest review of each person decides; a plain comment decides nothing, a request for
    changes or a dismissal ends an earlier approval. What happened after `window.now` is not seen.
    """
    counted: list[Counted] = []
    discounted: list[Discounted] = []
    for review in _deciding(conversation.reviews, window.now):
        found = objection_to(review.login, conversation, groups) or _objection(
            review, conversation, window
        )
        if found:
            objection, text = found
            note = f"{review.login} {text}"
            discounted.append(Discounted(review.login, review.submitted_at, objection, note))
        else:
            mine = groups_of(review.login, groups)
            counted.append(Counted(review.login, mine, review.submitted_at))
    return Tally(tuple(counted), tuple(discounted))


def groups_of(login: str, groups: Groups) -> tuple[str, ...]:
    """Return the names of the groups that `login` belongs to, in the order given."""
    return tuple(name for name, members in groups.items() if is_among(login, members))


def is_team(member: str) -> bool:
    """Tell whether a member of a group is a team whose people could not be read."""
    return "/" in member


def members(asked: Groups) -> tuple[str, ...]:
    """Return everybody in these groups, sorted."""
    return tuple(sorted({login for logins in asked.values() for login in logins}))


def objection_to(login: str, people: People, groups: Groups) -> tuple[Objection, str] | None:
    """Return why this person cannot approve here at all, as the end of a sentence; None if so."""
    return relation_objection(login, people) or standing_objection(login, people, groups)


def relation_objection(login: str, people: People) -> tuple[Objection, str] | None:
    """Return why what this person did on the pull request keeps them from approving it."""
    if same_login(login, people.author):
        return Objection.AUTHOR, "opened this pull request; somebody else must approve it"
    if is_among(login, people.pushers):
        return Objection.PUSHER, "pushed to this pull request; somebody else must approve it"
    return None


def standing_objection(login: str, people: People, groups: Groups) -> tuple[Objection, str] | None:
    """Return why this person has no say for `groups` on any pull request."""
    if not groups_of(login, groups) and not _is_bot(login, people):
        return Objection.NOT_IN_GROUP, f"is in none of the groups asked: {', '.join(groups)}"
    return writing_objection(login, people)


def writing_objection(login: str, people: People) -> tuple[Objection, str] | None:
    """Return why this account is no person with write access."""
    permissions = {name.casefold(): given for name, given in people.permissions.items()}
    if _is_bot(login, people):
        return Objection.BOT, "is a bot; only people approve"
    if permissions.get(login.casefold(), "none") not in _MAY_WRITE:
        return Objection.PERMISSION, "has no write access to the repository"
    return None


def _is_bot(login: str, people: People) -> bool:
    return login.endswith("[bot]") or is_among(login, people.bots)


def _deciding(reviews: tuple[Review, ...], now: datetime) -> list[Review]:
    """Return the latest decisive review of each person, in order of time."""
    decisive = [r for r in reviews if r.state in _DECISIVE and r.submitted_at <= now]
    ordered = sorted(decisive, key=lambda review: review.submitted_at)  # stable: API order in a tie
    latest = {review.login.casefold(): review for review in ordered}
    return sorted(latest.values(), key=lambda review: (review.submitted_at, review.login))


def _objection(
    review: Review, conversation: Conversation, window: Window
) -> tuple[Objection, str] | None:
    if review.state == "DISMISSED":
        return Objection.STATE, "approved once, but that review was dismissed"
    if review.state == "CHANGES_REQUESTED":
        return Objection.STATE, "asked for changes"
    if conversation.contents.get(review.commit) != conversation.head:
        return Objection.CONTENT, "approved other content than the head has now"
    if window.after and review.submitted_at <= window.after:
        return Objection.EARLY, f"approved {window.after_text}"
    if window.until and review.submitted_at > window.until:
        return Objection.LATE, "approved after the gate had expired"
    return None
