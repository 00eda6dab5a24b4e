from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.adapters.azureml import AzureCloud, AzureSettings
from bot.core.promotion_limits import REGISTRY_WRITE, WORKSPACE_WRITE
from bot.errors import BotError
from bot.sandbox.azureml.client_environment import environment_variables

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place


def signed_in(
    client: str, place: "Place", settings: AzureSettings, monkeypatch: pytest.MonkeyPatch
) -> AzureCloud:
    """Return the adapter with the identity of one of the jobs."""
    for name, value in environment_variables(place.sandbox.state, client).items():
        monkeypatch.setenv(name, value)
    return AzureCloud(place.platform, settings)


def test_a_registry_says_that_it_is_private_and_where_it_is(
    place: "Place", settings: AzureSettings
) -> None:
    name = place.registry(public=False, regions=["canadacentral", "Canada East"])
    cloud = AzureCloud(replace(place.platform, registry=name), settings)

    limits = cloud.registry_limits("registry")

    assert limits.name == name
    assert limits.is_private
    assert limits.regions == {"westeurope", "canadacentral", "canadaeast"}


def test_a_registry_is_public_unless_it_says_otherwise(cloud: AzureCloud) -> None:
    assert not cloud.registry_limits("registry").is_private


def test_two_registries_are_asked_each(place: "Place", settings: AzureSettings) -> None:
    other = place.registry(public=False)
    cloud = AzureCloud(replace(place.platform, production_registry=other), settings)

    places = ("registry", "production_registry")
    assert [cloud.registry_limits(one).is_private for one in places] == [False, True]


def test_a_registry_that_is_not_there_cannot_be_asked(
    place: "Place", settings: AzureSettings
) -> None:
    cloud = AzureCloud(replace(place.platform, registry="nowhere"), settings)

    with pytest.raises(BotError, match="404"):
        cloud.registry_limits("registry")


def test_a_workspace_says_where_it_is(cloud: AzureCloud) -> None:
    assert cloud.region("production") == "westeurope"


@pytest.mark.parametrize(
    ("client", "may"),
    [
        pytest.param("envbot-registry", True, id="shares"),
        pytest.param("envbot-reader", False, id="reads"),
        pytest.param("envbot-production", False, id="writes production"),
        pytest.param("envbot-dev", None, id="may not even ask"),
    ],
)
def test_an_identity_knows_whether_it_may_share(
    client: str,
    may: bool | None,
    place: "Place",
    settings: AzureSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cloud = signed_in(client, place, settings, monkeypatch)

    assert cloud.may_do("registry", REGISTRY_WRITE) is may


@pytest.mark.parametrize(
    ("extra", "may"),
    [
        pytest.param({}, False, id="submits jobs only"),
        pytest.param({"envbot-registry": {"test": "write"}}, True, id="was granted more"),
    ],
)
def test_registering_in_test_is_a_right_of_its_own(
    extra: dict[str, dict[str, str]],
    may: bool,
    place: "Place",
    settings: AzureSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place.sandbox.script(extra_rights=extra)
    cloud = signed_in("envbot-registry", place, settings, monkeypatch)

    assert cloud.may_do("test", WORKSPACE_WRITE) is may
    place.sandbox.script(extra_rights={})


def test_rights_that_cannot_be_read_for_another_reason_are_a_failure(
    cloud: AzureCloud, place: "Place"
) -> None:
    place.turn_away("GET */permissions", 503, times=4)

    with pytest.raises(BotError, match="reading the rights at registry failed: 503"):
        cloud.may_do("registry", REGISTRY_WRITE)
