from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

ABSENT = "/versions/99"


def deploy(place: Any, deployment: Any) -> Any:
    operations = place.client("production").batch_deployments
    return operations.begin_create_or_update(deployment).result()


def test_a_deployment_reads_back_with_what_the_service_adds(place: Any, tmp_path: Path) -> None:
    deploy(place, place.deployment(tmp_path))

    body = place.azure.send("GET", place.deployment_path()).json()

    properties = body["properties"]
    assert properties["loggingLevel"] == "Info"
    assert properties["provisioningState"] == "Succeeded"
    assert properties["retrySettings"] == {"maxRetries": 3, "timeout": "PT30S"}
    assert properties["deploymentConfiguration"] is None
    assert {name: body[name] for name in ("kind", "sku", "identity")} == {
        "kind": None,
        "sku": None,
        "identity": None,
    }


def test_an_environment_is_replaced_and_everything_else_stays(place: Any, tmp_path: Path) -> None:
    deploy(place, place.deployment(tmp_path))
    before = place.azure.send("GET", place.deployment_path()).json()
    place.environment("1.5.1")
    shared = place.share("1.5.1", "1.5.1")

    deployment = place.client("production").batch_deployments.get(
        before["name"], "batch-endpoint-plant-P001"
    )
    deployment.environment = shared.id
    deploy(place, deployment)

    after = place.azure.send("GET", place.deployment_path()).json()
    assert after["properties"].pop("environmentId") == shared.id
    before["properties"].pop("environmentId")
    assert {**after, "systemData": None} == {**before, "systemData": None}


def absent(place: Any, kind: str, name: str) -> str:
    return f"{place.path('production')}/{kind}/{name}{ABSENT}"


@pytest.mark.parametrize(
    ("field", "reference"),
    [
        pytest.param(
            "environment",
            lambda place: absent(place, "environments", "custom-tf-env"),
            id="environment of the workspace",
        ),
        pytest.param(
            "environment",
            lambda place: (
                f"azureml://registries/{place.registry_name}/environments/custom-tf-env{ABSENT}"
            ),
            id="environment of the registry",
        ),
        pytest.param(
            "environment",
            lambda _: f"azureml://registries/nowhere/environments/custom-tf-env{ABSENT}",
            id="registry",
        ),
        pytest.param("model", lambda place: absent(place, "models", "m"), id="model"),
        pytest.param("compute", lambda _: "no-cluster", id="compute"),
    ],
)
def test_refuses_a_reference_to_nothing(
    place: Any, tmp_path: Path, field: str, reference: Callable[[Any], str]
) -> None:
    deployment = place.deployment(tmp_path, **{field: reference(place)})

    with pytest.raises(HttpResponseError, match="The specified resource was not found"):
        deploy(place, deployment)


def test_refuses_a_reference_to_another_workspace(place: Any, tmp_path: Path) -> None:
    deployment = place.deployment(tmp_path, environment=place.environment("1.5.0", "dev").id)

    with pytest.raises(HttpResponseError, match="The specified resource was not found"):
        deploy(place, deployment)


def test_refuses_code_that_was_never_registered(place: Any, tmp_path: Path) -> None:
    deploy(place, place.deployment(tmp_path))
    body = place.azure.send("GET", place.deployment_path()).json()
    body["properties"]["codeConfiguration"]["codeId"] = absent(place, "codes", "c")

    answer = place.azure.send("PUT", place.deployment_path(), body)

    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["code"] == "CodeNotFound"


def test_refuses_a_deployment_of_an_endpoint_that_does_not_exist(
    place: Any, tmp_path: Path
) -> None:
    deployment = place.deployment(tmp_path, endpoint_name="batch-endpoint-plant-P999")

    with pytest.raises(ResourceNotFoundError):
        deploy(place, deployment)


@pytest.mark.parametrize("name", ["1st", "a" * 33, "under_score", "double--dash"])
def test_refuses_a_name_that_azure_would_not_take(place: Any, name: str) -> None:
    path = f"{place.path('production')}/batchEndpoints/{name}"

    answer = place.azure.send("PUT", path, {"location": "westeurope", "properties": {}})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadArgument")


