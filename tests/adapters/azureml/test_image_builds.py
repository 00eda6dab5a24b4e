from typing import TYPE_CHECKING

import pytest

from bot.adapters.azureml import AzureCloud
from bot.core.environment import EnvironmentSpec
from bot.core.image_build import ImageBuild
from bot.core.model_test import JobState
from bot.errors import BotError

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

SPEC = EnvironmentSpec(
    name="custom-tf-env",
    version="1.5.1",
    description="sensors",
    tags={},
    build=None,
    image="mcr.example/base:1",
    conda_file=None,
)
RC = "1.5.1-rc.gaaaaaaaa"
BUILD = ImageBuild("custom-tf-env", RC, "cpu-cluster", ("sensor_scoring.score",), "a" * 64)


@pytest.fixture(autouse=True)
def candidate(cloud: AzureCloud, place: "Place") -> None:
    """Register the candidate whose image is built, and let jobs end at once."""
    cloud.register(SPEC, {}, version=RC, tags={})
    place.sandbox.script(
        job_queue_seconds=0.0,
        job_seconds=0.0,
        failing_images=[],
        failing_imports=[],
        program_modules={},
    )


def ended(cloud: AzureCloud, name: str) -> JobState:
    state = cloud.job("dev", name)
    assert state is not None
    assert state.has_ended
    return state


def test_a_build_runs_in_the_candidate_itself(cloud: AzureCloud, place: "Place") -> None:
    name = cloud.submit_image_build(BUILD)

    job = place.get("dev", f"jobs/{name}")["properties"]
    assert job["environmentId"].endswith(f"/environments/custom-tf-env/versions/{RC}")
    assert job["computeId"].endswith("/computes/cpu-cluster")
    assert job["command"] == "python image_probe.py sensor_scoring.score"


def test_a_build_ends(cloud: AzureCloud) -> None:
    assert ended(cloud, cloud.submit_image_build(BUILD)).status == "completed"


def test_submitting_again_writes_nothing(cloud: AzureCloud, place: "Place") -> None:
    name = cloud.submit_image_build(BUILD)
    mark = place.mark()

    assert cloud.submit_image_build(BUILD) == name

    assert {line.split()[0] for line in place.requests(mark)} == {"GET"}


def test_a_later_attempt_is_another_job(cloud: AzureCloud) -> None:
    first = cloud.submit_image_build(BUILD)

    assert cloud.submit_image_build(BUILD.next_attempt()) == f"{first}-2"


@pytest.mark.parametrize(
    ("script", "last"),
    [
        pytest.param({"failing_images": ["custom-tf-env:*"]}, "could not be built.", id="build"),
        pytest.param(
            {"failing_imports": ["sensor_scoring.score"]},
            "sensor_scoring.score does not import.",
            id="import",
        ),
    ],
)
def test_a_failure_can_be_read_in_the_log(
    cloud: AzureCloud, place: "Place", script: dict[str, object], last: str
) -> None:
    place.sandbox.script(**script)

    name = cloud.submit_image_build(BUILD)

    assert ended(cloud, name).status == "failed"
    assert cloud.job_log(name).rstrip().endswith(last)


def test_an_unknown_compute_is_told(cloud: AzureCloud) -> None:
    with pytest.raises(BotError, match="to compute no-such-cluster"):
        cloud.submit_image_build(BUILD._replace(compute="no-such-cluster"))


def test_another_content_is_another_job() -> None:
    names = {
        build.job_name
        for build in (
            BUILD,
            BUILD._replace(env_digest="b" * 64),
            BUILD._replace(version="1.5.2-rc.gaaaaaaaa"),
            BUILD._replace(imports=()),
            BUILD._replace(compute="other"),
        )
    }

    assert len(names) == 5
