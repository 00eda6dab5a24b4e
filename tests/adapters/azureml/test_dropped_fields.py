"""Registries that lose tags and fields of what is shared: what can still be known of a copy."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.adapters.azureml import AzureCloud
from bot.core.environment import BuildContext, EnvironmentSpec
from bot.core.tree import REGULAR, File
from bot.errors import UserError

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

NAME, CANDIDATE, OTHER, FINAL = "tf", "1.5.1-rc.gaaaaaaaa", "1.5.1-rc.gbbbbbbbb", "1.5.1"
FILES = {
    path: File(path, REGULAR, "0" * 40, data)
    for path, data in {
        "environment/Dockerfile": b"FROM scratch\n",
        "environment/conda.yml": b"dependencies:\n  - python=3.10.14\n",
    }.items()
}
BUILD = EnvironmentSpec(
    name=NAME,
    version=FINAL,
    description="sensors",
    tags={"env_digest": "a" * 64},
    build=BuildContext(".", "Dockerfile"),
    image=None,
    conda_file=None,
)
CONDA = replace(BUILD, build=None, image="mcr.example/base@sha256:1", conda_file="conda.yml")
TAGS, FIELDS = ["tags"], ["build", "condaFile"]


@pytest.fixture
def place(place: "Place") -> Iterator["Place"]:
    """Return the place of a test; afterwards registries keep everything again."""
    yield place
    place.sandbox.script(registry_drops=[])


def register(cloud: AzureCloud, spec: EnvironmentSpec, version: str = CANDIDATE) -> str:
    """Register a candidate in dev; return its id."""
    return cloud.register(spec, FILES, version=version, tags=spec.tags).id


@pytest.mark.parametrize(
    ("spec", "dropped", "said"),
    [
        pytest.param(BUILD, TAGS, "a build context, and not tagged", id="tags of a build"),
        pytest.param(BUILD, [*TAGS, *FIELDS], "returns only its image", id="all of a build"),
        pytest.param(BUILD, FIELDS, "returns only its image", id="fields of a build"),
        pytest.param(CONDA, FIELDS, "returns only its image", id="fields of a conda file"),
    ],
)
def test_what_was_shared_and_cannot_be_compared_is_said_to_be_so(
    cloud: AzureCloud, place: "Place", spec: EnvironmentSpec, dropped: list[str], said: str
) -> None:
    source = register(cloud, spec)
    place.sandbox.script(registry_drops=dropped)

    made = cloud.share(NAME, CANDIDATE, as_version=FINAL)
    again = cloud.share(NAME, CANDIDATE, as_version=FINAL, recorded=source)

    assert said in made.not_comparable
    assert again == made


@pytest.mark.parametrize(
    ("spec", "dropped"),
    [
        pytest.param(CONDA, TAGS, id="all but the tags of a conda file"),
        pytest.param(BUILD, [], id="everything"),
    ],
)
def test_what_is_left_to_compare_is_compared(
    cloud: AzureCloud, place: "Place", spec: EnvironmentSpec, dropped: list[str]
) -> None:
    register(cloud, spec)
    place.sandbox.script(registry_drops=dropped)

    made = cloud.share(NAME, CANDIDATE, as_version=FINAL)

    assert made.not_comparable == ""
    assert cloud.share(NAME, CANDIDATE, as_version=FINAL) == made


@pytest.mark.parametrize(
    "recorded", [pytest.param(False, id="none"), pytest.param(True, id="other")]
)
def test_a_copy_of_which_no_hop_has_this_source_is_never_taken_for_equal(
    cloud: AzureCloud, place: "Place", *, recorded: bool
) -> None:
    register(cloud, BUILD)
    other = register(cloud, replace(BUILD, tags={"env_digest": "b" * 64}), OTHER)
    place.sandbox.script(registry_drops=TAGS)
    cloud.share(NAME, OTHER, as_version=FINAL)

    with pytest.raises(UserError) as raised:
        cloud.share(NAME, CANDIDATE, as_version=FINAL, recorded=other if recorded else "")

    assert raised.value.refusal.code == "ENV_CONTENT_DIFFERS"
    assert "not comparable" in raised.value.refusal.facts[0]


def test_a_recorded_source_excuses_no_difference_that_can_be_seen(
    cloud: AzureCloud, place: "Place"
) -> None:
    source = register(cloud, CONDA)
    newer = replace(CONDA, image="mcr.example/base@sha256:2", tags={"env_digest": "b" * 64})
    register(cloud, newer, OTHER)
    place.sandbox.script(registry_drops=TAGS)
    cloud.share(NAME, OTHER, as_version=FINAL)

    with pytest.raises(UserError) as raised:
        cloud.share(NAME, CANDIDATE, as_version=FINAL, recorded=source)

    assert "other settings" in raised.value.refusal.facts[0]
