from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml.entities import BuildContext, Environment
from azure.ai.ml.exceptions import ValidationException
from azure.core.exceptions import HttpResponseError

from bot.sandbox.azureml.blob import blob_path
from bot.sandbox.azureml.store import Store


def test_a_share_carries_the_content_under_the_name_of_the_registry(place: Any) -> None:
    place.environment("1.5.1-rc.g0a1b2c3d")

    shared = place.share("1.5.1-rc.g0a1b2c3d", "1.5.1-rc.g0a1b2c3d")

    name = place.registry_name
    assert shared.id == (
        f"azureml://registries/{name}/environments/custom-tf-env/versions/1.5.1-rc.g0a1b2c3d"
    )
    assert shared.image == "base@sha256:1"


def test_a_version_can_be_shared_again_under_another_version(place: Any) -> None:
    place.environment("1.5.1-rc.g0a1b2c3d")
    place.share("1.5.1-rc.g0a1b2c3d", "1.5.1-rc.g0a1b2c3d")
    place.share("1.5.1-rc.g0a1b2c3d", "1.5.1")

    listed = place.registry().environments.list("custom-tf-env")

    assert [found.version for found in listed] == ["1.5.1-rc.g0a1b2c3d", "1.5.1"]


def test_a_version_the_registry_has_is_not_shared_over(place: Any) -> None:
    place.environment("1.5.0")
    place.share("1.5.0", "1.5.0")

    with pytest.raises(ValidationException, match="already exists in registry"):
        place.share("1.5.0", "1.5.0")


def test_a_version_the_workspace_does_not_have_cannot_be_shared(place: Any) -> None:
    with pytest.raises(HttpResponseError, match=r"version: 9\.9\.9"):
        place.share("9.9.9", "9.9.9")


def test_a_shared_build_context_lies_in_the_registrys_own_storage(
    place: Any, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM base\n")
    made = place.client().environments.create_or_update(
        Environment(
            name="custom-tf-env",
            version="1.5.0",
            build=BuildContext(path=str(tmp_path), dockerfile_path="Dockerfile"),
        )
    )

    shared = place.share("1.5.0", "1.5.0")

    assert shared.build.dockerfile_path == "Dockerfile"
    assert shared.build.path != made.build.path
    store = Store(place.azure.server.state)
    copied = store.blob(f"{blob_path(shared.build.path)}Dockerfile")
    store.close()
    assert copied is not None
    assert copied.data == b"FROM base\n"


def test_an_environment_can_be_registered_in_the_registry_itself(place: Any) -> None:
    registry = place.registry()
    registry.environments.create_or_update(
        Environment(name="custom-tf-env", version="3", image="base@sha256:1")
    )

    assert registry.environments.get("custom-tf-env", "3").image == "base@sha256:1"


def test_a_registered_version_of_the_registry_never_changes(place: Any) -> None:
    registry = place.registry()
    registry.environments.create_or_update(
        Environment(name="custom-tf-env", version="3", image="base@sha256:1")
    )

    with pytest.raises(HttpResponseError, match="already registered and cannot be changed"):
        registry.environments.create_or_update(
            Environment(name="custom-tf-env", version="3", image="base@sha256:2")
        )


def test_an_unknown_registry_is_an_error_that_names_it(place: Any) -> None:
    path = "/registrymanagement/v1.0/registries/nowhere/discovery"

    answer = place.azure.send("GET", path)

    assert answer.status_code == 404
    assert "nowhere" in answer.json()["error"]["message"]
