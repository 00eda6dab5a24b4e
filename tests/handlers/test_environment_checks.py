"""How often Azure and the image registries are asked, and that their silence stops nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from bot.core.asset_id import parse_asset_id
from bot.core.config.promotion import RECREATE
from bot.core.production.deployment import LiveDeployment
from bot.core.production.environment_state import EnvironmentState
from bot.core.production.plan import Plan
from bot.core.resolved_image import BaseImage
from bot.handlers.context import Context
from bot.handlers.environment_checks import unusable_versions
from bot.handlers.ports import Cloud

if TYPE_CHECKING:
    from tests.handlers.conftest import Heard

IMAGE = "reg.azurecr.io/azureml/azureml_1@sha256:1"
BUILT = EnvironmentState("Succeeded", IMAGE, image_exists=True)
PULLED = EnvironmentState("Succeeded", pulled="mcr.example/base@sha256:1")

Planned = Callable[..., Plan]
Live = Callable[..., LiveDeployment]


@dataclass
class Azure:
    """Says how versions stand, and keeps which it was asked for."""

    states: Mapping[str, EnvironmentState] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def environment_state(self, place: str, name: str, version: str) -> EnvironmentState:
        self.asked.append(f"{place} {name}:{version}")
        return self.states.get(version, BUILT)

    @property
    def cloud(self) -> Cloud:
        return cast("Cloud", self)


@dataclass
class Images:
    """A registry that says one thing of everything."""

    says: bool | None
    asked: list[str] = field(default_factory=list)

    def resolve(self, reference: str) -> BaseImage:
        raise AssertionError(reference)

    def exists(self, reference: str) -> bool | None:
        self.asked.append(reference)
        return self.says


@pytest.fixture
def plan(make_plan_to: Planned, make_live: Live) -> Plan:
    """Return the update of three circuits to one version."""
    return make_plan_to("1.5.1", make_live(1), make_live(2), make_live(3))


def test_a_version_is_asked_for_once_however_many_circuits_run_it(
    context: Context, plan: Plan
) -> None:
    azure = Azure()

    assert unusable_versions(context, azure.cloud, plan) == {}

    assert azure.asked == ["registry tf:1.5.1"]


def test_nothing_is_asked_where_nothing_would_be_written(
    context: Context, make_plan_to: Planned, make_live: Live
) -> None:
    azure = Azure()

    unusable_versions(context, azure.cloud, make_plan_to("1.5.0", make_live(1)))

    assert azure.asked == []


def test_an_image_that_is_gone_is_named(context: Context, plan: Plan) -> None:
    azure = Azure({"1.5.1": BUILT._replace(image_exists=False)})

    (asset, objection), *others = unusable_versions(context, azure.cloud, plan).items()

    assert (asset, others) == (parse_asset_id(plan.updates[0].environment_id or ""), [])
    assert objection.code == "ENV_IMAGE_GONE"
    assert IMAGE in objection.reason


@pytest.mark.parametrize(
    ("says", "codes"),
    [
        pytest.param(True, [], id="there"),
        pytest.param(False, ["ENV_IMAGE_GONE"], id="gone"),
        pytest.param(None, [], id="no answer"),
    ],
)
def test_the_registry_of_an_image_that_is_run_as_it_is_decides(
    context: Context,
    plan: Plan,
    says: bool | None,
    codes: list[str],
) -> None:
    azure, images = Azure({"1.5.1": PULLED}), Images(says)

    found = unusable_versions(replace(context, images=images), azure.cloud, plan)

    assert [one.code for one in found.values()] == codes
    assert images.asked == [PULLED.pulled]


def test_what_could_not_be_found_out_is_told(context: Context, plan: Plan) -> None:
    azure = Azure({"1.5.1": EnvironmentState(unknown="Azure answered 403")})

    assert unusable_versions(context, azure.cloud, plan) == {}

    heard = cast("Heard", context.reporter)
    told = "Not known whether the image of tf:1.5.1 can be had: Azure answered 403."
    assert heard.steps == [told]


def test_the_registrys_image_is_of_no_interest_where_production_builds_its_own(
    context: Context, plan: Plan
) -> None:
    platform = context.rules.platform
    hops = msgspec.structs.replace(platform.promotion, registry_to_production=RECREATE)
    rules = replace(context.rules, platform=replace(platform, promotion=hops))
    azure = Azure({"1.5.1": BUILT._replace(image_exists=False)})

    assert unusable_versions(replace(context, rules=rules), azure.cloud, plan) == {}
