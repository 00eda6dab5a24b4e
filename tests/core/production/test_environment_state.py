"""Which versions cannot be run, which are only doubted, and what that stops."""

import pytest

from bot.core.asset_id import AssetId
from bot.core.config.circuit import CircuitId
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.environment_state import (
    EnvironmentState,
    Objection,
    doubt_about,
    objection_to,
)
from bot.core.production.plan import ActionKind, Known, Limits, Plan, make_plan

LABEL = "tf:1.5.0"
IMAGE = "reg.azurecr.io/azureml/azureml_1@sha256:1"
BUILT = EnvironmentState("Succeeded", IMAGE, image_exists=True)
LOST = BUILT._replace(image_exists=False)
PULLED = EnvironmentState("Succeeded", pulled="mcr.example/base@sha256:1")
UNKNOWN = EnvironmentState(unknown="Azure answered 403")


@pytest.mark.parametrize(
    ("state", "copied", "pulled_exists", "code"),
    [
        pytest.param(BUILT, False, None, "", id="built"),
        pytest.param(LOST, False, None, "ENV_IMAGE_GONE", id="Azure names the image that is gone"),
        pytest.param(LOST, True, None, "", id="gone, but production builds its own"),
        pytest.param(LOST._replace(image=""), False, None, "", id="a no that names no image"),
        pytest.param(BUILT._replace(image_exists=None), False, None, "", id="does not say"),
        pytest.param(UNKNOWN, False, None, "", id="was not told"),
        pytest.param(PULLED, False, True, "", id="the pulled image is there"),
        pytest.param(PULLED, False, False, "ENV_IMAGE_GONE", id="the pulled image is gone"),
        pytest.param(PULLED, True, False, "ENV_IMAGE_GONE", id="gone for the copy too"),
        pytest.param(PULLED, False, None, "", id="its registry does not answer"),
        pytest.param(EnvironmentState("Failed"), False, None, "ENV_NOT_READY", id="failed"),
        pytest.param(EnvironmentState("Creating"), True, None, "ENV_NOT_READY", id="being made"),
        pytest.param(EnvironmentState("succeeded"), False, None, "", id="in lower case"),
        pytest.param(EnvironmentState(), False, None, "", id="no state"),
    ],
)
def test_objects_only_to_what_is_certain(
    state: EnvironmentState,
    copied: bool,
    pulled_exists: bool | None,
    code: str,
) -> None:
    found = objection_to(LABEL, state, copied=copied, pulled_exists=pulled_exists)

    assert (found.code if found else "") == code


@pytest.mark.parametrize(
    ("state", "copied", "pulled_exists", "said"),
    [
        pytest.param(BUILT, False, None, "", id="built"),
        pytest.param(PULLED, False, True, "", id="pulled"),
        pytest.param(PULLED, False, None, "the registry of mcr.example/base", id="no answer"),
        pytest.param(UNKNOWN, False, None, "Azure answered 403", id="was not told"),
        pytest.param(EnvironmentState("Succeeded"), False, None, "Azure does not say", id="null"),
        pytest.param(LOST._replace(image=""), False, None, "Azure does not say", id="no name"),
        pytest.param(BUILT, True, None, "production builds one of its own", id="a copy"),
    ],
)
def test_says_what_nobody_could_tell(
    state: EnvironmentState,
    copied: bool,
    pulled_exists: bool | None,
    said: str,
) -> None:
    doubt = doubt_about(LABEL, state, copied=copied, pulled_exists=pulled_exists)

    assert (doubt == "") is (said == "")
    assert said in doubt


def environment_id(version: str) -> str:
    return f"azureml://registries/reg/environments/tf/versions/{version}"


def desired(version: str, circuit: str = "C001") -> DesiredDeployment:
    return DesiredDeployment(
        circuit=CircuitId("P001", circuit),
        endpoint="endpoint",
        deployment=circuit,
        environment_id=environment_id(version),
        environment="tf",
        version=version,
        model_version=None,
    )


def live(version: str, circuit: str = "C001") -> LiveDeployment:
    return LiveDeployment(
        endpoint="endpoint",
        deployment=circuit,
        environment_id=environment_id(version),
        model_id="azureml://registries/reg/models/sensor/versions/5",
        tags={},
        provisioning_state="Succeeded",
        kind="model",
        rest_digest="",
    )


def plan_without(version: str, *pairs: tuple[DesiredDeployment, LiveDeployment]) -> Plan:
    """Return the plan of these while the image of one version is gone."""
    gone = Objection("ENV_IMAGE_GONE", f"the image of tf:{version} does not exist")
    known = Known(unusable={AssetId("registries/reg", "tf", version): gone})
    wanted, found = zip(*pairs, strict=True)
    return make_plan(wanted, found, known=known, limits=Limits(100))


def test_an_image_that_is_gone_stops_the_whole_plan() -> None:
    plan = plan_without(
        "1.5.0",
        (desired("1.5.0"), live("1.5.1")),
        (desired("1.5.0", "C002"), live("1.5.1", "C002")),
        (desired("1.5.2", "C003"), live("1.5.1", "C003")),
    )

    assert plan.updates == ()
    assert plan.counts[ActionKind.REFUSED] == 2
    (error,) = plan.errors
    assert error.code == "ENV_IMAGE_GONE"
    assert error.headline == "the image of environment `tf:1.5.0` cannot be had"
    assert error.facts == (
        "the image of tf:1.5.0 does not exist.",
        "2 circuits ask for it.",
    )


def test_what_runs_already_is_not_asked_for_its_image() -> None:
    plan = plan_without(
        "1.5.0",
        (desired("1.5.0"), live("1.5.0")),
        (desired("1.5.2", "C003"), live("1.5.1", "C003")),
    )

    assert plan.errors == ()
    assert [action.deployment for action in plan.updates] == ["C003"]
