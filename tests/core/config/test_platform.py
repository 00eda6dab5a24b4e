import re
from pathlib import Path

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.config.platform import Workspace, read_platform
from bot.errors import InvalidFileError

WRITTEN = """\
subscription_id: 00000000-0000-0000-0000-000000000001
location: canadacentral
stages:
  dev: {resource_group: rg-dev, workspace: ws-dev}
  test: {resource_group: rg-test, workspace: ws-test}
  production: {resource_group: rg-prod, workspace: ws-prod}
registry: amlregcc01
test: {compute: cluster, sample_data: "azureml:sample:1"}
"""
DERIVED = """\
subscription_id: 00000000-0000-0000-0000-000000000001
location: canadacentral
naming: {location_code: cc, suffix: "01"}
test: {compute: cluster, sample_data: "azureml:sample:1"}
"""
REGISTRIES = "azureml://registries"
GROUPS = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups"
PROVIDER = "providers/Microsoft.MachineLearningServices"
CIRCUIT = CircuitId("P001", "C002")


def refused(text: str) -> str:
    with pytest.raises(InvalidFileError) as caught:
        read_platform(text.encode())
    return str(caught.value)


def test_names_are_those_of_the_design_unless_written_out() -> None:
    platform = read_platform(WRITTEN.encode())

    assert platform.endpoint_name(CIRCUIT) == "batch-endpoint-plant-P001"
    assert platform.deployment_name(CIRCUIT) == "deployment-circuit-C002"
    assert platform.model_name(CIRCUIT) == "sensor_model_P001_C002"
    assert platform.registry_environment_id("custom-tf-env", "1.5.0") == (
        "azureml://registries/amlregcc01/environments/custom-tf-env/versions/1.5.0"
    )


def test_templates_may_spread_the_ids_as_they_like() -> None:
    names = 'names: {endpoint: "ep-{plant_id}-{circuit_id}", deployment: live}\n'

    platform = read_platform((WRITTEN + names).encode())

    assert platform.endpoint_name(CIRCUIT) == "ep-P001-C002"
    assert platform.deployment_name(CIRCUIT) == "live"


def test_derives_names_as_the_platform_strategy_does() -> None:
    platform = read_platform(DERIVED.encode())

    assert platform.stages == {
        "dev": Workspace("rg-aml-vnet-dev-cc01", "amlwsdevcc01"),
        "test": Workspace("rg-aml-vnet-test-cc01", "amlwstestcc01"),
        "production": Workspace("rg-aml-vnet-prod-cc01", "amlwsprodcc01"),
    }
    assert platform.registry == "amlregcc01"


def test_a_name_that_is_written_out_is_not_derived() -> None:
    text = DERIVED + "registry: ours\nstages: {dev: {workspace: lab}}\n"

    platform = read_platform(text.encode())

    assert platform.stages["dev"] == Workspace("rg-aml-vnet-dev-cc01", "lab")
    assert platform.registry == "ours"


@pytest.mark.parametrize(
    ("registries", "names"),
    [
        pytest.param("{}", ("amlregdevcc01", "amlregprodcc01"), id="derived"),
        pytest.param("{dev: ours}", ("ours", "amlregprodcc01"), id="one written out"),
    ],
)
def test_two_registries_are_named_as_everything_else(
    registries: str, names: tuple[str, str]
) -> None:
    platform = read_platform(f"{DERIVED}registries: {registries}\n".encode())

    assert platform.places == ("dev", "registry", "production_registry")
    assert tuple(map(platform.registry_at, platform.places[1:])) == names


