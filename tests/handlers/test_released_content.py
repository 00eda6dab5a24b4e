"""What a released version holds: Azure's tag says so, else what was approved on main, no record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from bot.core.environment import RegisteredEnvironment, env_digest
from bot.core.source_record import SourceRecord
from bot.handlers.released_content import released_digest
from bot.handlers.source_records import write_source

if TYPE_CHECKING:
    from tests.handlers.conftest import Approving

NAME, VERSION = "custom-tf-env", "1.5.1"
SPEC, SCORE = "environment/environment.yml", "environment/src/score.py"


@dataclass
class Released:
    """A version that main asks for, and what a registry that drops tags has of it."""

    ledger: "Approving"
    digest: str

    def record(self, digest: str) -> None:
        """Write what any writer can write."""
        write_source(
            self.ledger.context, "amlregcc01", NAME, VERSION, SourceRecord("/dev/rc", digest)
        )

    def found(self, tags: Mapping[str, str]) -> str | None:
        registered = RegisteredEnvironment(NAME, VERSION, "id", "registry", None, tags)
        return released_digest(self.ledger, registered)


@pytest.fixture
def released(ledger: "Approving") -> Released:
    """Return a release that was merged, and pushed past every gate unless a test approves it."""
    context, before = ledger.context, ledger.context.rules.main
    repository = context.repository
    tree = repository.read(before, "environment")
    spec = tree[SPEC].data.replace(b'"1.5.0"', b'"1.5.1"')
    assert spec != tree[SPEC].data
    files = {SPEC: spec, SCORE: tree[SCORE].data + b"# better\n"}
    main = repository.commit((before,), files, "Release", at=context.clock.now())
    ledger.context = replace(context, rules=replace(context.rules, main=main))
    return Released(ledger, env_digest(repository.read(main, "environment")))


def approve(released: Released) -> None:
    released.ledger.approved.add(released.ledger.context.rules.main)


def test_its_own_tag_comes_first(released: Released) -> None:
    approve(released)
    released.record(released.digest)

    assert released.found({"env_digest": "b" * 64}) == "b" * 64


def test_without_tags_it_is_what_the_record_names_and_a_merge_was_approved_for(
    released: Released,
) -> None:
    approve(released)
    released.record(released.digest)

    assert released.found({}) == released.digest


def test_a_record_alone_says_nothing(released: Released) -> None:
    approve(released)
    released.record("f" * 64)

    assert released.found({}) is None


def test_what_nobody_approved_is_not_made_known_by_a_record(released: Released) -> None:
    released.record(released.digest)

    assert released.found({}) is None


def test_what_nobody_has_copied_is_not_known(released: Released) -> None:
    approve(released)

    assert released.found({}) is None
