import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.adapters.azureml import AzureCloud
from bot.adapters.azureml.deployment_body import to_live
from bot.core.production.deployment import LastWrite, LiveDeployment
from bot.errors import BotError, UserError

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

ENDPOINT = "batch-endpoint-plant-P001"

PLAIN: Mapping[str, Any] = {"loggingLevel": "Info", "errorThreshold": 0}
VARIED: Mapping[str, Mapping[str, Any]] = {
    "deployment-plain": PLAIN,
    "deployment-every-setting": {
        "description": "scores the sensors of C001",
        "errorThreshold": 0,
        "loggingLevel": "Debug",
        "maxConcurrencyPerInstance": 4,
        "miniBatchSize": 25,
        "outputAction": "AppendRow",
        "outputFileName": "scores.csv",
        "retrySettings": {"maxRetries": 0, "timeout": "PT1H2M3S"},
        "resources": {
            "instanceCount": 3,
            "instanceType": "STANDARD_DS3_V2",
            "properties": {"shape": {"cores": 4}},
        },
        "environmentVariables": {"PASSWORD": "hunter2", "EMPTY": ""},
        "properties": {"owner": "ann"},
    },
    "deployment-summary": {"outputAction": "SummaryOnly", "retrySettings": {"timeout": "PT1M30S"}},
    "deployment-threshold": {"errorThreshold": -1, "miniBatchSize": 1, "loggingLevel": "Warning"},
}
KEPT_TAGS = {"owner": "ann", "rolled_back_at": "2025-01-01"}


@pytest.fixture
def endpoint(place: "Place") -> str:
    """Return an endpoint of production with environments 1.5.0 and 1.5.1 and a model."""
    place.put("production", f"batchEndpoints/{ENDPOINT}", {"authMode": "AADToken"})
    place.environment("production", "1.5.0")
    place.environment("production", "1.5.1")
    place.model("production", "sensor", "5")
    place.model("production", "sensor", "6")
    place.put("production", "codes/driver/versions/1", {"codeUri": "azureml://x/driver"})
    return ENDPOINT


@pytest.fixture
def deploy(place: "Place", endpoint: str) -> Callable[..., dict[str, Any]]:
    """Return a writer of deployments on environment 1.5.0, beside the bot."""
    base = place.path("production")

    def write(name: str, properties: Mapping[str, Any] = PLAIN, **top: object) -> dict[str, Any]:
        common = {
            "environmentId": f"{base}/environments/custom-tf-env/versions/1.5.0",
            "model": {"referenceType": "Id", "assetId": f"{base}/models/sensor/versions/5"},
            "compute": f"{base}/computes/cpu-cluster",
            "codeConfiguration": {
                "codeId": f"{base}/codes/driver/versions/1",
                "scoringScript": "driver.py",
            },
        }
        path = f"batchEndpoints/{endpoint}/deployments/{name}"
        place.put("production", path, {**common, **properties}, **{"tags": KEPT_TAGS, **top})
        written: dict[str, Any] = place.get("production", path)
        return written

    return write


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, "it never happened"


def read(cloud: AzureCloud, name: str) -> LiveDeployment:
    found = cloud.deployment("production", ENDPOINT, name)
    assert found
    return found


def update(
    cloud: AzureCloud, seen: LiveDeployment, version: str = "1.5.1", tags: Mapping[str, str] = {}
) -> LiveDeployment:
    assert seen.environment_id
    return cloud.update_deployment(
        "production",
        seen,
        environment_id=seen.environment_id.replace("1.5.0", version),
        model_id=seen.model_id,
        tags=tags,
    )