@pytest.mark.parametrize(
    ("more", "test", "production"),
    [
        pytest.param("", f"{REGISTRIES}/amlregcc01", f"{REGISTRIES}/amlregcc01", id="reference"),
        pytest.param(
            "registries: {}",
            f"{REGISTRIES}/amlregdevcc01",
            f"{REGISTRIES}/amlregprodcc01",
            id="two registries",
        ),
        pytest.param(
            "promotion: {registry_to_test: recreate, registry_to_production: recreate}",
            f"{GROUPS}/rg-aml-vnet-test-cc01/{PROVIDER}/workspaces/amlwstestcc01",
            f"{GROUPS}/rg-aml-vnet-prod-cc01/{PROVIDER}/workspaces/amlwsprodcc01",
            id="recreate",
        ),
    ],
)
def test_a_stage_uses_an_environment_from_where_the_strategy_puts_it(
    more: str, test: str, production: str
) -> None:
    platform = read_platform(f"{DERIVED}{more}\n".encode())

    tail = "/environments/tf/versions/1.5.0"
    assert platform.environment_id("test", "tf", "1.5.0") == test + tail
    assert platform.environment_id("production", "tf", "1.5.0") == production + tail


def test_every_part_of_a_derived_name_can_be_set() -> None:
    naming = (
        "naming: {location_code: ce, suffix: '7', resource_group: '{purpose}{suffix}-rg',"
        " resource_prefixes: {workspace: w-}, purposes: {production: live, registry: shared}}"
    )

    platform = read_platform(DERIVED.replace(DERIVED.splitlines()[2], naming).encode())

    assert platform.stages["production"] == Workspace("live7-rg", "w-livece7")
    assert platform.registry == "amlregsharedce7"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        pytest.param("registry: amlregcc01\n", "", "has no `registry`", id="no registry"),
        pytest.param("workspace: ws-dev", "", "4:8: has no `stages.dev.workspace`", id="no name"),
        pytest.param("  dev: ", "  development: ", "`stages.development`", id="unknown stage"),
        pytest.param("location:", "locations:", "Did you mean `location`?", id="misspelling"),
        pytest.param("location:", "x: 1\nlocation:", "Known keys: subscription_id", id="unknown"),
        pytest.param("0001", "001", "1:18: `subscription_id`", id="no id"),
        pytest.param("compute: cluster, ", "", "has no `test.compute`", id="no compute"),
        pytest.param('sample:1"}', 'sample:1", models_per_step: 0}', "from 1 to 100", id="too few"),
        pytest.param('sample:1"}', 'sample:1", tolerance: x}', "from 0 to 1", id="no number"),
        pytest.param("ws-dev", "'ws/dev'", "4:44: `stages.dev.workspace`", id="slash in a name"),
        pytest.param(
            "registry:",
            "promotion: {registry_to_test: share}\nregistry:",
            "Azure shares into registries only",
            id="a workspace is no registry",
        ),
        pytest.param(
            "registry:",
            "promotion: {workspace_to_registry: reference}\nregistry:",
            "a registry cannot refer to a workspace",
            id="a registry refers to nothing",
        ),
        pytest.param(
            "registry:",
            "promotion: {dev_registry_to_production_registry: share}\nregistry:",
            "7:50: `promotion.dev_registry_to_production_registry` has no two registries",
            id="a hop between one registry",
        ),
        pytest.param(
            "registry:",
            "registries: {dev: reg-a, production: reg-b}\nregistry:",
            "8:11: stands beside `registries`",
            id="both topologies",
        ),
        pytest.param(
            "registry: amlregcc01",
            "registries: {dev: Reg, production: reg}",
            "is the dev registry",
            id="one registry twice",
        ),
        pytest.param(
            "{resource_group: rg-test, workspace: ws-test}",
            "{resource_group: RG-prod, workspace: WS-prod}",
            "`stages.test` is the workspace of production",
            id="rehearsing in production",
        ),
        pytest.param(
            "registry: amlregcc01",
            "registries: {dev: reg}",
            "has no `registries.production`",
            id="half of two registries",
        ),
        pytest.param(
            "registry:",
            "names: {model: model-{plant_id}}\nregistry:",
            "not valid YAML",
            id="bare braces",
        ),
        pytest.param(
            "registry:",
            "names: {model: 'm-{plant_id}'}\nregistry:",
            "Add {circuit_id}",
            id="ambiguous",
        ),
        pytest.param(
            "registry:",
            "names: {model: 'm-{x}'}\nregistry:",
            "{plant_id} and {circuit_id}",
            id="placeholder",
        ),
        pytest.param(
            "registry:",
            "naming: {location_code: cc, suffix: 01}\nregistry:",
            "in quotes",
            id="suffix is a number",
        ),
    ],
)
def test_refuses_with_what_would_be_right(before: str, after: str, message: str) -> None:
    assert message in refused(WRITTEN.replace(before, after, 1))


