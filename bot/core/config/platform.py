"""config/platform.yml: where the stages are, and what things are called there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bot.core.config.circuit import CircuitId
from bot.core.config.config_file import convert
from bot.core.config.naming import Naming, fill, values_in
from bot.core.problem import Problem
from bot.core.yaml.document import Document, KeyPath, dotted
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

PATH = "config/platform.yml"
STAGES: tuple["Stage", ...] = ("dev", "test", "production")

Stage: TypeAlias = Literal["dev", "test", "production"]
AzureName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{1,89}$(?!\n)",
        description="a name of 2 to 90 letters, digits, `-`, `_` and `.`",
    ),
]
CircuitTemplate: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9_-]|\{(plant_id|circuit_id)\})+$(?!\n)",
        description="a name with {plant_id} and {circuit_id}",
    ),
]
SubscriptionId: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$(?!\n)",
        description="the subscription's id, such as 00000000-0000-0000-0000-000000000001",
    ),
]
ModuleName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$(?!\n)",
        description="the name of a Python module, such as sensor_scoring.score",
    ),
]
SampleData: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^azureml:([A-Za-z0-9_.:/-]|\{(plant_id|circuit_id)\})+$(?!\n)",
        description="a data asset such as azureml:sensor-sample:3, or a path such as "
        "azureml://datastores/<name>/paths/<folder>/, in which {plant_id} and {circuit_id} "
        "are filled in",
    ),
]
Reference: TypeAlias = Annotated[
    Literal["reference"],
    Meta(description="`reference`, the only strategy of this hop that envbot has"),
]


class StageNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The names of one stage that are written out."""

    resource_group: AzureName | UnsetType = UNSET
    workspace: AzureName | UnsetType = UNSET


class Stages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The three workspaces."""

    dev: StageNames = StageNames()
    test: StageNames = StageNames()
    production: StageNames = StageNames()


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the bot's objects are called; {plant_id} and {circuit_id} are filled in."""

    endpoint: CircuitTemplate = "batch-endpoint-plant-{plant_id}"
    deployment: CircuitTemplate = "deployment-circuit-{circuit_id}"
    model: CircuitTemplate = "sensor_model_{plant_id}_{circuit_id}"
    environment: AzureName = "custom-tf-env"


class Promotion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an environment gets from the registry to a stage."""

    registry_to_test: Reference = "reference"
    registry_to_production: Reference = "reference"


class TestSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How all models are tested in one environment."""

    __test__: ClassVar[bool] = False  # pytest collects classes whose names begin with "Test"

    compute: AzureName
    sample_data: SampleData
    models: Annotated[
        Literal["workspace", "registry"],
        Meta(description="`workspace` or `registry`: where the test job finds the models"),
    ] = "workspace"
    baseline: Annotated[
        Literal["required", "optional", "none"],
        Meta(
            description="`required`, `optional` or `none`: whether predictions are compared with "
            "those in the environment that production runs"
        ),
    ] = "required"
    models_per_step: Annotated[
        int, Meta(ge=1, le=100, description="a number from 1 to 100: models that share one step")
    ] = 10
    tolerance: Annotated[
        float, Meta(ge=0, le=1, description="a number from 0 to 1: how far predictions may differ")
    ] = 1e-6


class DevSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What runs in the dev workspace; without a compute no image is built before the release."""

    compute: AzureName | UnsetType = UNSET
    imports: Annotated[
        tuple[ModuleName, ...],
        Meta(description="modules of the image that its test imports, such as the scoring module"),
    ] = ()


_UNSAID = DevSettings()


class PlatformFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where envbot works. Names are written out, or derived by `naming`."""

    subscription_id: SubscriptionId
    location: AzureName
    test: TestSettings
    dev: DevSettings = _UNSAID
    naming: Naming | None = None
    stages: Stages = Stages()
    registry: AzureName | UnsetType = UNSET
    names: Names = Names()
    promotion: Promotion = Promotion()


