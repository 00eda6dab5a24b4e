"""What previews of the interface return of an environment's image, and older versions do not."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.azureml.conftest import Place

VERSION = "1.5.0"


def properties(place: "Place", api_version: str) -> dict[str, Any]:
    path = f"{place.path('dev')}/environments/custom-tf-env/versions/{VERSION}"
    answer = place.azure.send("GET", f"{path}?api-version={api_version}")
    found: dict[str, Any] = answer.json()["properties"]
    return found


@pytest.mark.parametrize(
    ("api_version", "shown"),
    [
        pytest.param("2025-01-01-preview", True, id="the first preview that has it"),
        pytest.param("2025-10-01-preview", True, id="a later one"),
        pytest.param("2025-12-01", False, id="no preview"),
        pytest.param("2024-10-01-preview", False, id="a preview before"),
    ],
)
def test_the_image_is_shown_by_previews_alone(
    place: "Place", api_version: str, shown: bool
) -> None:
    place.environment(VERSION)

    assert ("imageDetails" in properties(place, api_version)) is shown


def test_a_version_has_its_image_until_the_script_says_otherwise(
    place: "Place", script: Callable[..., None]
) -> None:
    place.environment(VERSION)
    before = properties(place, "2025-10-01-preview")["imageDetails"]

    script(gone_images=[f"custom-tf-env:{VERSION}"], environment_states={})

    after = properties(place, "2025-10-01-preview")["imageDetails"]
    assert (before["exists"], after["exists"]) == (True, False)
    assert before["image"] == after["image"]


def test_a_registration_can_have_failed(place: "Place", script: Callable[..., None]) -> None:
    place.environment(VERSION)

    script(environment_states={f"custom-tf-env:{VERSION}": "Failed"})

    assert properties(place, "2025-12-01")["provisioningState"] == "Failed"