def test_stages_of_one_derived_name_are_one_workspace() -> None:
    naming = "naming: {location_code: ce, suffix: '7', purposes: {dev: live, production: live}}"

    said = refused(DERIVED.replace(DERIVED.splitlines()[2], naming))

    assert "`stages.dev` is the workspace of production" in said


def test_workspaces_of_one_name_in_two_resource_groups_are_two() -> None:
    text = WRITTEN.replace("ws-test", "ws").replace("ws-prod", "ws")

    assert read_platform(text.encode()).stages["test"] == Workspace("rg-test", "ws")


def test_reads_the_sample_file(checkout: Path) -> None:
    platform = read_platform((checkout / "config" / "platform.yml").read_bytes())

    assert platform.stages["production"] == Workspace("rg-aml-prod-cc01", "amlwsprodcc01")
    assert platform.names.environment == "custom-tf-env"
    assert (platform.test.models_per_step, platform.test.tolerance) == (10, 1e-6)


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param("azureml:sample:3", id="asset"),
        pytest.param("azureml://registries/r/data/sample/versions/3", id="of the registry"),
        pytest.param("azureml://datastores/d/paths/{plant_id}/{circuit_id}.csv", id="template"),
    ],
)
def test_sample_data_is_an_asset_or_a_path(sample: str) -> None:
    platform = read_platform(WRITTEN.replace("azureml:sample:1", sample).encode())

    assert platform.test.sample_data == sample


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param("samples/one.csv", id="a local file would be uploaded by the SDK"),
        pytest.param("azureml:sample@latest", id="a label moves"),
        pytest.param("azureml:sample_{plant}:1", id="unknown name"),
        pytest.param("azureml:a b:1", id="space"),
    ],
)
def test_sample_data_is_nothing_else(sample: str) -> None:
    assert "test.sample_data" in refused(WRITTEN.replace("azureml:sample:1", sample))


@pytest.mark.parametrize(
    ("names", "circuit"),
    [
        pytest.param(("batch-endpoint-plant-P001", "deployment-circuit-C002"), CIRCUIT, id="ours"),
        pytest.param(("batch-endpoint-plant-P001", "blue"), None, id="another deployment"),
        pytest.param(("batch-endpoint-plant-P001x/", "deployment-circuit-C002"), None, id="no id"),
    ],
)
def test_a_deployment_tells_its_circuit(names: tuple[str, str], circuit: CircuitId | None) -> None:
    assert read_platform(WRITTEN.encode()).circuit_of(*names) == circuit


def test_an_id_that_stands_twice_in_a_name_is_one_id() -> None:
    names = 'names: {endpoint: "ep-{plant_id}", deployment: "{plant_id}-{circuit_id}"}\n'
    platform = read_platform((WRITTEN + names).encode())

    assert platform.circuit_of("ep-P1", "P1-C2") == CircuitId("P1", "C2")
    assert platform.circuit_of("ep-P1", "P2-C2") is None


@pytest.mark.parametrize(
    ("number", "registries"),
    [
        pytest.param(0, ("amlregcc01",), id="one registry"),
        pytest.param(1, ("amlregdevcc01", "amlregprodcc01"), id="two registries"),
    ],
)
def test_the_documented_topologies_are_what_the_reader_makes_of_them(
    checkout: Path, number: int, registries: tuple[str, ...]
) -> None:
    page = (checkout / "docs" / "topologies.md").read_text("utf-8")
    shown = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)

    platform = read_platform(shown[number].encode())

    assert tuple(map(platform.registry_at, platform.places[1:])) == registries
    assert platform.stages["production"].workspace == "amlwsprodcc01"
