"""Which rules judge a merge: those approved on the way to it, or those that main began with."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.gates.rollback import CircuitReturn, Rollback
from bot.handlers.context import PLATFORM, POLICY, Context

if TYPE_CHECKING:
    from tests.handlers.conftest import Approving

CIRCUIT = CircuitId("P001", "C001")
C001 = "config/plants/P001/C001.yml"
TEMPLATE = "config/deployment-template.yml"
DRIVER = "deployment/driver.py"
HELPER = "deployment/helper.py"


@dataclass
class Main:
    """The main branch of a run's repository, and who judges it."""

    context: Context
    ledger: "Approving"
    files: dict[str, bytes]
    head: str

    def push(self, files: dict[str, bytes | None], *onto: str) -> str:
        """Commit onto the head, or onto another commit, and return the new head."""
        repository, clock = self.context.repository, self.context.clock
        at = clock.now()
        self.head = repository.commit(onto or (self.head,), files, f"Push {files.keys()}", at=at)
        return self.head

    def merge(self, files: dict[str, bytes | None]) -> str:
        """Commit onto the head what a gate has passed, and return the new head."""
        self.ledger.approved.add(self.push(files))
        return self.head

    def objection_to_new(self) -> str:
        """Return why nothing new may be made of the head's template and driver."""
        ledger = replace(self.ledger, context=self.context_at_head())
        return ledger.objection_to_files((TEMPLATE, "deployment"))

    def context_at_head(self) -> Context:
        return replace(self.context, rules=replace(self.context.rules, main=self.head))


@pytest.fixture
def main(ledger: "Approving") -> Main:
    context = ledger.context
    tree = context.repository.read(context.rules.main, "config", "environment")
    files = {path: file.data for path, file in tree.items()}
    return Main(context, ledger, files, context.rules.main)


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


def other_platform(main: Main) -> bytes:
    return b"# Moved\n" + main.files[PLATFORM]


def test_an_approved_change_of_the_policy_is_trusted(main: Main) -> None:
    main.merge({POLICY: other_policy(main)})

    assert main.ledger.trusted_rules(main.head).main == main.head
    assert main.ledger.objection_to_rules(main.head) == ""


def test_approving_the_platform_approves_no_policy_that_was_pushed_before(main: Main) -> None:
    first = main.head

    main.push({POLICY: other_policy(main)})
    main.merge({PLATFORM: other_platform(main)})

    assert main.ledger.trusted_rules(main.head).main == first
    assert "changed without an approved pull request" in main.ledger.objection_to_rules(main.head)


def test_once_the_policy_is_restored_what_was_approved_of_the_platform_counts(main: Main) -> None:
    main.push({POLICY: other_policy(main)})
    main.merge({PLATFORM: other_platform(main)})
    main.push({POLICY: main.files[POLICY]})

    assert main.ledger.trusted_rules(main.head).main == main.head
    assert main.ledger.objection_to_rules(main.head) == ""


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


def pinned(main: Main, version: str) -> bytes:
    return main.files[C001] + f'deployment:\n  model_version: "{version}"\n'.encode()


def returns_version(main: Main, restored: str) -> str:
    """Return why main may not return to the version it had at `restored`."""
    change = CircuitReturn(CIRCUIT, "training.environment_version", "1.5.1", "1.4.9")
    return main.ledger._objection_to_return(Rollback(restored, (change,), ()))


def test_main_returns_to_no_version_that_was_pushed_below_an_approved_model(main: Main) -> None:
    main.push({C001: main.files[C001].replace(b"1.5.0", b"1.4.9")})
    restored = main.merge({C001: pinned(main, "2").replace(b"1.5.0", b"1.4.9")})

    assert "never approved" in returns_version(main, restored)


def test_a_model_that_was_pushed_does_not_keep_main_from_an_approved_version(main: Main) -> None:
    main.push({C001: pinned(main, "2")})
    restored = main.merge({C001: pinned(main, "2").replace(b"1.5.0", b"1.4.9")})

    assert returns_version(main, restored) == ""


def test_an_approved_driver_may_make_what_is_new(main: Main) -> None:
    main.merge({TEMPLATE: b"code: deployment", DRIVER: b"pass", HELPER: b"pass"})
    main.merge({DRIVER: b"pass  # better"})

    assert main.objection_to_new() == ""


def test_approving_the_template_approves_no_driver_that_was_pushed_before(main: Main) -> None:
    main.merge({TEMPLATE: b"code: deployment", DRIVER: b"pass", HELPER: b"pass"})
    main.push({HELPER: b"import theirs"})
    main.merge({TEMPLATE: b"code: deployment  # faster"})

    assert "is not what was approved" in main.objection_to_new()


def test_a_file_of_the_driver_that_a_push_removed_counts_too(main: Main) -> None:
    main.merge({TEMPLATE: b"code: deployment", DRIVER: b"pass", HELPER: b"pass"})
    main.push({HELPER: None})
    main.merge({DRIVER: b"pass  # better"})

    assert "is not what was approved" in main.objection_to_new()
