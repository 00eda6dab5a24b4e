import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.adapters.azureml import AzureCloud, AzureSettings
from bot.core.config.template import read_template
from bot.core.production.blueprint import Blueprint, NewDeployment, read_blueprint
from bot.core.tree import REGULAR, File
from bot.errors import BotError, UserError

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

ENDPOINT = "batch-endpoint-plant-P009"
DEPLOYMENTS = f"batchEndpoints/{ENDPOINT}/deployments"
OWNER = {"owner": "ann"}
DEADLINE = 3.0  # seconds
DRIVER = b"def init():\n    pass\n"
TEMPLATE = b"""\
compute: cpu-cluster
code_configuration: {code: deployment, scoring_script: driver.py}
resources: {instance_count: 2}
settings:
  mini_batch_size: 7
  max_concurrency_per_instance: 3
  logging_level: warning
  retry_settings: {max_retries: 1, timeout: 90}
  output_action: summary_only
  environment_variables: {MODE: batch}
"""


def blueprint(addition: bytes = b"", driver: bytes = DRIVER) -> Blueprint:
    path = "deployment/driver.py"
    return read_blueprint(
        read_template(TEMPLATE + addition), {path: File(path, REGULAR, str(driver), driver)}
    )


@pytest.fixture
def new(place: "Place") -> NewDeployment:
    """Return what to make: nothing of it is there but environment and model."""
    return NewDeployment(
        endpoint=ENDPOINT,
        deployment="deployment-circuit-C001",
        environment_id=place.environment("production", "1.5.0"),
        model_id=place.model("production", "sensor", "5"),
        tags={},
        blueprint=blueprint(),
    )


def written(place: "Place", mark: int) -> list[str]:
    """Return the paths below the workspace that were written, code and its upload left out."""
    return [
        request.split()[1]
        .partition("?")[0]
        .rpartition(place.platform.stages["production"].workspace)[2]
        for request in place.requests(mark)
        if request.startswith("PUT ") and "batchEndpoints" in request
    ]


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, "it never happened"


def test_makes_the_endpoint_and_then_the_deployment_as_the_template_says(
    cloud: AzureCloud, place: "Place", new: NewDeployment
) -> None:
    made = cloud.create_deployment("production", new)

    body = place.get("production", f"{DEPLOYMENTS}/deployment-circuit-C001")
    properties = body["properties"]
    assert properties["codeConfiguration"].pop("codeId").startswith("/subscriptions/")
    assert {
        name: properties[name]
        for name in (
            "environmentId",
            "model",
            "compute",
            "codeConfiguration",
            "miniBatchSize",
            "maxConcurrencyPerInstance",
            "errorThreshold",
            "loggingLevel",
            "outputAction",
            "outputFileName",
            "environmentVariables",
            "retrySettings",
        )
    } == {
        "environmentId": new.environment_id,
        "model": {"referenceType": "Id", "assetId": new.model_id},
        "compute": f"{place.path('production')}/computes/cpu-cluster",
        "codeConfiguration": {"scoringScript": "driver.py"},
        "miniBatchSize": 7,
        "maxConcurrencyPerInstance": 3,
        "errorThreshold": 0,
        "loggingLevel": "Warning",
        "outputAction": "SummaryOnly",
        "outputFileName": "predictions.csv",  # the service adds it
        "environmentVariables": {"MODE": "batch"},
        "retrySettings": {"maxRetries": 1, "timeout": "PT1M30S"},
    }
    assert properties["resources"]["instanceCount"] == 2
    assert made == cloud.deployment("production", ENDPOINT, "deployment-circuit-C001")
    assert made.has_succeeded
    assert made.unsupported_fields == ()
    assert cloud.endpoints("production") == (ENDPOINT,)


def test_what_was_made_can_be_updated_like_any_other(
    cloud: AzureCloud, place: "Place", new: NewDeployment
) -> None:
    made = cloud.create_deployment("production", new)
    later = place.environment("production", "1.5.1")

    after = cloud.update_deployment(
        "production", made, environment_id=later, model_id=made.model_id, tags={}
    )

    assert (after.environment_id, after.rest_digest) == (later, made.rest_digest)


