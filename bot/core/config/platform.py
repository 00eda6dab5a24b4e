"""config/platform.yml: where the stages are, and what things are called there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from msgspec import UNSET

from bot.core.config.circuit import CircuitId
from bot.core.config.config_file import convert
from bot.core.config.naming import fill, values_in
from bot.core.config.platform_file import (
    AZURE_QUOTAS,
    NO_DEV_SETTINGS,
    STAGES,
    DevSettings,
    Names,
    PlatformFile,
    Quotas,
    Stage,
    StageNames,
    TestSettings,
)
from bot.core.config.promotion import RECREATE, Promotion, registry_names, topology_problems
from bot.core.problem import Problem
from bot.core.yaml.document import Document, KeyPath, dotted
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

PATH = "config/platform.yml"
REGISTRY = "registry"
PRODUCTION_REGISTRY = "production_registry"


@dataclass(frozen=True, slots=True)
class Workspace:
    """One Azure ML workspace."""

    resource_group: str
    workspace: str

    def is_same(self, other: "Workspace") -> bool:
        """Tell whether it is `other`; ARM names ignore case."""
        mine, theirs = (f"{one.resource_group}/{one.workspace}" for one in (self, other))
        return mine.lower() == theirs.lower()


@dataclass(frozen=True, slots=True)
class Platform:
    """Where the stages are, with every name known.

    Attributes:
        stages: dev, test and production.
        registry: where candidates go.
        production_registry: where final versions go, if that is another one.
    """

    subscription_id: str
    location: str
    stages: Mapping[str, Workspace]
    registry: str
    names: Names
    promotion: Promotion
    test: TestSettings
    dev: DevSettings = NO_DEV_SETTINGS
    production_registry: str = ""
    quotas: Quotas = AZURE_QUOTAS

    @property
    def release_place(self) -> str:
        """Return the place that final versions go to: `registry` or `production_registry`."""
        return PRODUCTION_REGISTRY if self.production_registry else REGISTRY

    @property
    def recreates_for_production(self) -> bool:
        """Tell whether production runs a copy of its own instead of the registry's version."""
        return self.promotion.registry_to_production == RECREATE

    @property
    def places(self) -> tuple[str, ...]:
        """Return where versions of the environment are kept for others: dev and the registries."""
        return ("dev", *dict.fromkeys((REGISTRY, self.release_place)))

    def registry_at(self, place: str) -> str:
        """Return the name of the registry that is `registry` or `production_registry`."""
        return self.production_registry if place == PRODUCTION_REGISTRY else self.registry

    def endpoint_name(self, circuit: CircuitId) -> str:
        """Return the batch endpoint that serves the circuit's plant."""
        return _named(self.names.endpoint, circuit)

    def deployment_name(self, circuit: CircuitId) -> str:
        """Return the circuit's batch deployment at that endpoint."""
        return _named(self.names.deployment, circuit)

    def model_name(self, circuit: CircuitId) -> str:
        """Return the registered model of the circuit."""
        return _named(self.names.model, circuit)

    def new_model_id(self, circuit: CircuitId, version: str) -> str:
        """Return the model that a new deployment of the circuit runs in production.

        It is found where `test.models` says: in the workspace, or in the registry of releases.
        """
        place = f"azureml://registries/{self.registry_at(self.release_place)}"
        if self.test.models == "workspace":
            place = self.workspace_id("production")
        return f"{place}/models/{self.model_name(circuit)}/versions/{version}"

    def circuit_of(self, endpoint: str, deployment: str) -> CircuitId | None:
        """Return the circuit that a deployment of these names serves; None for other names."""
        template = f"{self.names.endpoint}/{self.names.deployment}"
        found = values_in(template, f"{endpoint}/{deployment}")
        return CircuitId(found["plant_id"], found["circuit_id"]) if found else None

    def registry_environment_id(self, name: str, version: str, place: str = "registry") -> str:
        """Return the id under which every workspace can refer to a registry's environment."""
        registry = self.registry_at(place)
        return f"azureml://registries/{registry}/environments/{name}/versions/{version}"

    def environment_id(self, stage: str, name: str, version: str) -> str:
        """Return the id under which `test` or `production` uses an environment version."""
        test, hops = stage == "test", self.promotion
        if (hops.registry_to_test if test else hops.registry_to_production) == RECREATE:
            return f"{self.workspace_id(stage)}/environments/{name}/versions/{version}"
        place = REGISTRY if test else self.release_place
        return self.registry_environment_id(name, version, place)

    def workspace_id(self, stage: str) -> str:
        """Return the ARM id of a stage's workspace."""
        at = self.stages[stage]
        return (
            f"/subscriptions/{self.subscription_id}/resourceGroups/{at.resource_group}/providers"
            f"/Microsoft.MachineLearningServices/workspaces/{at.workspace}"
        )


def read_platform(data: bytes) -> Platform:
    """Return what config/platform.yml says, names derived where they are not written out.

    Raises:
        InvalidFileError: with every problem and its place.
    """
    document = read(data, PATH)
    content = convert(document, PlatformFile)
    named = content.registry, content.registries
    problems = [
        *_missing_names(document, content),
        *_ambiguous_names(document, content.names),
        *topology_problems(document, *named, content.promotion),
        *_production_twice(document, content),
    ]
    if problems:
        raise InvalidFileError(sorted(problems))
    registries = registry_names(*named, content.naming)
    two = content.registries is not None
    return Platform(
        subscription_id=content.subscription_id,
        location=content.location,
        stages=MappingProxyType({stage: _workspace(content, stage) for stage in STAGES}),
        registry=registries.candidates,
        names=content.names,
        promotion=content.promotion,
        test=content.test,
        dev=content.dev,
        production_registry=registries.releases if two else "",
        quotas=content.quotas,
    )


def _missing_names(document: Document, content: PlatformFile) -> Iterator[Problem]:
    if content.naming is not None:
        return
    written: dict[KeyPath, object] = {("registry",): content.registry}
    if two := content.registries:
        written = {("registries", "dev"): two.dev, ("registries", "production"): two.production}
    for stage in STAGES:
        names: StageNames = getattr(content.stages, stage)
        written["stages", stage, "resource_group"] = names.resource_group
        written["stages", stage, "workspace"] = names.workspace
    for where, name in written.items():
        if name is UNSET:
            remedy = "Write it out, or say under `naming` how names are derived."
            yield document.problem(where, f"has no `{dotted(where)}`", remedy)


def _production_twice(document: Document, content: PlatformFile) -> Iterator[Problem]:
    """Yield each other stage in the workspace of production: nobody approves what it writes."""
    found = {stage: _workspace(content, stage) for stage in STAGES}
    for stage, at in found.items():
        if stage != "production" and at.workspace and at.is_same(found["production"]):
            what = f"`stages.{stage}` is the workspace of production"
            yield document.problem(("stages", stage), what, "Name a workspace of its own.")


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


def _named(template: str, circuit: CircuitId) -> str:
    return fill(template, ("plant_id", circuit.plant), ("circuit_id", circuit.circuit))
