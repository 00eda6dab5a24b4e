"""What a registry tells about itself, and what it turns away."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from azure.ai.ml.entities import Environment
from azure.core.exceptions import HttpResponseError

from bot.sandbox.azureml.registry import RegistrySpec

if TYPE_CHECKING:
    from tests.sandbox.azureml.conftest import Place

PERMISSIONS = "providers/Microsoft.Authorization/permissions"


def path(place: "Place") -> str:
    provider, _, _ = place.path("dev").rpartition("/workspaces/")
    return f"{provider}/registries/{place.registry_name}"


@pytest.fixture
def private(place: "Place") -> "Place":
    _, _, subscription, _, group, *_ = path(place).split("/")
    spec = RegistrySpec(subscription, group, place.registry_name, "westeurope", public=False)
    place.azure.control.add_registry(spec)
    return place


@pytest.fixture
def turned_away(script: Callable[..., None]) -> Callable[..., None]:
    return lambda **outage: script(outages=[{"times": 1, **outage}])


def test_a_registry_shows_its_regions_and_its_network(private: "Place") -> None:
    said = private.azure.send("GET", path(private)).json()["properties"]

    assert said["publicNetworkAccess"] == "Disabled"
    assert [one["location"] for one in said["regions"]] == ["westeurope"]


def test_a_private_registry_takes_what_is_shared_and_nothing_else(private: "Place") -> None:
    wanted = Environment(name="custom-tf-env", version="1.5.0", image="base@sha256:1")

    with pytest.raises(HttpResponseError, match="public network access is disabled"):
        private.registry().environments.create_or_update(wanted)

    private.environment("1.5.0")
    assert private.share("1.5.0", "1.5.0").version == "1.5.0"


@pytest.mark.parametrize(
    ("client", "allowed"),
    [
        pytest.param("operator", "*", id="operator"),
        pytest.param("envbot-registry", "registries/assets/*", id="shares"),
        pytest.param("envbot-reader", "*/read", id="reads"),
    ],
)
def test_an_identity_is_told_its_rights(place: "Place", client: str, allowed: str) -> None:
    token = place.azure.credential(client).get_token(f"{place.azure.server.url}/.default").token

    answer = place.azure.send("GET", f"{path(place)}/{PERMISSIONS}", token=token)

    [role] = answer.json()["value"]
    assert role["actions"][-1].endswith(allowed)


def test_what_the_script_grants_counts(place: "Place", script: Callable[..., None]) -> None:
    script(extra_rights={"envbot-registry": {"test": "write"}})

    made = place.client("test", "envbot-registry").environments.create_or_update(
        Environment(name="custom-tf-env", version="1.5.0", image="base@sha256:1")
    )

    assert made.version == "1.5.0"


@pytest.mark.parametrize(
    ("outage", "status", "wait"),
    [
        pytest.param({"status": 429, "retry_after": 7}, 429, "7", id="throttled"),
        pytest.param({"status": 503}, 503, None, id="out of order"),
    ],
)
def test_a_call_is_turned_away_as_often_as_the_script_says(
    place: "Place",
    turned_away: Callable[..., None],
    outage: dict[str, Any],
    status: int,
    wait: str | None,
) -> None:
    turned_away(call=f"GET {path(place)}", **outage)

    first, second = (place.azure.send("GET", path(place)) for _ in range(2))

    assert (first.status_code, first.headers.get("Retry-After")) == (status, wait)
    assert second.status_code == 200