@dataclass(frozen=True, slots=True)
class Workspace:
    """One Azure ML workspace."""

    resource_group: str
    workspace: str


@dataclass(frozen=True, slots=True)
class Platform:
    """Where the stages are, with every name known; `stages` has dev, test and production."""

    subscription_id: str
    location: str
    stages: Mapping[str, Workspace]
    registry: str
    names: Names
    promotion: Promotion
    test: TestSettings
    dev: DevSettings = _UNSAID

    def endpoint_name(self, circuit: CircuitId) -> str:
        """Return the batch endpoint that serves the circuit's plant."""
        return _named(self.names.endpoint, circuit)

    def deployment_name(self, circuit: CircuitId) -> str:
        """Return the circuit's batch deployment at that endpoint."""
        return _named(self.names.deployment, circuit)

    def model_name(self, circuit: CircuitId) -> str:
        """Return the registered model of the circuit."""
        return _named(self.names.model, circuit)

    def circuit_of(self, endpoint: str, deployment: str) -> CircuitId | None:
        """Return the circuit that a deployment of these names serves; None for other names."""
        template = f"{self.names.endpoint}/{self.names.deployment}"
        found = values_in(template, f"{endpoint}/{deployment}")
        return CircuitId(found["plant_id"], found["circuit_id"]) if found else None

    def registry_environment_id(self, name: str, version: str) -> str:
        """Return the id under which every workspace can refer to the registry's environment."""
        return f"azureml://registries/{self.registry}/environments/{name}/versions/{version}"


def read_platform(data: bytes) -> Platform:
    """Return what config/platform.yml says, names derived where they are not written out.

    Raises:
        InvalidFileError: with every problem and its place.
    """
    document = read(data, PATH)
    content = convert(document, PlatformFile)
    problems = [*_missing_names(document, content), *_ambiguous_names(document, content.names)]
    if problems:
        raise InvalidFileError(sorted(problems))
    return Platform(
        subscription_id=content.subscription_id,
        location=content.location,
        stages=MappingProxyType({stage: _workspace(content, stage) for stage in STAGES}),
        registry=_registry(content),
        names=content.names,
        promotion=content.promotion,
        test=content.test,
        dev=content.dev,
    )


def _missing_names(document: Document, content: PlatformFile) -> Iterator[Problem]:
    if content.naming is not None:
        return
    written: dict[KeyPath, object] = {("registry",): content.registry}
    for stage in STAGES:
        names: StageNames = getattr(content.stages, stage)
        written["stages", stage, "resource_group"] = names.resource_group
        written["stages", stage, "workspace"] = names.workspace
    for where, name in written.items():
        if name is UNSET:
            remedy = "Write it out, or say under `naming` how names are derived."
            yield document.problem(where, f"has no `{dotted(where)}`", remedy)


def _ambiguous_names(document: Document, names: Names) -> Iterator[Problem]:
    for key, text in (
        ("deployment", names.endpoint + names.deployment),
        ("model", names.model),
    ):
        for part in ("{plant_id}", "{circuit_id}"):
            if part not in text:
                what = f"`names.{key}` is the same for several circuits"
                yield document.problem(("names", key), what, f"Add {part} to it.")


def _workspace(content: PlatformFile, stage: Stage) -> Workspace:
    names: StageNames = getattr(content.stages, stage)
    group, workspace = names.resource_group or "", names.workspace or ""
    if naming := content.naming:
        purpose: str = getattr(naming.purposes, stage)
        group = group or naming.derive_group(purpose)
        workspace = workspace or naming.derive(naming.resource_prefixes.workspace, purpose)
    return Workspace(group, workspace)


def _registry(content: PlatformFile) -> str:
    if content.registry or content.naming is None:
        return content.registry or ""
    naming = content.naming
    return naming.derive(naming.resource_prefixes.registry, naming.purposes.registry)


def _named(template: str, circuit: CircuitId) -> str:
    return fill(template, ("plant_id", circuit.plant), ("circuit_id", circuit.circuit))
