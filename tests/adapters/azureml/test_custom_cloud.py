"""What the SDK's clients are told about a cloud that only a page knows."""

from typing import TYPE_CHECKING, Any

import pytest
from azure.ai.ml import _azure_environments as clouds

from bot.adapters.azureml.custom_cloud import custom_cloud

if TYPE_CHECKING:
    from bot.adapters.azureml import AzureCloud
    from tests.adapters.azureml.conftest import Place

PAGE_ENTRY: dict[str, Any] = {
    "name": "Bank",
    "portal": "https://portal.azure.bank.example/",
    "resourceManager": "https://management.azure.bank.example/",
    "authentication": {"loginEndpoint": "https://login.azure.bank.example/"},
    "suffixes": {"storage": "core.bank.example"},
}


@pytest.fixture
def _no_discovery_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGISTRY_DISCOVERY_ENDPOINT_URL", raising=False)


@pytest.mark.usefixtures("_no_discovery_url")
def test_a_cloud_of_the_page_is_told_with_its_name_and_addresses() -> None:
    assert custom_cloud(PAGE_ENTRY) == {
        "cloud": "Bank",
        "cloud_metadata": {
            "azure_portal": "https://portal.azure.bank.example/",
            "resource_manager": "https://management.azure.bank.example/",
            "active_directory": "https://login.azure.bank.example/",
            "aml_resource_id": "https://ml.azure.bank.example",
            "storage_endpoint": "core.bank.example",
            "registry_discovery_endpoint": "https://bankwest.api.ml.azure.bank.example/",
        },
    }


def test_the_sdk_makes_the_same_of_the_page() -> None:
    (made,) = clouds._convert_arm_to_cli([PAGE_ENTRY]).values()

    assert custom_cloud(PAGE_ENTRY)["cloud_metadata"] == made


@pytest.mark.usefixtures("_no_discovery_url")
@pytest.mark.parametrize(
    ("name", "value", "url"),
    [
        (
            "REGISTRY_DISCOVERY_ENDPOINT_REGION",
            "north",
            "https://banknorth.api.ml.azure.bank.example/",
        ),
        ("REGISTRY_DISCOVERY_ENDPOINT_URL", "https://here.example/", "https://here.example/"),
    ],
)
def test_registries_are_asked_for_where_the_variables_say(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, url: str
) -> None:
    monkeypatch.setenv(name, value)

    assert custom_cloud(PAGE_ENTRY)["cloud_metadata"]["registry_discovery_endpoint"] == url


@pytest.mark.parametrize("lost", list(PAGE_ENTRY))
def test_of_an_entry_that_lacks_something_nothing_is_told(lost: str) -> None:
    assert custom_cloud({key: PAGE_ENTRY[key] for key in PAGE_ENTRY if key != lost}) == {}


def test_of_an_entry_of_another_form_nothing_is_told() -> None:
    assert custom_cloud(PAGE_ENTRY | {"portal": None}) == {}


def test_the_page_is_read_once_however_many_clients_there_are(
    place: "Place", cloud: "AzureCloud"
) -> None:
    mark = place.mark()
    for stage in ("dev", "test", "registry"):
        cloud.environment(stage, "custom-tf-env", "1.5.1")

    read = [line for line in place.requests(mark) if line.startswith("GET /metadata/endpoints")]
    assert len(read) == 1
