"""Environments on their way to registries and workspaces, and what keeps them from arriving."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.adapters.azureml import AzureCloud, AzureSettings
from bot.core.environment import BuildContext, EnvironmentSpec, RegisteredEnvironment
from bot.core.tree import REGULAR, File
from bot.errors import BotError, UserError
from bot.sandbox.azureml.client_environment import environment_variables

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

NAME, CANDIDATE, FINAL = "custom-tf-env", "1.5.1-rc.gaaaaaaaa", "1.5.1"
FILES = {
    path: File(path, REGULAR, "0" * 40, data)
    for path, data in {
        "environment/Dockerfile": b"FROM scratch\n",
        "environment/conda.yml": b"dependencies:\n  - python=3.10.14\n",
        "environment/src/score.py": b"pass\n",
    }.items()
}
BUILD = EnvironmentSpec(
    name=NAME,
    version=FINAL,
    description="sensors",
    tags={"env_digest": "a" * 64, "git_commit_sha": "c" * 40},
    build=BuildContext(".", "Dockerfile"),
    image=None,
    conda_file=None,
)
CONDA = replace(BUILD, build=None, image="mcr.example/base@sha256:1", conda_file="conda.yml")
IMAGE = replace(CONDA, conda_file=None)
FORMS = [
    pytest.param(BUILD, id="build context"),
    pytest.param(CONDA, id="conda file on image"),
    pytest.param(IMAGE, id="image"),
]
PLACES = ["registry", "production_registry", "test", "production"]
IMPORT = "POST */import"


@pytest.fixture
def cloud(place: "Place", settings: AzureSettings) -> AzureCloud:
    """Return the adapter, looking at a place with two registries."""
    return AzureCloud(replace(place.platform, production_registry=place.registry()), settings)


def candidate(
    cloud: AzureCloud, spec: EnvironmentSpec = IMAGE, version: str = CANDIDATE
) -> RegisteredEnvironment:
    return cloud.register(spec, FILES, version=version, tags=spec.tags)


def sent(place: "Place", mark: int) -> set[str]:
    return {line.split()[0] for line in place.requests(mark)}


@pytest.mark.parametrize("spec", FORMS)
@pytest.mark.parametrize("to", PLACES)
def test_what_is_recreated_is_what_dev_has(
    cloud: AzureCloud, spec: EnvironmentSpec, to: str
) -> None:
    made = candidate(cloud, spec)

    recreated = cloud.recreate(to, spec, FILES, version=FINAL)

    assert (recreated.place, recreated.asset_digest) == (to, made.asset_digest)
    assert recreated.tags == spec.tags
    assert cloud.environment(to, NAME, FINAL) == recreated


@pytest.mark.parametrize("spec", FORMS)
@pytest.mark.parametrize("to", PLACES)
def test_recreating_the_same_again_writes_nothing(
    cloud: AzureCloud, place: "Place", spec: EnvironmentSpec, to: str
) -> None:
    made = cloud.recreate(to, spec, FILES, version=FINAL)
    mark = place.mark()

    assert cloud.recreate(to, spec, FILES, version=FINAL) == made

    assert sent(place, mark) == {"GET"}


@pytest.mark.parametrize("to", PLACES)
@pytest.mark.parametrize(
    ("spec", "fact"),
    [
        pytest.param(replace(IMAGE, image="mcr.example/base@sha256:2"), "other set", id="image"),
        pytest.param(replace(IMAGE, tags={"env_digest": "b" * 64}), "bbbbbbbb", id="digest"),
    ],
)
def test_a_version_with_other_content_stops_recreating(
    cloud: AzureCloud, to: str, spec: EnvironmentSpec, fact: str
) -> None:
    cloud.recreate(to, IMAGE, FILES, version=FINAL)

    with pytest.raises(UserError) as raised:
        cloud.recreate(to, spec, FILES, version=FINAL)

    assert raised.value.refusal.code == "ENV_CONTENT_DIFFERS"
    assert fact in raised.value.refusal.facts[0]


def test_a_build_context_without_its_digest_is_not_comparable(cloud: AzureCloud) -> None:
    with pytest.raises(UserError) as raised:
        cloud.recreate("registry", replace(BUILD, tags={}), FILES, version=FINAL)

    assert "not comparable" in raised.value.refusal.facts[0]


def test_one_candidate_goes_to_the_one_registry_and_its_release_to_the_other(
    cloud: AzureCloud,
) -> None:
    made = candidate(cloud, BUILD)

    shared = cloud.share(NAME, CANDIDATE, as_version=CANDIDATE)
    released = cloud.share(NAME, CANDIDATE, as_version=FINAL, to="production_registry")

    assert shared.asset_digest == released.asset_digest == made.asset_digest
    versions = {
        one: [found.version for found in cloud.environments(one, NAME)]
        for one in ("registry", "production_registry")
    }
    assert versions == {"registry": [CANDIDATE], "production_registry": [FINAL]}


def test_a_version_that_the_production_registry_has_stops_the_release(cloud: AzureCloud) -> None:
    candidate(cloud)
    cloud.recreate("production_registry", CONDA, FILES, version=FINAL)

    with pytest.raises(UserError) as raised:
        cloud.share(NAME, CANDIDATE, as_version=FINAL, to="production_registry")

    assert raised.value.refusal.code == "ENV_CONTENT_DIFFERS"
    assert "the production registry" in raised.value.refusal.headline


def test_models_of_either_registry_are_read_where_they_are(
    cloud: AzureCloud, place: "Place"
) -> None:
    place.registry_model("sensor", "5")
    ours = f"azureml://registries/{place.platform.registry}/models/sensor/versions/5"

    assert cloud.model_tags("production", ours) == {}


def test_a_private_registry_takes_nothing_directly_and_what_is_shared(
    place: "Place", settings: AzureSettings
) -> None:
    private = place.registry(public=False)
    cloud = AzureCloud(replace(place.platform, registry=private), settings)
    candidate(cloud)

    with pytest.raises(BotError, match="public network access is disabled"):
        cloud.recreate("registry", IMAGE, FILES, version=FINAL)

    assert cloud.share(NAME, CANDIDATE, as_version=FINAL).version == FINAL


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"status": 429, "retry_after": 0}, id="throttled, told how long"),
        pytest.param({"status": 503}, id="out of order"),
        pytest.param({"status": 500}, id="failed"),
    ],
)
@pytest.mark.parametrize("call", [IMPORT, "GET */registries/*/environments/*"])
def test_a_call_that_is_turned_away_once_is_sent_again(
    cloud: AzureCloud, place: "Place", more: Mapping[str, int], call: str
) -> None:
    candidate(cloud)
    place.turn_away(call, **more)

    assert cloud.share(NAME, CANDIDATE, as_version=FINAL).version == FINAL


def test_a_share_that_fails_while_it_runs_leaves_nothing_and_can_be_repeated(
    cloud: AzureCloud, place: "Place"
) -> None:
    candidate(cloud)
    failure = {"resource": FINAL, "code": "ImportFailed", "message": "Copying the image failed."}
    place.sandbox.script(operation_failures=[failure], operation_seconds=0.1)

    with pytest.raises(BotError, match=r"Copying the image failed") as raised:
        cloud.share(NAME, CANDIDATE, as_version=FINAL)

    place.sandbox.script(operation_failures=[], operation_seconds=0.0)
    assert raised.value.done == "the share was sent and may have taken effect"
    assert cloud.environment("registry", NAME, FINAL) is None
    assert cloud.share(NAME, CANDIDATE, as_version=FINAL).version == FINAL


@pytest.mark.parametrize(
    "client",
    [
        pytest.param("envbot-reader", id="reads"),
        pytest.param("envbot-production", id="writes production alone"),
    ],
)
def test_an_identity_without_the_right_shares_nothing(
    cloud: AzureCloud,
    client: str,
    place: "Place",
    settings: AzureSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    candidate(cloud)
    for name, value in environment_variables(place.sandbox.state, client).items():
        monkeypatch.setenv(name, value)
    other = AzureCloud(place.platform, settings)

    with pytest.raises(BotError, match="403 AuthorizationFailed"):
        other.share(NAME, CANDIDATE, as_version=FINAL)

    assert cloud.environment("registry", NAME, FINAL) is None
