"""What a raw read tells of an environment version, and that a refusal of it is no failure."""

from typing import TYPE_CHECKING

import pytest

from bot.adapters.azureml import AzureCloud
from bot.core.production.environment_state import EnvironmentState
from bot.errors import BotError
from tests.adapters.azureml.test_environments import BUILD, CONDA_ON_IMAGE, IMAGE, NAME, register

if TYPE_CHECKING:
    from bot.core.environment import EnvironmentSpec
    from tests.adapters.azureml.conftest import Place

VERSION = "1.5.1"
READ = f"GET */environments/{NAME}/versions/{VERSION}"


def state(cloud: AzureCloud, place: str = "dev") -> EnvironmentState:
    return cloud.environment_state(place, NAME, VERSION)


@pytest.mark.parametrize(
    ("spec", "pulled"),
    [
        pytest.param(BUILD, "", id="build context"),
        pytest.param(CONDA_ON_IMAGE, "", id="conda file on image"),
        pytest.param(IMAGE, "mcr.example/base@sha256:1", id="image"),
    ],
)
def test_says_whether_the_image_exists_and_which_it_is(
    cloud: AzureCloud, place: "Place", spec: "EnvironmentSpec", pulled: str
) -> None:
    register(cloud, spec, VERSION)

    found = state(cloud)

    assert (found.provisioning_state, found.image_exists) == ("Succeeded", True)
    assert (found.pulled, found.unknown) == (pulled, "")
    host = place.platform.stages["dev"].workspace
    assert found.image.startswith(f"{host}.azurecr.io/azureml/azureml_")


def test_says_the_same_of_a_registry(cloud: AzureCloud, place: "Place") -> None:
    register(cloud, BUILD, VERSION)
    cloud.share(NAME, VERSION, as_version=VERSION)
    place.sandbox.script(gone_images=[f"{NAME}:{VERSION}"])

    try:
        found = state(cloud, "registry")
    finally:
        place.sandbox.script(gone_images=[])

    assert found.image_exists is False
    assert found.image.startswith(f"{place.platform.registry}.azurecr.io/")


def test_says_how_its_registration_ended(cloud: AzureCloud, place: "Place") -> None:
    register(cloud, BUILD, VERSION)
    place.sandbox.script(environment_states={f"{NAME}:{VERSION}": "Failed"})

    try:
        assert state(cloud).provisioning_state == "Failed"
    finally:
        place.sandbox.script(environment_states={})


def test_a_version_that_is_not_there_is_unknown(cloud: AzureCloud) -> None:
    assert state(cloud) == EnvironmentState(
        unknown="Azure Resource Manager does not know that version"
    )


@pytest.mark.parametrize("status", [400, 403])
def test_a_question_that_azure_does_not_take_is_answered_with_unknown(
    cloud: AzureCloud, place: "Place", status: int
) -> None:
    register(cloud, BUILD, VERSION)
    place.sandbox.script(outages=[{"status": status, "times": 1, "call": READ}])

    assert state(cloud) == EnvironmentState(unknown=f"Azure answered {status}")


def test_an_outage_is_none(cloud: AzureCloud, place: "Place") -> None:
    register(cloud, BUILD, VERSION)
    place.sandbox.script(outages=[{"status": 503, "times": 20, "call": READ}])

    try:
        with pytest.raises(BotError, match="reading how environment"):
            state(cloud)
    finally:
        place.sandbox.script(outages=[])