def test_a_second_run_finds_it_made_and_writes_nothing(
    cloud: AzureCloud, place: "Place", new: NewDeployment
) -> None:
    first = cloud.create_deployment("production", new)
    mark = place.mark()

    assert cloud.create_deployment("production", new) == first

    assert {request.split()[0] for request in place.requests(mark)} == {"GET"}


def test_goes_on_where_a_killed_run_had_made_the_endpoint(
    cloud: AzureCloud, place: "Place", new: NewDeployment
) -> None:
    place.put("production", f"batchEndpoints/{ENDPOINT}", {"authMode": "AADToken"})
    mark = place.mark()

    cloud.create_deployment("production", new)

    assert written(place, mark) == [f"/{DEPLOYMENTS}/deployment-circuit-C001"]


@pytest.fixture
def impatient(place: "Place", settings: AzureSettings) -> AzureCloud:
    """Return the adapter with little time for what takes long."""
    return AzureCloud(place.platform, replace(settings, operation_deadline=DEADLINE))


@pytest.fixture
def stuck(place: "Place") -> str:
    """Return an endpoint that a killed run had begun to make, and that stays so."""
    place.sandbox.script(operation_seconds=60.0)
    place.put("production", f"batchEndpoints/{ENDPOINT}", {"authMode": "AADToken"})
    place.sandbox.script(operation_seconds=0.0)
    return ENDPOINT


def test_an_endpoint_that_does_not_come_up_does_not_keep_another_waiting(
    impatient: AzureCloud, place: "Place", new: NewDeployment, stuck: str
) -> None:
    mark = place.mark()

    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(impatient.create_deployment, "production", new)
        wait_until(lambda: any(stuck in one for one in place.requests(mark)))
        other = replace(new, endpoint="batch-endpoint-plant-P010")
        made = impatient.create_deployment("production", other)
        was_waiting = not waiting.done()

    assert made.has_succeeded
    assert was_waiting
    assert "is busy and stays so" in str(waiting.exception())


def test_the_circuits_of_an_endpoint_that_did_not_come_up_fail_for_the_first_ones_reason(
    impatient: AzureCloud, place: "Place", new: NewDeployment, stuck: str
) -> None:
    wanted = [replace(new, deployment=f"deployment-circuit-C{number:03}") for number in range(4)]
    began = time.monotonic()

    with ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(impatient.create_deployment, "production", one) for one in wanted]
        errors = [one.exception() for one in tries]

    assert time.monotonic() - began < 2 * DEADLINE
    assert {one.what for one in errors if isinstance(one, BotError)} == {
        f"Azure: endpoint {stuck} of production is busy and stays so."
    }
    assert len(errors) == 4
    assert place.get("production", DEPLOYMENTS)["value"] == []


def test_twenty_of_one_new_plant_share_one_endpoint_and_one_upload(
    cloud: AzureCloud, place: "Place", new: NewDeployment
) -> None:
    wanted = [replace(new, deployment=f"deployment-circuit-C{number:03}") for number in range(20)]
    mark = place.mark()

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda one: cloud.create_deployment("production", one), wanted))

    found = {one.deployment: one for one in cloud.deployments("production")}
    assert [found[one.deployment] for one in wanted] == made
    endpoint, *deployments = written(place, mark)
    assert endpoint == f"/batchEndpoints/{ENDPOINT}"
    assert sorted(deployments) == [f"/{DEPLOYMENTS}/{one.deployment}" for one in wanted]
    codes = [one for one in place.requests(mark) if one.startswith("PUT ") and "/codes/" in one]
    assert len(codes) == 1


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        pytest.param(
            lambda new: replace(
                new,
                blueprint=replace(
                    blueprint(), template=read_template(TEMPLATE.replace(b"size: 7", b"size: 8"))
                ),
            ),
            "mini batch size",
            id="a setting",
        ),
        pytest.param(lambda new: replace(new, tags={"a": "b"}), "tags", id="tags"),
        pytest.param(
            lambda new: replace(new, environment_id=new.environment_id.replace("1.5.0", "1.4.0")),
            "environment",
            id="environment",
        ),
        pytest.param(
            lambda new: replace(new, model_id=new.model_id.replace("/5", "/4")), "model", id="model"
        ),
    ],
)
def test_leaves_what_somebody_else_made_of_that_name(
    cloud: AzureCloud,
    new: NewDeployment,
    change: Callable[[NewDeployment], NewDeployment],
    fact: str,
) -> None:
    before = cloud.create_deployment("production", new)

    with pytest.raises(UserError) as raised:
        cloud.create_deployment("production", change(new))

    assert raised.value.refusal.code == "DRIFTED"
    assert raised.value.refusal.facts[1] == f"It differs in: {fact}."
    assert cloud.deployment("production", ENDPOINT, new.deployment) == before


