from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.adapters.azureml import AzureCloud, AzureSettings
from bot.adapters.azureml.build_context import MAX_BYTES, MAX_FILES
from bot.core.environment import BuildContext, EnvironmentSpec
from bot.core.tree import EXECUTABLE, REGULAR, SYMLINK, File
from bot.errors import BotError, UserError

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

NAME = "custom-tf-env"
CONDA = b"channels: [conda-forge]\ndependencies:\n  - python=3.10\n  - pip: [tensorflow==2.13.0]\n"
TAGS = {"env_digest": "a" * 64, "backward_compatible": "true"}


def tree(**files: bytes) -> dict[str, File]:
    paths = {f"environment/{name.replace('__', '/')}": data for name, data in files.items()}
    return {path: File(path, REGULAR, "0" * 40, data) for path, data in paths.items()}


BUILD = EnvironmentSpec(
    name=NAME,
    version="1.5.1",
    description="sensors",
    tags={},
    build=BuildContext(".", "docker/Dockerfile"),
    image=None,
    conda_file=None,
)
CONDA_ON_IMAGE = replace(
    BUILD, build=None, image="mcr.example/base@sha256:1", conda_file="conda.yml"
)
IMAGE = replace(CONDA_ON_IMAGE, conda_file=None)
FILES = tree(docker__Dockerfile=b"FROM scratch\n", src__score=b"pass\n") | {
    "environment/conda.yml": File("environment/conda.yml", REGULAR, "0" * 40, CONDA)
}
FORMS = [
    pytest.param(BUILD, id="build context"),
    pytest.param(CONDA_ON_IMAGE, id="conda file on image"),
    pytest.param(IMAGE, id="image"),
]


def register(
    cloud: AzureCloud,
    spec: EnvironmentSpec = BUILD,
    version: str = "1.5.1-rc.gaaaaaaaa",
    files: Mapping[str, File] = FILES,
    tags: Mapping[str, str] = TAGS,
) -> Any:
    return cloud.register(spec, files, version=version, tags=tags)


@pytest.mark.parametrize("spec", FORMS)
def test_registers_every_form_in_dev(cloud: AzureCloud, spec: EnvironmentSpec) -> None:
    made = register(cloud, spec)

    assert (made.name, made.version, made.place) == (NAME, "1.5.1-rc.gaaaaaaaa", "dev")
    assert made.tags == TAGS
    assert cloud.environment("dev", NAME, made.version) == made


def test_uploads_the_context_and_nothing_beside_it(cloud: AzureCloud, place: "Place") -> None:
    files = {**FILES, "config/secret.yml": File("config/secret.yml", REGULAR, "0" * 40, b"x")}
    mark = place.mark()

    register(cloud, files=files)

    puts = [line.partition("?")[0] for line in place.requests(mark) if line.startswith("PUT")]
    uploaded = {line.rsplit("/", 1)[-1] for line in puts if "/environments/" not in line}
    assert {"Dockerfile", "score", "conda.yml"} <= uploaded
    assert "secret.yml" not in uploaded


@pytest.mark.parametrize("spec", FORMS)
def test_registering_the_same_again_writes_nothing(
    cloud: AzureCloud, place: "Place", spec: EnvironmentSpec
) -> None:
    made = register(cloud, spec)
    mark = place.mark()

    assert register(cloud, spec) == made

    assert {line.split()[0] for line in place.requests(mark)} == {"GET"}


@pytest.mark.parametrize("spec", FORMS)
def test_an_archived_version_is_hidden_and_found(cloud: AzureCloud, spec: EnvironmentSpec) -> None:
    made = register(cloud, spec)

    cloud.archive_environment(NAME, made.version)
    cloud.archive_environment(NAME, made.version)

    assert cloud.environments("dev", NAME) == ()
    assert cloud.archived_environments("dev", NAME) == (made,)
    cloud.restore_environment(NAME, made.version)
    cloud.restore_environment(NAME, made.version)
    assert (cloud.environments("dev", NAME), cloud.archived_environments("dev", NAME)) == (
        (made,),
        (),
    )
    assert cloud.environment("dev", NAME, made.version) == made


