import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml.entities import BuildContext, Environment
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)

CONDA = {"name": "env", "channels": ["conda-forge"], "dependencies": ["python=3.9"]}


def environment(**changes: Any) -> Environment:
    return Environment(
        **{"name": "custom-tf-env", "version": "1.5.0", "image": "base@sha256:1", **changes}
    )


def test_a_registered_version_reads_back(place: Any) -> None:
    client = place.client()
    client.environments.create_or_update(environment(conda_file=CONDA, tags={"a": "b"}))

    found = client.environments.get("custom-tf-env", "1.5.0")

    assert (found.image, found.conda_file, found.tags) == ("base@sha256:1", CONDA, {"a": "b"})
    assert found.id == f"{place.path('dev')}/environments/custom-tf-env/versions/1.5.0"


def test_the_conda_file_comes_back_as_indented_json(place: Any) -> None:
    place.client().environments.create_or_update(environment(conda_file=CONDA))

    path = f"{place.path('dev')}/environments/custom-tf-env/versions/1.5.0"
    body = place.azure.send("GET", path).json()

    assert body["properties"]["condaFile"] == json.dumps(CONDA, indent=2, sort_keys=True)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"image": "base@sha256:2"}, id="image"),
        pytest.param({"conda_file": {**CONDA, "channels": ["defaults"]}}, id="conda file"),
    ],
)
def test_the_content_of_a_version_never_changes(place: Any, change: dict[str, Any]) -> None:
    client = place.client()
    client.environments.create_or_update(environment(conda_file=CONDA))

    with pytest.raises(ResourceExistsError, match="already registered and cannot be changed"):
        client.environments.create_or_update(environment(**{"conda_file": CONDA, **change}))


def test_the_same_content_again_is_accepted_and_tags_and_description_may_change(
    place: Any,
) -> None:
    client = place.client()
    client.environments.create_or_update(environment(conda_file=CONDA, tags={"a": "b"}))

    client.environments.create_or_update(
        environment(conda_file=CONDA, tags={"c": "d"}, description="mended")
    )

    found = client.environments.get("custom-tf-env", "1.5.0")
    assert (found.tags, found.description) == ({"c": "d"}, "mended")


def test_a_version_that_does_not_exist_is_not_found_in_the_services_words(place: Any) -> None:
    with pytest.raises(
        ResourceNotFoundError,
        match="No environment exists for name: custom-tf-env, version: 9, label: ",
    ):
        place.client().environments.get("custom-tf-env", "9")


@pytest.mark.parametrize("name", ["AzureML-mine", "azureml_mine"])
def test_the_names_of_microsofts_own_environments_are_refused(place: Any, name: str) -> None:
    with pytest.raises(HttpResponseError, match="can not start with the prefix AzureML"):
        place.client().environments.create_or_update(environment(name=name))


def test_a_list_of_several_pages_arrives_whole_and_in_order(
    place: Any, script: Callable[..., None]
) -> None:
    script(page_size=2)
    versions = [f"1.5.{patch}" for patch in range(5)]
    for version in versions:
        place.environment(version)

    listed = place.client().environments.list("custom-tf-env")

    assert [found.version for found in listed] == versions


def test_an_archived_version_leaves_the_list_and_can_still_be_read(place: Any) -> None:
    client = place.client()
    place.environment("1.5.0")
    place.environment("1.5.1")

    client.environments.archive("custom-tf-env", "1.5.0")

    assert [found.version for found in client.environments.list("custom-tf-env")] == ["1.5.1"]
    assert client.environments.get("custom-tf-env", "1.5.0").version == "1.5.0"


def test_an_archived_environment_leaves_the_list_with_all_its_versions(place: Any) -> None:
    client = place.client()
    place.environment("1.5.0")

    client.environments.archive("custom-tf-env")
    place.environment("1.5.1")

    assert list(client.environments.list("custom-tf-env")) == []
    assert list(client.environments.list()) == []


def test_the_newest_version_is_the_latest_one(place: Any) -> None:
    place.environment("2.0.0")
    place.environment("1.5.1")

    assert place.client().environments.get("custom-tf-env", label="latest").version == "1.5.1"


def test_a_build_context_is_uploaded_and_its_version_names_it(place: Any, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "score.py").write_text("print('scored')\n")
    (tmp_path / "Dockerfile").write_text("FROM base\n")

    made = place.client().environments.create_or_update(
        Environment(name="custom-tf-env", version="1.5.0", build=BuildContext(path=str(tmp_path)))
    )

    assert made.build.dockerfile_path == "Dockerfile"
    assert made.build.path.startswith(place.azure.server.url)
    assert made.build.path.endswith(f"/{tmp_path.name}/")


def test_ids_are_found_whatever_their_case(place: Any) -> None:
    place.environment("1.5.0")
    path = f"{place.path('dev')}/environments/custom-tf-env/versions/1.5.0"

    shouted = place.azure.send("GET", path.upper().replace("MICROSOFT.", "microsoft."))

    assert shouted.status_code == 200
    assert shouted.json()["id"] == path