def test_a_full_put_drops_what_it_does_not_carry(place: Any, tmp_path: Path) -> None:
    deploy(place, place.deployment(tmp_path))
    body = place.azure.send("GET", place.deployment_path()).json()
    place.azure.send("PUT", place.deployment_path(), {**body, "sku": {"name": "Default"}})

    place.azure.send("PUT", place.deployment_path(), {**body, "sku": None, "tags": {}})

    after = place.azure.send("GET", place.deployment_path()).json()
    assert (after["sku"], after["tags"]) == (None, {})


def test_patch_changes_tags_and_description(place: Any, tmp_path: Path) -> None:
    deploy(place, place.deployment(tmp_path))
    before = place.azure.send("GET", place.deployment_path()).json()

    patch = {"tags": {"owner": "energy"}, "properties": {"description": "new"}}
    answer = place.azure.send("PATCH", place.deployment_path(), patch)

    assert answer.status_code == 200
    after = place.azure.send("GET", place.deployment_path()).json()
    assert (after["tags"], after["properties"]["description"]) == ({"owner": "energy"}, "new")
    assert after["properties"]["environmentId"] == before["properties"]["environmentId"]


def test_patch_carries_nothing_but_tags_and_description(place: Any, tmp_path: Path) -> None:
    deploy(place, place.deployment(tmp_path))

    answer = place.azure.send(
        "PATCH", place.deployment_path(), {"properties": {"environmentId": "x"}}
    )

    assert answer.status_code == 400
    assert "environmentId" in answer.json()["error"]["message"]


def test_a_failed_operation_has_a_body_of_error_and_the_status_code_200(
    place: Any, tmp_path: Path, script: Callable[..., None]
) -> None:
    deployment = place.deployment(tmp_path)
    failure = {"resource": "C001", "code": "OutOfCapacity", "message": "No nodes are left."}
    script(operation_failures=[failure])

    with pytest.raises(HttpResponseError, match="No nodes are left") as caught:
        deploy(place, deployment)

    assert caught.value.status_code == 200
    body = place.azure.send("GET", place.deployment_path()).json()
    assert body["properties"]["provisioningState"] == "Failed"


def test_an_operation_that_runs_shows_as_updating_and_tells_when_to_ask_again(
    place: Any, tmp_path: Path, script: Callable[..., None]
) -> None:
    deploy(place, place.deployment(tmp_path))
    body = place.azure.send("GET", place.deployment_path()).json()
    script(operation_seconds=60)

    answer = place.azure.send("PUT", place.deployment_path(), body)

    assert answer.json()["properties"]["provisioningState"] == "Updating"
    assert answer.headers["x-ms-retry-after-ms"] == "20"
    assert "Retry-After" not in answer.headers
    url = answer.headers["Azure-AsyncOperation"].removeprefix(place.azure.server.url)
    status = place.azure.send("GET", url).json()
    assert (status["status"], status["percentComplete"]) == ("Updating", 0.0)


def test_lists_of_endpoints_and_deployments_arrive_whole(
    place: Any, tmp_path: Path, script: Callable[..., None]
) -> None:
    script(page_size=2)
    deployment = place.deployment(tmp_path)
    client = place.client("production")
    names = [f"deployment-circuit-c00{number}" for number in range(5)]
    for name in names:
        deployment.name = name
        client.batch_deployments.begin_create_or_update(deployment).result()

    listed = client.batch_deployments.list("batch-endpoint-plant-P001")

    assert [found.name for found in listed] == names
    assert len(list(client.batch_endpoints.list())) == 1


def test_a_deleted_deployment_is_gone(place: Any, tmp_path: Path) -> None:
    deploy(place, place.deployment(tmp_path))
    client = place.client("production")
    endpoint, name = "batch-endpoint-plant-P001", "deployment-circuit-C001"

    client.batch_deployments.begin_delete(name, endpoint).result()

    with pytest.raises(ResourceNotFoundError):
        client.batch_deployments.get(name, endpoint)


def test_the_same_code_is_uploaded_once(place: Any, tmp_path: Path) -> None:
    first = deploy(place, place.deployment(tmp_path))
    again = place.client("production").batch_deployments
    deployment = again.get("deployment-circuit-C001", "batch-endpoint-plant-P001")
    deployment.code_configuration.code = str(tmp_path / "code")

    second = deploy(place, deployment)

    assert second.code_configuration.code == first.code_configuration.code