@pytest.mark.parametrize("spec", FORMS)
def test_another_pull_request_takes_an_archived_version_over(
    cloud: AzureCloud, spec: EnvironmentSpec
) -> None:
    first = register(cloud, spec, tags={**TAGS, "pr_number": "PR-1", "registered_by": "jane"})
    cloud.archive_environment(NAME, first.version)

    register(cloud, spec, tags={**TAGS, "pr_number": "PR-2", "registered_by": "omar"})

    [found] = cloud.environments("dev", NAME)
    assert found.tags == {**TAGS, "pr_number": "PR-2", "registered_by": "jane"}
    assert found.asset_digest == first.asset_digest


@pytest.mark.parametrize(
    ("spec", "files", "tags"),
    [
        pytest.param(replace(IMAGE, image="mcr.example/base@sha256:2"), FILES, TAGS, id="image"),
        pytest.param(CONDA_ON_IMAGE, FILES, TAGS, id="a conda file more"),
        pytest.param(BUILD, FILES, TAGS, id="a build instead"),
        pytest.param(IMAGE, FILES, {"env_digest": "b" * 64}, id="another source"),
    ],
)
def test_refuses_a_version_that_exists_with_other_content(
    cloud: AzureCloud, spec: EnvironmentSpec, files: Mapping[str, File], tags: Mapping[str, str]
) -> None:
    register(cloud, IMAGE)

    with pytest.raises(UserError) as raised:
        register(cloud, spec, files=files, tags=tags)

    assert raised.value.refusal.code == "ENV_CONTENT_DIFFERS"


def test_never_takes_two_build_contexts_for_equal_without_their_digests(
    cloud: AzureCloud,
) -> None:
    register(cloud, tags={})

    with pytest.raises(UserError) as raised:
        register(cloud, tags={})

    assert "not comparable" in raised.value.refusal.facts[0]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        pytest.param(
            tree(**{f"f{number}": b"" for number in range(MAX_FILES + 1)}),
            "BUILD_CONTEXT_TOO_LARGE",
            id="too many files",
        ),
        pytest.param(
            tree(f=b"x" * (MAX_BYTES + 1)), "BUILD_CONTEXT_TOO_LARGE", id="too many bytes"
        ),
        pytest.param(
            {"environment/l": File("environment/l", SYMLINK, "0" * 40, b"/etc/passwd")},
            "BUILD_CONTEXT_UNSAFE",
            id="a symbolic link",
        ),
        pytest.param(
            {"environment/../x": File("environment/../x", REGULAR, "0" * 40, b"")},
            "BUILD_CONTEXT_UNSAFE",
            id="a path that leaves",
        ),
    ],
)
def test_refuses_a_context_azure_ml_would_not_take(
    cloud: AzureCloud, place: "Place", files: dict[str, File], code: str
) -> None:
    mark = place.mark()

    with pytest.raises(UserError) as raised:
        register(cloud, files=files)

    assert raised.value.refusal.code == code
    assert not [line for line in place.requests(mark) if line.startswith("PUT")]


def test_a_refused_context_is_counted_and_its_largest_files_are_named(cloud: AzureCloud) -> None:
    files = tree(small=b"x", data__big=b"x" * MAX_BYTES, data__bigger=b"x" * (MAX_BYTES + 1))

    with pytest.raises(UserError) as raised:
        register(cloud, files=files)

    size = 2 * MAX_BYTES + 2
    held, _, largest = raised.value.refusal.facts
    assert held == f"It holds 3 files and {size} bytes."
    assert largest.startswith(f"The largest: `environment/data/bigger` with {MAX_BYTES + 1} bytes,")


def test_takes_a_context_as_large_as_the_limits(cloud: AzureCloud) -> None:
    files = tree(**{f"f{number}": b"" for number in range(MAX_FILES - 1)})
    script = File("environment/run.sh", EXECUTABLE, "0" * 40, b"x" * MAX_BYTES)

    assert register(cloud, files={**files, script.path: script})


@pytest.mark.parametrize("spec", FORMS)
def test_shares_a_candidate_under_its_final_version(
    cloud: AzureCloud, place: "Place", spec: EnvironmentSpec
) -> None:
    made = register(cloud, spec)

    shared = cloud.share(NAME, made.version, as_version="1.5.1")

    assert shared.id == place.platform.registry_environment_id(NAME, "1.5.1")
    assert (shared.place, shared.asset_digest) == ("registry", made.asset_digest)
    assert cloud.environment("registry", NAME, "1.5.1") == shared


