"""Which override counts, and why another does not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.gates.approval import People
from bot.core.gates.overrides import Given, Overrides, Weighing, refuse_override, weigh
from bot.core.override import EnvironmentChange, Override

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = EnvironmentChange("base", "head")
WRITERS = {"ada": "write", "lise": "write", "marie": "admin", "grace": "write", "rob": "read"}
PEOPLE = People("ada", ("ada",), ("github-actions[bot]",), WRITERS)
WEIGHING = Weighing(NOW, PEOPLE, {"ml-engineers": ("lise", "marie", "rob")})


def said(
    by: str, *, breaking: bool = False, comment: int = 1, change: EnvironmentChange | None = NOW
) -> Given:
    return Given(Override(comment, by, AT, breaking, "a reason"), change)


def code(one: Given, weighing: Weighing = WEIGHING) -> str | None:
    refusal = refuse_override(one, weighing)
    return refusal.code if refusal else None


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        pytest.param("lise", None, id="an approver"),
        pytest.param("LISE", None, id="whatever the case"),
        pytest.param("ada", "OVERRIDE_NEEDS_APPROVER", id="the author"),
        pytest.param("grace", "OVERRIDE_NEEDS_APPROVER", id="of another group"),
        pytest.param("rob", "OVERRIDE_NEEDS_APPROVER", id="of the group, without write access"),
        pytest.param("github-actions[bot]", "OVERRIDE_NEEDS_APPROVER", id="a bot"),
        pytest.param("nobody", "OVERRIDE_NEEDS_APPROVER", id="a stranger"),
    ],
)
def test_non_breaking_needs_an_approver(login: str, expected: str | None) -> None:
    assert code(said(login)) == expected


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        pytest.param("ada", None, id="the author"),
        pytest.param("grace", None, id="of another group"),
        pytest.param("rob", "OVERRIDE_NEEDS_APPROVER", id="without write access"),
        pytest.param("github-actions[bot]", "OVERRIDE_NEEDS_APPROVER", id="a bot"),
    ],
)
def test_breaking_needs_write_access_alone(login: str, expected: str | None) -> None:
    assert code(said(login, breaking=True)) == expected


@pytest.mark.parametrize("part", ["author", "pusher"])
def test_an_approver_who_had_a_part_may_not_loosen(part: str) -> None:
    people = (
        replace(PEOPLE, author="lise") if part == "author" else replace(PEOPLE, pushers=["lise"])
    )

    assert code(said("lise"), replace(WEIGHING, people=people)) == "OVERRIDE_NEEDS_APPROVER"


@pytest.mark.parametrize("breaking", [True, False], ids=["breaking", "non-breaking"])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(EnvironmentChange("base", "other"), id="another head"),
        pytest.param(EnvironmentChange("other", "head"), id="another base"),
        pytest.param(None, id="unknown"),
    ],
)
def test_counts_for_the_content_it_was_given_for(
    change: EnvironmentChange | None, *, breaking: bool
) -> None:
    assert code(said("lise", breaking=breaking, change=change)) == "OVERRIDE_EXPIRED"


def test_content_that_cannot_be_read_is_never_the_same() -> None:
    unreadable = EnvironmentChange("base", "")

    assert code(said("lise", change=unreadable), replace(WEIGHING, change=unreadable)) == (
        "OVERRIDE_EXPIRED"
    )


def test_a_refusal_names_who_could_override() -> None:
    refusal = refuse_override(said("ada"), WEIGHING)

    assert refusal is not None
    assert refusal.resolver == "lise, marie, rob"


def test_the_latest_that_counts_decides_and_what_came_after_is_told() -> None:
    first, second = said("lise", comment=1), said("grace", breaking=True, comment=2)
    vain = said("ada", comment=3)

    found = weigh([first, second, vain], WEIGHING)

    assert found.in_force == second.override
    assert [one.override for one in found.void] == [vain.override]


def test_without_any_that_counts_none_is_in_force() -> None:
    found = weigh([said("ada", comment=1), said("grace", comment=2)], WEIGHING)

    assert found.in_force is None
    assert [one.override.comment for one in found.void] == [1, 2]


def test_nothing_given_is_nothing() -> None:
    assert weigh([], WEIGHING) == Overrides()


@given(
    st.lists(
        st.builds(
            said,
            st.sampled_from([*WRITERS, "nobody", "x[bot]"]),
            breaking=st.booleans(),
            comment=st.integers(1, 50),
            change=st.sampled_from([NOW, None, EnvironmentChange("base", "other")]),
        ),
        unique_by=lambda one: one.override.comment,
    )
)
def test_nobody_but_an_approver_of_this_content_ever_loosens(several: list[Given]) -> None:
    found = weigh(several, WEIGHING)

    if found.in_force and not found.in_force.breaking:
        one = next(one for one in several if one.override == found.in_force)
        assert one.change == NOW
        assert found.in_force.by in {"lise", "marie"}