def test_leaves_what_somebody_made_while_it_waited_for_the_first(
    cloud: AzureCloud, place: "Place", new: NewDeployment
) -> None:
    other = replace(new, deployment="deployment-circuit-C002")
    place.sandbox.script(operation_seconds=1.5)
    mark = place.mark()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(cloud.create_deployment, "production", new)
        wait_until(lambda: f"/{DEPLOYMENTS}/{new.deployment}" in written(place, mark))
        waiting = pool.submit(cloud.create_deployment, "production", other)
        seen = len(place.requests(mark))
        wait_until(lambda: len(place.requests(mark)) > seen + 6)
        theirs = {"environmentId": new.environment_id, "miniBatchSize": 70}
        place.put("production", f"{DEPLOYMENTS}/{other.deployment}", theirs)
        place.sandbox.script(operation_seconds=0.0)

    error = waiting.exception()
    assert isinstance(error, UserError)
    assert error.refusal.code == "DRIFTED"
    found = place.get("production", f"{DEPLOYMENTS}/{other.deployment}")
    assert found["properties"]["miniBatchSize"] == 70


def test_leaves_an_endpoint_that_somebody_made_while_it_waited_for_the_first_write(
    cloud: AzureCloud, settings: AzureSettings, place: "Place", new: NewDeployment
) -> None:
    AzureCloud(place.platform, settings).create_deployment("production", new)
    seen = cloud.deployment("production", ENDPOINT, new.deployment)
    assert seen
    later, other = place.environment("production", "1.5.1"), "batch-endpoint-plant-P010"
    place.sandbox.script(operation_seconds=1.5)
    mark = place.mark()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(
            cloud.update_deployment,
            "production",
            seen,
            environment_id=later,
            model_id=seen.model_id,
            tags={},
        )
        wait_until(lambda: bool(written(place, mark)))
        waiting = pool.submit(cloud.create_deployment, "production", replace(new, endpoint=other))
        wait_until(lambda: any(other in one for one in place.requests(mark)))
        place.sandbox.script(operation_seconds=0.0)
        place.put("production", f"batchEndpoints/{other}", {"authMode": "AADToken"}, tags=OWNER)

    waiting.result()
    assert place.get("production", f"batchEndpoints/{other}")["tags"] == OWNER


def test_makes_no_endpoint_where_the_template_leaves_that_to_people(
    cloud: AzureCloud, place: "Place", new: NewDeployment
) -> None:
    mark = place.mark()

    with pytest.raises(UserError) as raised:
        cloud.create_deployment(
            "production", replace(new, blueprint=blueprint(b"endpoints: existing\n"))
        )

    assert raised.value.refusal.code == "DRIFTED"
    assert written(place, mark) == []


def test_a_failed_creation_says_what_may_have_happened(
    cloud: AzureCloud, place: "Place", new: NewDeployment
) -> None:
    failure = {"resource": new.deployment, "code": "OutOfCapacity", "message": "No nodes left."}
    place.sandbox.script(operation_failures=[failure])

    with pytest.raises(BotError, match="OutOfCapacity: No nodes left") as raised:
        cloud.create_deployment("production", new)
    place.sandbox.script(operation_failures=[])

    assert raised.value.done == "the write was sent and may have taken effect"


def test_a_compute_that_does_not_exist_is_a_failure(cloud: AzureCloud, new: NewDeployment) -> None:
    template = read_template(TEMPLATE.replace(b"cpu-cluster", b"nowhere"))

    with pytest.raises(BotError, match="The specified resource was not found"):
        cloud.create_deployment(
            "production", replace(new, blueprint=replace(new.blueprint, template=template))
        )
