"""How an environment gets from one place to the next, and how many registries it passes."""

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bot.core.config.naming import Naming
from bot.core.problem import Problem
from bot.core.yaml.document import Document

RegistryName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{1,89}$(?!\n)",
        description="a name of 2 to 90 letters, digits, `-`, `_` and `.`",
    ),
]
Copying: TypeAlias = Annotated[
    Literal["share", "recreate"],
    Meta(
        description="`share` (Azure copies what the dev workspace has) or `recreate` (registered "
        "anew from the files in git); a registry cannot refer to a workspace"
    ),
]
Using: TypeAlias = Annotated[
    Literal["reference", "recreate"],
    Meta(
        description="`reference` (the workspace uses the registry's environment) or `recreate` "
        "(registered anew from the files in git); Azure shares into registries only"
    ),
]
RECREATE = "recreate"


class Registries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two registries: one for candidates, one for what was released."""

    dev: RegistryName | UnsetType = UNSET
    production: RegistryName | UnsetType = UNSET


class Promotion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The strategy of each hop."""

    workspace_to_registry: Copying = "share"
    dev_registry_to_production_registry: Copying | UnsetType = UNSET
    registry_to_test: Using = "reference"
    registry_to_production: Using = "reference"

    @property
    def release(self) -> Literal["share", "recreate"]:
        """Return how the final version gets into the registry that production uses."""
        return self.dev_registry_to_production_registry or self.workspace_to_registry

    @property
    def recreates(self) -> bool:
        """Tell whether any hop registers anew from the files in git."""
        hops = self.workspace_to_registry, self.release
        return RECREATE in {*hops, self.registry_to_test, self.registry_to_production}


class RegistryNames(msgspec.Struct, frozen=True):
    """The registry of the candidates, and the one that production uses; often the same."""

    candidates: str
    releases: str


def registry_names(
    one: str | UnsetType, two: Registries | None, naming: Naming | None
) -> RegistryNames:
    """Return the names, derived by `naming` where they are not written out."""
    if two is None:
        name = one or (naming.derive_registry(naming.purposes.registry) if naming else "")
        return RegistryNames(name, name)
    dev, production = two.dev or "", two.production or ""
    if naming:
        dev = dev or naming.derive_registry(naming.purposes.dev)
        production = production or naming.derive_registry(naming.purposes.production)
    return RegistryNames(dev, production)


def topology_problems(
    document: Document, one: str | UnsetType, two: Registries | None, promotion: Promotion
) -> Iterator[Problem]:
    """Yield what cannot be meant: both topologies at once, or a hop that there is not."""
    if two is not None and one is not UNSET:
        remedy = "Keep `registry` for one registry, or `registries` for two."
        yield document.problem(("registry",), "stands beside `registries`", remedy)
    if two is not None and two.dev and str(two.dev).lower() == str(two.production).lower():
        remedy = "Name two registries, or write the one as `registry`."
        yield document.problem(("registries", "production"), "is the dev registry", remedy)
    hop = "dev_registry_to_production_registry"
    if two is None and promotion.dev_registry_to_production_registry is not UNSET:
        remedy = "Take it out, or name two registries under `registries`."
        what = f"`promotion.{hop}` has no two registries to go between"
        yield document.problem(("promotion", hop), what, remedy)
