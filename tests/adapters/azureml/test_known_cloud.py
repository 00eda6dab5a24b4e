"""The page of clouds is read once, however many clients the SDK makes."""

from typing import TYPE_CHECKING

import pytest
from azure.ai.ml import _azure_environments as clouds

from bot.adapters.azureml import AzureCloud, AzureSettings
from bot.adapters.azureml.known_cloud import remember_cloud

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

PAGE = "GET /metadata/endpoints"


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clouds, "_environments", dict(clouds._environments))


def reads(place: "Place", mark: int) -> int:
    return sum(line.startswith(PAGE) for line in place.requests(mark))


def reads_of_a_run(place: "Place", settings: AzureSettings) -> int:
    """Return how often the page is read by a run that looks into two places."""
    mark = place.mark()
    cloud = AzureCloud(place.platform, settings)
    cloud.environments("dev", "tf")
    cloud.environments("test", "tf")
    return reads(place, mark)


def test_a_cloud_that_is_remembered_is_not_read_again(
    place: "Place", settings: AzureSettings
) -> None:
    before = reads_of_a_run(place, settings)

    remember_cloud()

    assert before > 1
    assert reads_of_a_run(place, settings) <= 1  # envbot's own, which looks for ARM's address


def test_it_is_read_anew_when_asked(place: "Place") -> None:
    remember_cloud()
    mark = place.mark()

    remember_cloud()

    assert reads(place, mark) > 0


def test_a_cloud_that_the_sdk_knows_stays_as_it_is(
    place: "Place", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZUREML_CURRENT_CLOUD", "AzureUSGovernment")
    mark, before = place.mark(), clouds._environments["AzureUSGovernment"]

    remember_cloud()

    assert clouds._environments["AzureUSGovernment"] is before
    assert reads(place, mark) == 0
