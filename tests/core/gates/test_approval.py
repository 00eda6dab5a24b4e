"""Every combination of who, what, when and on which content, against a second opinion."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bot.core.gates.approval import (
    Conversation,
    Objection,
    ReleaseContent,
    Review,
    ReviewState,
    Window,
    count,
)

VERDICT = datetime(2026, 3, 1, 12, tzinfo=UTC)
EXPIRY = VERDICT + timedelta(hours=24)
NOW = VERDICT + timedelta(hours=30)
HEAD = ReleaseContent("custom-tf-env", "1.5.1", "a" * 64, "b" * 64)
GROUPS = {"ml-engineers": ("ann", "Bob"), "managers": ("Bob", "mia")}
WINDOW = Window(NOW, VERDICT, EXPIRY, "before the tests ended")

CONTENTS = {
    "head": HEAD,
    "same": ReleaseContent("custom-tf-env", "1.5.1", "a" * 64, "b" * 64),
    "digest": ReleaseContent("custom-tf-env", "1.5.1", "c" * 64, "b" * 64),
    "version": ReleaseContent("custom-tf-env", "1.5.2", "a" * 64, "b" * 64),
    "actions": ReleaseContent("custom-tf-env", "1.5.1", "a" * 64, "d" * 64),
    "name": ReleaseContent("other-env", "1.5.1", "a" * 64, "b" * 64),
}


def conversation(
    *reviews: Review,
    author: str = "author",
    pushers: tuple[str, ...] = ("author",),
    bots: tuple[str, ...] = (),
    permission: str = "write",
) -> Conversation:
    people = ("ann", "bob", "mia", "author", "eve", "envbot[bot]", "robot")
    return Conversation(
        author=author,
        pushers=pushers,
        bots=bots,
        reviews=reviews,
        permissions=dict.fromkeys(people, permission),
        contents=CONTENTS,
        head=HEAD,
    )


def review(
    login: str = "ann",
    state: ReviewState = "APPROVED",
    commit: str = "head",
    *,
    hours: float = 1,
) -> Review:
    return Review(login, state, commit, VERDICT + timedelta(hours=hours))


ROLES = ("engineer", "manager", "both", "outsider", "bot account", "bot name")
LOGINS = {
    "engineer": "ann",
    "manager": "mia",
    "both": "bob",
    "outsider": "eve",
    "bot account": "robot",
    "bot name": "envbot[bot]",
}
RELATIONS = ("none", "author", "pusher", "author in another case")
STATES: tuple[ReviewState, ...] = (
    "APPROVED",
    "CHANGES_REQUESTED",
    "COMMENTED",
    "DISMISSED",
    "PENDING",
)
COMMITS = (*CONTENTS, "unknown")
HOURS = {"long before": -5.0, "at the verdict": 0.0, "in time": 3.0, "at the end": 24.0}
HOURS |= {"too late": 24.5, "not yet": 31.0}
PERMISSIONS = ("none", "read", "triage", "write", "maintain", "admin")


def oracle(cell: tuple[str, ...]) -> bool:
    """Say from the words alone whether the approval counts; shares nothing with the code."""
    role, relation, state, commit, when, permission = cell
    person = role in ("engineer", "manager", "both") and permission in (
        "write",
        "maintain",
        "admin",
    )
    good_content = commit in ("head", "same")
    good_time = when in ("in time", "at the end")
    return person and relation == "none" and state == "APPROVED" and good_content and good_time


def test_every_cell_of_the_authorisation_matrix() -> None:
    wrong = []
    cells = list(product(ROLES, RELATIONS, STATES, COMMITS, HOURS, PERMISSIONS))
    for role, relation, state, commit, when, permission in cells:
        login = LOGINS[role]
        talk = conversation(
            Review(login, state, commit, VERDICT + timedelta(hours=HOURS[when])),
            author={"author": login, "author in another case": login.upper()}.get(
                relation, "author"
            ),
            pushers=(login,) if relation == "pusher" else ("author",),
            bots=("robot",),
            permission=permission,
        )

        tally = count(talk, GROUPS, WINDOW)

        cell = (role, relation, state, commit, when, permission)
        if bool(tally.counted) != oracle(cell):
            wrong.append(cell)
    assert wrong == []
    assert len(cells) > 20_000


@pytest.mark.parametrize(
    ("reviews", "counts"),
    [
        pytest.param([review(hours=1), review(hours=2, state="COMMENTED")], True, id="comment"),
        pytest.param([review(hours=1), review(hours=2, state="PENDING")], True, id="unsent"),
        pytest.param(
            [review(hours=1), review(hours=2, state="CHANGES_REQUESTED")], False, id="changed mind"
        ),
        pytest.param([review(hours=1), review(hours=2, state="DISMISSED")], False, id="dismissed"),
        pytest.param(
            [review(hours=1, state="CHANGES_REQUESTED"), review(hours=2)], True, id="satisfied"
        ),
        pytest.param(
            [review(hours=2), review(hours=1, state="CHANGES_REQUESTED")], True, id="out of order"
        ),
        pytest.param(
            [review(hours=1), review(hours=1, state="CHANGES_REQUESTED")], False, id="same second"
        ),
        pytest.param(
            [review(hours=1), review(hours=2, commit="digest")], False, id="later on other content"
        ),
        pytest.param(
            [review(hours=1), review("ANN", "CHANGES_REQUESTED", hours=2)],
            False,
            id="case of login",
        ),
        pytest.param([review(hours=-1), review(hours=1)], True, id="approved again"),
        pytest.param(
            [review(hours=1), review(hours=40, state="DISMISSED")], True, id="later than now"
        ),
    ],
)
def test_the_latest_decision_of_a_person_counts(reviews: list[Review], *, counts: bool) -> None:
    tally = count(conversation(*reviews), GROUPS, WINDOW)

    assert bool(tally.counted) == counts


def test_sees_nothing_that_happened_after_the_moment_it_judges() -> None:
    window = Window(VERDICT + timedelta(minutes=30), VERDICT, EXPIRY)

    tally = count(conversation(review(hours=1)), GROUPS, window)

    assert (tally.counted, tally.discounted) == ((), ())


@pytest.mark.parametrize(
    ("given", "objection", "text"),
    [
        pytest.param(review(hours=-1), Objection.EARLY, "ann approved before the tests ended"),
        pytest.param(review(hours=25), Objection.LATE, "ann approved after the gate had expired"),
        pytest.param(
            review(commit="actions"),
            Objection.CONTENT,
            "ann approved other content than the head has now",
        ),
        pytest.param(
            review("eve"),
            Objection.NOT_IN_GROUP,
            "eve is in none of the groups asked: ml-engineers, managers",
        ),
        pytest.param(
            review("author"),
            Objection.AUTHOR,
            "author opened this pull request; somebody else must approve it",
        ),
        pytest.param(review(state="CHANGES_REQUESTED"), Objection.STATE, "ann asked for changes"),
    ],
    ids=lambda value: value.value if isinstance(value, Objection) else "",
)
def test_says_why_an_approval_does_not_count(
    given: Review, objection: Objection, text: str
) -> None:
    tally = count(conversation(given), GROUPS, WINDOW)

    assert [(one.objection, one.text) for one in tally.discounted] == [(objection, text)]


def test_an_absent_permission_means_none() -> None:
    talk = Conversation("author", (), (), {}, (review(),), CONTENTS, HEAD)

    assert [one.objection for one in count(talk, GROUPS, WINDOW).discounted] == [
        Objection.PERMISSION
    ]
