"""Which rules judge a merge: those approved on the way to it, or those that main began with."""

from dataclasses import dataclass, replace
from unittest.mock import Mock

import pytest

from bot.adapters.github import GitHubHosting, GitHubSettings
from bot.core.config.circuit import CircuitId
from bot.core.pull_request import PullRequest
from bot.handlers.context import PLATFORM, POLICY, Context
from bot.handlers.last_changes import last_changes
from bot.handlers.merges import Ledger
from bot.handlers.ports import Cloud

C001 = "config/plants/P001/C001.yml"


class WithoutPulls(GitHubHosting):
    """A repository to which everything was pushed directly."""

    def pulls_with(self, commit: str) -> tuple[PullRequest, ...]:
        del commit
        return ()


@dataclass
class Main:
    """The main branch of a run's repository, and who judges it."""

    context: Context
    ledger: Ledger
    files: dict[str, bytes]
    head: str

    def push(self, files: dict[str, bytes | None], *onto: str) -> str:
        """Commit onto the head, or onto another commit, and return the new head."""
        repository, clock = self.context.repository, self.context.clock
        at = clock.now()
        self.head = repository.commit(onto or (self.head,), files, f"Push {files.keys()}", at=at)
        return self.head


@pytest.fixture
def main(context: Context) -> Main:
    nowhere = GitHubSettings("http://127.0.0.1:1", "plants/fleet", "token")
    pushed = replace(context, hosting=WithoutPulls(nowhere))
    tree = context.repository.read(context.rules.main, "config", "environment")
    files = {path: file.data for path, file in tree.items()}
    return Main(pushed, Ledger(pushed, Mock(spec_set=Cloud)), files, context.rules.main)


def other_policy(main: Main) -> bytes:
    return main.files[POLICY].replace(b", engineering-managers]", b"]")


def test_the_first_rules_are_trusted(main: Main) -> None:
    assert main.ledger.trusted_rules(main.head).main == main.head
    assert main.ledger.objection_to_rules(main.head) == ""


def test_a_policy_pushed_later_is_not_trusted(main: Main) -> None:
    first = main.head

    main.push({POLICY: other_policy(main)})

    assert main.ledger.trusted_rules(main.head).main == first
    assert "changed without an approved pull request" in main.ledger.objection_to_rules(main.head)


def test_a_policy_made_anew_is_no_first_one(main: Main) -> None:
    first = main.head

    main.push({POLICY: None})
    main.push({POLICY: other_policy(main)})

    assert main.ledger.trusted_rules(main.head).main == first
    assert "changed without an approved pull request" in main.ledger.objection_to_rules(main.head)


def test_a_policy_that_is_as_it_was_raises_no_objection(main: Main) -> None:
    main.push({POLICY: None, PLATFORM: None})
    main.push({POLICY: main.files[POLICY], PLATFORM: main.files[PLATFORM]})

    assert main.ledger.objection_to_rules(main.head) == ""


def test_a_repository_older_than_its_rules_has_first_ones_too(main: Main) -> None:
    older: dict[str, bytes | None] = {C001: main.files[C001]}
    began = main.context.repository.commit((), older, "Begin", at=main.context.clock.now())
    adopted = main.push({**main.files}, began)

    assert main.ledger.trusted_rules(adopted).main == adopted
    assert main.ledger.merge(began).pull is None
    assert main.ledger.merge(adopted).pull is None


def test_what_a_circuit_asks_for_was_last_changed_where_its_values_were(main: Main) -> None:
    pinned = main.push({C001: main.files[C001] + b'deployment:\n  model_version: "2"\n'})
    main.push({C001: b"# Note\n" + main.files[C001] + b'deployment:\n  model_version: "2"\n'})
    main.push({POLICY: other_policy(main)})

    circuit = CircuitId("P001", "C001")
    found = last_changes(main.context.repository, main.head, frozenset({circuit}))
    assert found == {circuit: pinned}
