"""Versions made anew in production: one that cannot be made keeps no other from being made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import Mock

import msgspec
import pytest

from bot.core.config.promotion import RECREATE
from bot.core.environment import EnvironmentSpec, RegisteredEnvironment, env_digest
from bot.core.production.action import Action, ActionKind
from bot.core.promotion_record import PromotionRecord
from bot.core.source_record import SourceRecord
from bot.core.tree import Tree
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.ports import Cloud, Images
from bot.handlers.production_environments import recreate_for_production
from bot.handlers.promotion_records import write_promotion
from bot.handlers.source_records import write_source

if TYPE_CHECKING:
    from tests.handlers.conftest import Approving

NAME = "custom-tf-env"


@dataclass
class Azure:
    """A registry that has some versions, and a workspace that takes all but those it cannot."""

    released: Mapping[str, RegisteredEnvironment]
    failing: frozenset[str] = frozenset()
    made: dict[str, RegisteredEnvironment] = field(default_factory=dict)

    def environment(self, place: str, name: str, version: str) -> RegisteredEnvironment | None:
        del name
        return (self.made if place == "production" else self.released).get(version)

    def recreate(
        self, place: str, spec: EnvironmentSpec, files: Tree, *, version: str
    ) -> RegisteredEnvironment:
        del files
        if version in self.failing:
            raise BotError("Azure: registering failed: 500.")
        made = RegisteredEnvironment(spec.name, version, "id", place, "same", spec.tags)
        self.made[version] = made
        return made


@pytest.fixture
def context(context: Context) -> Context:
    """Return a run whose production makes every environment anew."""
    platform = context.rules.platform
    hops = msgspec.structs.replace(platform.promotion, registry_to_production=RECREATE)
    rules = replace(context.rules, platform=replace(platform, promotion=hops))
    return replace(context, rules=rules)


@pytest.fixture
def released(context: Context) -> dict[str, RegisteredEnvironment]:
    """Return two versions of the registry, both made of the files that main has."""
    tags = {"env_digest": env_digest(context.repository.read(context.rules.main, "environment"))}
    return {
        version: RegisteredEnvironment(NAME, version, "id", "registry", "same", tags)
        for version in ("1.5.0", "1.5.1")
    }


def updates(context: Context, *versions: str) -> Iterable[Action]:
    """Return an update to each of these versions."""
    for version in versions:
        wanted = context.rules.platform.environment_id("production", NAME, version)
        none: dict[str, Any] = dict.fromkeys(("circuit", "model_id", "live"))
        yield Action(
            kind=ActionKind.UPDATE,
            endpoint="e",
            deployment="d",
            code="",
            reason="",
            environment_id=wanted,
            **none,
        )


def recreated(ledger: "Approving", azure: Azure, *versions: str) -> dict[str, str]:
    """Return why each version that could not be made is missing, by version."""
    ledger.cloud = cast("Cloud", azure)
    failed = recreate_for_production(ledger, updates(ledger.context, *versions))
    return {name.rpartition("/")[2]: why for name, why in failed.items()}


def test_one_that_fails_keeps_no_other_from_being_made(
    ledger: "Approving", released: Mapping[str, RegisteredEnvironment]
) -> None:
    azure = Azure(released, failing=frozenset({"1.5.0"}))

    failed = recreated(ledger, azure, "1.5.0", "1.5.1")

    assert set(azure.made) == {"1.5.1"}
    assert failed == {
        "1.5.0": "Its environment could not be made in the production workspace: "
        "Azure: registering failed: 500."
    }


def test_repeating_makes_what_is_missing_and_nothing_else(
    ledger: "Approving", released: Mapping[str, RegisteredEnvironment]
) -> None:
    azure = Azure(released, failing=frozenset({"1.5.0"}))
    recreated(ledger, azure, "1.5.0", "1.5.1")
    first = azure.made["1.5.1"]
    azure.failing = frozenset()

    assert recreated(ledger, azure, "1.5.0", "1.5.1") == {}

    assert azure.made["1.5.1"] is first
    assert set(azure.made) == {"1.5.0", "1.5.1"}


def test_a_version_of_other_content_is_named_and_stays(
    ledger: "Approving", released: Mapping[str, RegisteredEnvironment]
) -> None:
    other = released["1.5.0"]._replace(asset_digest="other")
    azure = Azure(released, made={"1.5.0": other})

    failed = recreated(ledger, azure, "1.5.0")

    assert "is not what the registry has" in failed["1.5.0"]
    assert azure.made["1.5.0"] is other


@pytest.mark.parametrize(
    ("exists", "made"),
    [
        pytest.param(True, {"1.5.0"}, id="there"),
        pytest.param(False, set(), id="gone"),
        pytest.param(None, {"1.5.0"}, id="its registry does not answer"),
    ],
)
def test_a_version_whose_base_image_is_gone_is_not_made(
    ledger: "Approving",
    released: Mapping[str, RegisteredEnvironment],
    exists: bool | None,
    made: set[str],
) -> None:
    images: Any = Mock(spec_set=Images)
    images.exists.return_value = exists
    ledger.context = replace(ledger.context, images=images)
    azure = Azure(released)

    failed = recreated(ledger, azure, "1.5.0")

    assert set(azure.made) == made
    assert [why for why in failed.values() if "which its registry does not have" in why] == list(
        failed.values()
    )
    ((base,),) = {call.args for call in images.exists.call_args_list}
    assert base.startswith("mcr.microsoft.com/")


def test_a_version_whose_files_git_does_not_have_is_not_made(
    ledger: "Approving", released: Mapping[str, RegisteredEnvironment]
) -> None:
    unknown = released["1.5.0"]._replace(tags={"env_digest": "0" * 64})
    azure = Azure({"1.5.0": unknown})

    failed = recreated(ledger, azure, "1.5.0")

    assert "git does not have the files" in failed["1.5.0"]
    assert azure.made == {}


def test_forged_records_put_no_files_of_their_own_into_production(
    ledger: "Approving", released: Mapping[str, RegisteredEnvironment]
) -> None:
    context = ledger.context
    repository, now = context.repository, context.clock.now()
    theirs = repository.commit(
        (context.rules.main,), {"environment/src/score.py": b"import theirs\n"}, "Theirs", at=now
    )
    digest = env_digest(repository.read(theirs, "environment"))
    write_source(context, "amlregcc01", NAME, "1.5.0", SourceRecord("/dev/rc", digest))
    tags = {"git_commit_sha": theirs}
    record = PromotionRecord(NAME, "1.5.0", digest, "1.5.0-rc.g0", "mallory", now, tags=tags)
    write_promotion(context, record)
    azure = Azure({"1.5.0": released["1.5.0"]._replace(tags={})})

    failed = recreated(ledger, azure, "1.5.0")

    assert azure.made == {}
    assert "git does not have the files" in failed["1.5.0"]