def without(body: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


@pytest.mark.parametrize("name", list(VARIED))
def test_an_update_changes_the_environment_and_our_tags_and_nothing_else(
    cloud: AzureCloud, place: "Place", deploy: Callable[..., dict[str, Any]], name: str
) -> None:
    before = deploy(name, VARIED[name])
    path = f"batchEndpoints/{ENDPOINT}/deployments/{name}"

    update(cloud, read(cloud, name), tags={"envbot_release": "r1"})

    after = place.get("production", path)
    assert after["properties"]["environmentId"].endswith("/versions/1.5.1")
    assert after["tags"] == {"owner": "ann", "envbot_release": "r1"}
    assert without(after, "tags", "properties", "systemData") == without(
        before, "tags", "properties", "systemData"
    )
    assert without(after["properties"], "environmentId") == without(
        before["properties"], "environmentId"
    )


def test_a_read_tells_who_wrote_last(
    cloud: AzureCloud, deploy: Callable[..., dict[str, Any]]
) -> None:
    body = deploy("deployment-x")

    write = read(cloud, "deployment-x").last_write

    assert write is not None
    assert (write.by, write.by_person) == ("operator", True)
    assert write.at.isoformat() == body["systemData"]["lastModifiedAt"]


@pytest.mark.parametrize(
    ("system", "write"),
    [
        pytest.param(
            {
                "lastModifiedAt": "2026-03-01T12:00:00.1234567Z",
                "lastModifiedBy": "0c9d",
                "lastModifiedByType": "Application",
            },
            LastWrite(datetime(2026, 3, 1, 12, 0, 0, 123456, UTC), "0c9d", by_person=False),
            id="an application, at a tenth of a microsecond",
        ),
        pytest.param(
            {"lastModifiedAt": "2026-03-01T12:00:00", "lastModifiedByType": "User"},
            LastWrite(datetime(2026, 3, 1, 12, tzinfo=UTC), "", by_person=True),
            id="a time without a zone",
        ),
        pytest.param({"lastModifiedBy": "Ann"}, None, id="no time"),
        pytest.param({"lastModifiedAt": "yesterday"}, None, id="no time that can be read"),
        pytest.param({"lastModifiedAt": 1772366400}, None, id="a number"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_what_azure_records_of_a_write_is_read(
    system: Mapping[str, Any] | None, write: LastWrite | None
) -> None:
    assert to_live("endpoint", {"name": "x", "systemData": system}).last_write == write


def test_an_update_may_refer_to_the_registry(
    cloud: AzureCloud, place: "Place", deploy: Callable[..., dict[str, Any]]
) -> None:
    deploy("deployment-x")
    place.environment("dev", "1.6.0")
    shared = cloud.share("custom-tf-env", "1.6.0", as_version="1.6.0")
    seen = read(cloud, "deployment-x")

    after = cloud.update_deployment(
        "production", seen, environment_id=shared.id, model_id=seen.model_id, tags={}
    )

    assert after.environment_id == shared.id
    assert after.rest_digest == seen.rest_digest


def test_an_update_moves_the_model_too_when_asked(
    cloud: AzureCloud, place: "Place", deploy: Callable[..., dict[str, Any]]
) -> None:
    deploy("deployment-x")
    seen = read(cloud, "deployment-x")
    assert seen.environment_id
    assert seen.model_id

    after = cloud.update_deployment(
        "production",
        seen,
        environment_id=seen.environment_id,
        model_id=seen.model_id.replace("versions/5", "versions/6"),
        tags={},
    )

    assert after.model_id == f"{place.path('production')}/models/sensor/versions/6"
    assert after.environment_id == seen.environment_id


def test_returns_what_reads_back(cloud: AzureCloud, deploy: Callable[..., dict[str, Any]]) -> None:
    deploy("deployment-x")

    after = update(cloud, read(cloud, "deployment-x"))

    assert after == read(cloud, "deployment-x")
    assert after.has_succeeded


def test_a_duration_may_be_spelt_in_another_way(
    cloud: AzureCloud, place: "Place", deploy: Callable[..., dict[str, Any]]
) -> None:
    deploy("deployment-x", {"retrySettings": {"maxRetries": 1, "timeout": "PT90S"}})

    update(cloud, read(cloud, "deployment-x"))

    after = place.get("production", f"batchEndpoints/{ENDPOINT}/deployments/deployment-x")
    assert after["properties"]["retrySettings"] == {"maxRetries": 1, "timeout": "PT1M30S"}


def test_a_repeated_update_writes_nothing(
    cloud: AzureCloud, place: "Place", deploy: Callable[..., dict[str, Any]]
) -> None:
    deploy("deployment-x")
    seen = read(cloud, "deployment-x")
    first = update(cloud, seen)
    mark = place.mark()

    assert update(cloud, seen) == first

    assert [request.split()[0] for request in place.requests(mark)] == ["GET"]


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        pytest.param({"tags": {"owner": "bob"}}, "Changed: tags.", id="a tag"),
        pytest.param({"properties": {"miniBatchSize": 7}}, "Changed: other settings.", id="rest"),
    ],
)
def test_refuses_what_moved_since_the_plan(
    cloud: AzureCloud,
    deploy: Callable[..., dict[str, Any]],
    change: dict[str, Any],
    fact: str,
) -> None:
    deploy("deployment-x")
    seen = read(cloud, "deployment-x")
    moved = deploy("deployment-x", **{"properties": PLAIN, **change})

    with pytest.raises(UserError) as raised:
        update(cloud, seen)

    assert (raised.value.refusal.code, raised.value.refusal.facts) == ("DRIFTED", (fact,))
    assert read(cloud, "deployment-x").environment_id == moved["properties"]["environmentId"]


def test_refuses_what_moved_while_it_waited_for_the_first_write(
    cloud: AzureCloud, place: "Place", deploy: Callable[..., dict[str, Any]]
) -> None:
    names = "deployment-first", "deployment-second"
    for name in names:
        deploy(name)
    first, second = (read(cloud, name) for name in names)
    later = place.environment("production", "1.5.1")
    place.sandbox.script(operation_seconds=1.5)
    mark = place.mark()

    def update(seen: LiveDeployment) -> LiveDeployment:
        return cloud.update_deployment(
            "production", seen, environment_id=later, model_id=seen.model_id, tags={}
        )

    with ThreadPoolExecutor(2) as pool:
        pool.submit(update, first)
        wait_until(lambda: any("PUT" in one for one in place.requests(mark)))
        waiting = pool.submit(update, second)
        wait_until(lambda: any(second.deployment in one for one in place.requests(mark)))
        place.sandbox.script(operation_seconds=0.0)
        deploy(second.deployment, {"miniBatchSize": 70})

    error = waiting.exception()
    assert isinstance(error, UserError)
    assert error.refusal.code == "DRIFTED"
    found = place.get("production", f"batchEndpoints/{ENDPOINT}/deployments/{second.deployment}")
    assert found["properties"]["miniBatchSize"] == 70


def test_refuses_what_is_gone(
    cloud: AzureCloud, place: "Place", deploy: Callable[..., dict[str, Any]]
) -> None:
    deploy("deployment-x")
    seen = read(cloud, "deployment-x")
    path = f"{place.path('production')}/batchEndpoints/{ENDPOINT}/deployments/deployment-x"
    place.sandbox.call("DELETE", path, **{"api-version": "2024-01-01-preview"})

    with pytest.raises(UserError) as raised:
        update(cloud, seen)

    assert raised.value.refusal.code == "DRIFTED"


@pytest.mark.parametrize(
    ("properties", "top", "field"),
    [
        pytest.param({}, {"sku": {"name": "S1"}}, "sku", id="sku"),
        pytest.param({}, {"identity": {"type": "SystemAssigned"}}, "identity", id="identity"),
        pytest.param({}, {"kind": "special"}, "kind", id="kind"),
        pytest.param({"futureKnob": 1}, {}, "properties.futureKnob", id="a new property"),
        pytest.param(
            {"resources": {"instanceCount": 1, "maxInstanceCount": 3}},
            {},
            "properties.resources.maxInstanceCount",
            id="a new property of the resources",
        ),
        pytest.param(
            {"retrySettings": {"timeout": "P1DT1S"}},
            {},
            "properties.retrySettings.timeout",
            id="a duration in days",
        ),
    ],
)
def test_refuses_to_lose_fields_the_sdk_does_not_carry(
    cloud: AzureCloud,
    deploy: Callable[..., dict[str, Any]],
    properties: Mapping[str, Any],
    top: Mapping[str, Any],
    field: str,
) -> None:
    before = deploy("deployment-x", {**PLAIN, **properties}, **top)
    seen = read(cloud, "deployment-x")

    with pytest.raises(UserError) as raised:
        update(cloud, seen)

    assert seen.unsupported_fields == (field,)
    assert raised.value.refusal.code == "UNSUPPORTED_FIELDS"
    assert read(cloud, "deployment-x").environment_id == before["properties"]["environmentId"]


def test_a_pipeline_component_is_seen_and_never_written(
    cloud: AzureCloud, deploy: Callable[..., dict[str, Any]]
) -> None:
    component = {"deploymentConfigurationType": "PipelineComponent", "componentId": {"x": "y"}}
    deploy("deployment-x", {"deploymentConfiguration": component})
    seen = read(cloud, "deployment-x")

    with pytest.raises(UserError):
        update(cloud, seen)

    assert seen.kind == "component"


def test_lists_every_deployment_by_one_call_an_endpoint_and_one_more(
    cloud: AzureCloud, place: "Place", deploy: Callable[..., dict[str, Any]]
) -> None:
    for number in range(3):
        deploy(f"deployment-{number}")
    place.put("production", "batchEndpoints/empty", {"authMode": "AADToken"})
    cloud.deployment("production", ENDPOINT, "deployment-0")  # signs in
    mark = place.mark()

    found = cloud.deployments("production")

    assert [(live.endpoint, live.deployment) for live in found] == [
        (ENDPOINT, f"deployment-{number}") for number in range(3)
    ]
    assert found[0] == read(cloud, "deployment-0")
    assert len(place.requests(mark)) == 1 + 2 + 1  # the last one is the read just above


def test_reads_lists_of_several_pages(
    cloud: AzureCloud, place: "Place", deploy: Callable[..., dict[str, Any]]
) -> None:
    for number in range(5):
        deploy(f"deployment-{number}")
    place.sandbox.script(page_size=2)

    found = cloud.deployments("production")
    place.sandbox.script(page_size=1000)

    assert [live.deployment for live in found] == [f"deployment-{number}" for number in range(5)]


def test_finds_no_deployment_of_a_name_nobody_gave(cloud: AzureCloud, endpoint: str) -> None:
    assert cloud.deployment("production", endpoint, "absent") is None


def test_an_update_to_an_environment_that_does_not_exist_is_a_failure(
    cloud: AzureCloud, deploy: Callable[..., dict[str, Any]]
) -> None:
    deploy("deployment-x")
    seen = read(cloud, "deployment-x")

    with pytest.raises(BotError, match=r"updating deployment .* failed: 400 UserError"):
        update(cloud, seen, "9.9.9")

    assert read(cloud, "deployment-x") == seen


def test_a_workspace_that_is_not_there_is_a_failure_and_not_an_empty_list(
    place: "Place",
) -> None:
    stages = {**place.platform.stages}
    stages["production"] = replace(stages["production"], workspace="gone")
    cloud = AzureCloud(replace(place.platform, stages=stages))

    with pytest.raises(BotError, match=r"^Azure: listing the endpoints of production failed: 404"):
        cloud.deployments("production")


def test_a_failed_operation_is_told_with_what_may_have_happened(
    cloud: AzureCloud, place: "Place", deploy: Callable[..., dict[str, Any]]
) -> None:
    deploy("deployment-x")
    seen = read(cloud, "deployment-x")
    failure = {"resource": "deployment-x", "code": "OutOfCapacity", "message": "No nodes left."}
    place.sandbox.script(operation_failures=[failure])

    with pytest.raises(BotError) as raised:
        update(cloud, seen)
    place.sandbox.script(operation_failures=[])

    assert "updating deployment" in raised.value.what
    assert "OutOfCapacity: No nodes left" in raised.value.what
    assert raised.value.done == "the write was sent and may have taken effect"


def test_the_digest_of_the_rest_is_no_plain_digest(
    cloud: AzureCloud, deploy: Callable[..., dict[str, Any]]
) -> None:
    deploy("deployment-x")
    deploy("deployment-y")

    assert read(cloud, "deployment-x").rest_digest != read(cloud, "deployment-y").rest_digest


def test_many_threads_update_by_one_client(
    cloud: AzureCloud, place: "Place", deploy: Callable[..., dict[str, Any]]
) -> None:
    names = [f"deployment-{number:02}" for number in range(20)]
    for name in names:
        deploy(name)
    seen = cloud.deployments("production")
    mark = place.mark()

    with ThreadPoolExecutor(8) as pool:
        after = list(pool.map(lambda live: update(cloud, live), seen))

    assert [live.deployment for live in after] == names
    assert all((live.environment_id or "").endswith("/1.5.1") for live in after)
    assert cloud.deployments("production") == tuple(after)
    writes = [request for request in place.requests(mark) if request.startswith("PUT")]
    assert len(writes) == len(names)
