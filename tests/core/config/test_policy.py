from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.config.policy import read_policy
from bot.errors import InvalidFileError

TEXT = """\
groups: {ml-engineers: [marie, lise], engineering-managers: [grace]}
gates:
  registry: {groups: [ml-engineers], timeout: 24h}
  production: {groups: [ml-engineers, engineering-managers], timeout: 24h}
  rollback: {groups: [ml-engineers], timeout: 60m}
"""


def refused(text: str) -> str:
    with pytest.raises(InvalidFileError) as caught:
        read_policy(text.encode())
    return str(caught.value)


def test_what_is_not_said_has_a_careful_default() -> None:
    policy = read_policy(TEXT.encode())

    assert policy.bulk_edit == "auto"
    assert policy.drift == "report"
    assert policy.gates.production.quorum == 1
    assert policy.apply.circuits_gone_percent == 10
    assert policy.packages.framework == ()
    assert policy.evidence_level.registry == "claimed"
    assert policy.evidence_level.production == "run"


def test_a_claim_can_be_enough_for_production() -> None:
    level = read_policy((TEXT + "evidence_level: {production: claimed}\n").encode()).evidence_level

    assert not level.asks_for_a_run


def test_drift_is_reported_or_enforced() -> None:
    assert read_policy((TEXT + "drift: enforce\n").encode()).drift == "enforce"
    assert "`report` or `enforce`" in refused(TEXT + "drift: ignore\n")


def test_an_unknown_level_is_refused() -> None:
    assert "`claimed` or `run`" in refused(TEXT + "evidence_level: {registry: seen}\n")


def test_timeouts_are_hours_or_minutes() -> None:
    gates = read_policy(TEXT.encode()).gates

    assert gates.registry.duration == timedelta(hours=24)
    assert gates.rollback.duration == timedelta(minutes=60)


def test_package_names_are_normalised() -> None:
    policy = read_policy((TEXT + "packages: {numeric: [Scikit_Learn, numpy]}\n").encode())

    assert policy.packages.numeric == ("scikit-learn", "numpy")


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        pytest.param("marie", "org/team", ["1:25", "is a team", "members:read"], id="team"),
        pytest.param("marie", "'@org/team'", ["1:25", "ENVBOT_TEAMS_TOKEN"], id="team with @"),
        pytest.param("marie", "org/../x", ["1:25", "a GitHub login"], id="a path"),
        pytest.param("[grace]", "[]", ["1:61", "at least one"], id="nobody"),
        pytest.param("[grace]", "grace", ["1:61", "at least one"], id="no list"),
        pytest.param("[ml-engineers],", "[ml-engineer],", ["3:23", "does not exist"], id="group"),
        pytest.param("[ml-engineers],", "[],", ["3:22", "is an empty list"], id="no group"),
        pytest.param("24h}", "24h, quorum: 3}", ["has 2 people"], id="quorum"),
        pytest.param("24h}", "24h, quorum: 0}", ["from 1 to 20"], id="no quorum"),
        pytest.param("24h}", "24}", ["3:47", "24h or 60m"], id="no unit"),
        pytest.param("24h}", "0h}", ["24h or 60m"], id="no time"),
        pytest.param(
            "  rollback:", "  rolback:", ["no `gates.rollback`", "Is `rolback` meant?"], id="gate"
        ),
        pytest.param("gates:", "bulk_edit: maybe\ngates:", ["`auto` or `manual`"], id="choice"),
        pytest.param("gates:", "apply: {workers: 99}\ngates:", ["from 1 to 32"], id="workers"),
        pytest.param(
            "gates:", "packages: {other: [x]}\ngates:", ["packages.other"], id="package group"
        ),
        pytest.param(
            "gates:", "packages: {tooling: ['a>1']}\ngates:", ["without a version"], id="pin"
        ),
        pytest.param(
            "gates:",
            "packages: {framework: [A.b], tooling: [a-b]}\ngates:",
            ["`a-b` is already in the group `framework`"],
            id="package in two groups",
        ),
    ],
)
def test_refuses_with_what_would_be_right(before: str, after: str, messages: list[str]) -> None:
    answer = refused(TEXT.replace(before, after, 1))

    assert all(message in answer for message in messages)


@pytest.mark.parametrize("team", ["plant/ml-engineers", "'@plant/ml-engineers'"])
def test_a_team_may_stand_where_its_members_can_be_read(team: str) -> None:
    text = TEXT.replace("[marie, lise]", f"[{team}]").replace("24h}", "24h, quorum: 2}", 1)

    policy = read_policy(text.encode(), teams=True)

    assert policy.groups["ml-engineers"] == (team.strip("'"),)


def test_one_person_counts_once_however_written() -> None:
    text = TEXT.replace("[marie, lise]", "[marie, Marie]").replace("24h}", "24h, quorum: 2}", 1)

    assert "has 1 person" in refused(text)


def test_reads_the_sample_file(checkout: Path) -> None:
    policy = read_policy((checkout / "config" / "policy.yml").read_bytes())

    assert policy.groups == {
        "ml-engineers": ("marie", "lise"),
        "engineering-managers": ("grace",),
    }
    assert policy.gates.production.groups == ("ml-engineers", "engineering-managers")
