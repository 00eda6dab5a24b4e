"""Teams of the policy become people; one that cannot be read stays, and is asked for once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from bot.core.config.policy import Policy, read_policy
from bot.errors import BotError, InvalidFileError
from bot.handlers.context import Context, read_rules
from bot.handlers.teams import with_people

POLICY = """\
groups: {ml-engineers: [marie, '@plant/crew'], managers: [plant/crew, plant/gone]}
gates:
  registry: {groups: [ml-engineers], timeout: 24h}
  production: {groups: [ml-engineers, managers], timeout: 24h}
  rollback: {groups: [ml-engineers], timeout: 60m}
"""


@dataclass
class Directory:
    """Teams by name; whoever asks for another is refused."""

    people: Mapping[str, tuple[str, ...]]
    asked: list[str] = field(default_factory=list)

    def members(self, team: str) -> tuple[str, ...]:
        self.asked.append(team)
        if team not in self.people:
            raise BotError("GitHub said 403.")
        return self.people[team]


@pytest.fixture
def policy() -> Policy:
    return read_policy(POLICY.encode(), teams=True)


def test_people_stand_where_their_team_stood(policy: Policy) -> None:
    found = with_people(policy, Directory({"plant/crew": ("ann", "marie")}))

    assert found.groups["ml-engineers"] == ("marie", "ann")


def test_a_team_that_cannot_be_read_stays(policy: Policy) -> None:
    found = with_people(policy, Directory({"plant/crew": ("ann",)}))

    assert found.groups["managers"] == ("ann", "plant/gone")


def test_without_a_token_nobody_is_asked_and_the_rules_cannot_be_used(context: Context) -> None:
    repository, main = context.repository, context.rules.main
    files = {"config/policy.yml": POLICY.encode()}
    commit = repository.commit((main,), files, "Ask a team", at=context.clock.now())

    with pytest.raises(InvalidFileError, match=r"policy\.yml:1:\d+: .*is a team"):
        read_rules(repository, commit)


def test_with_a_token_the_rules_name_people(context: Context) -> None:
    repository, main = context.repository, context.rules.main
    files = {"config/policy.yml": POLICY.encode()}
    commit = repository.commit((main,), files, "Ask a team", at=context.clock.now())
    directory = Directory({"plant/crew": ("ann",), "plant/gone": ("mia",)})

    rules = read_rules(repository, commit, directory)

    assert rules.policy.groups["managers"] == ("ann", "mia")