def test_a_share_that_never_ends_is_given_up(cloud: AzureCloud, place: "Place") -> None:
    made = register(cloud)
    hasty = AzureCloud(place.platform, AzureSettings(poll_interval=0.02, operation_deadline=0.3))
    place.sandbox.script(operation_seconds=5)

    try:
        with pytest.raises(BotError, match="has not ended in time") as raised:
            hasty.share(NAME, made.version, as_version="1.5.1")
    finally:
        place.sandbox.script(operation_seconds=0)

    assert raised.value.done == "the share was sent and may have taken effect"


@pytest.mark.parametrize("spec", FORMS)
def test_sharing_the_same_again_writes_nothing(
    cloud: AzureCloud, place: "Place", spec: EnvironmentSpec
) -> None:
    made = register(cloud, spec)
    shared = cloud.share(NAME, made.version, as_version="1.5.1")
    mark = place.mark()

    assert cloud.share(NAME, made.version, as_version="1.5.1") == shared

    assert {line.split()[0] for line in place.requests(mark)} == {"GET"}


def test_refuses_to_share_over_other_content(cloud: AzureCloud) -> None:
    register(cloud, BUILD, "1.5.1-rc.gaaaaaaaa")
    register(cloud, BUILD, "1.5.1-rc.gbbbbbbbb", tags={"env_digest": "b" * 64})
    cloud.share(NAME, "1.5.1-rc.gaaaaaaaa", as_version="1.5.1")

    with pytest.raises(UserError) as raised:
        cloud.share(NAME, "1.5.1-rc.gbbbbbbbb", as_version="1.5.1")

    assert raised.value.refusal.code == "ENV_CONTENT_DIFFERS"
    assert "the registry" in raised.value.refusal.headline


def test_refuses_to_share_what_dev_does_not_have(cloud: AzureCloud) -> None:
    with pytest.raises(UserError) as raised:
        cloud.share(NAME, "1.5.1", as_version="1.5.1")

    assert raised.value.refusal.code == "ENV_NOT_FOUND"


def test_parallel_shares_and_registrations_land_where_they_belong(cloud: AzureCloud) -> None:
    versions = [f"1.5.{number}" for number in range(6)]
    for version in versions:
        register(cloud, IMAGE, version)

    def both(version: str) -> tuple[Any, Any]:
        return (
            cloud.share(NAME, version, as_version=version),
            register(cloud, IMAGE, f"{version}-rc.gaaaaaaaa"),
        )

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(both, versions))

    assert {shared.place for shared, _ in made} == {"registry"}
    assert all("/workspaces/" in registered.id for _, registered in made)
    assert {item.version for item in cloud.environments("registry", NAME)} == set(versions)


@pytest.mark.parametrize("place_name", ["dev", "registry", "test", "production"])
def test_nothing_registered_is_none_and_an_empty_list(cloud: AzureCloud, place_name: str) -> None:
    assert cloud.environment(place_name, NAME, "1.0.0") is None
    assert cloud.environments(place_name, NAME) == ()


def test_a_registry_that_is_not_there_is_a_failure(place: "Place") -> None:
    cloud = AzureCloud(replace(place.platform, registry="nowhere"))

    with pytest.raises(BotError, match="Azure: finding the registry failed: 404"):
        cloud.environment("registry", NAME, "1.0.0")


def test_lists_the_versions_of_one_name(cloud: AzureCloud) -> None:
    register(cloud, IMAGE, "1.5.1")
    register(cloud, IMAGE, "1.5.2")
    register(cloud, replace(IMAGE, name="other"), "1.0.0")

    assert {item.version for item in cloud.environments("dev", NAME)} == {"1.5.1", "1.5.2"}


def test_reads_the_tags_of_a_model(cloud: AzureCloud, place: "Place") -> None:
    model = place.model("production", "sensor", "5", tags={"environment_version": "1.5.0"})

    assert cloud.model_tags("production", model) == {"environment_version": "1.5.0"}
    assert cloud.model_tags("production", model.replace("/5", "/6")) is None
    assert cloud.model_tags("production", "sensor@latest") is None
