"""The types of config/platform.yml: what people may write there."""

from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bot.core.config.naming import Naming
from bot.core.config.promotion import Promotion, Registries

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


NO_DEV_SETTINGS = DevSettings()

Quota: TypeAlias = Annotated[
    int, Meta(ge=1, le=1_000_000, description="a number from 1 on: what Azure allows")
]


class Quotas(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one subscription may hold in one region; Azure raises it on request.

    The defaults are Azure ML's, "Manage and increase quotas": endpoints and deployments of all
    kinds together.
    """

    endpoints: Quota = 100
    deployments: Quota = 500
    deployments_per_endpoint: Quota = 20


AZURE_QUOTAS = Quotas()


class PlatformFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where envbot works. Names are written out, or derived by `naming`."""

    subscription_id: SubscriptionId
    location: AzureName
    test: TestSettings
    dev: DevSettings = NO_DEV_SETTINGS
    naming: Naming | None = None
    stages: Stages = Stages()
    registry: AzureName | UnsetType = UNSET
    registries: Registries | None = None
    names: Names = Names()
    promotion: Promotion = Promotion()
    quotas: Quotas = AZURE_QUOTAS
