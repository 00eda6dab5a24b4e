"""config/deployment-template.yml: what every batch deployment has in common.

The keys are those of Azure ML's batch deployment schema and of `ModelBatchDeployment` in
azure-ai-ml, so that nothing has to be translated.
"""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from bot.core.config.config_file import load
from bot.core.config.platform_file import AzureName

PATH = "config/deployment-template.yml"

FolderPath: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$(?!\n)",
        description="a folder of this repository, without `..` or a leading `/`",
    ),
]
ScriptName: TypeAlias = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]+\.py$(?!\n)", description="the name of a Python file")
]
VariableName: TypeAlias = Annotated[
    str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)", description="the name of a variable")
]
OutputAction: TypeAlias = Literal["append_row", "summary_only"]


class CodeConfiguration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The driver, a thin script that imports the scoring code from the environment."""

    code: FolderPath
    scoring_script: ScriptName


class Resources(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many nodes a scoring job gets."""

    instance_count: Annotated[int, Meta(ge=1, le=100, description="a number from 1 to 100")] = 1


class RetrySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often a mini batch is tried again, and how many seconds it may take."""

    max_retries: Annotated[int, Meta(ge=0, le=100, description="a number from 0 to 100")] = 3
    timeout: Annotated[
        int, Meta(ge=1, le=86400, description="a number of seconds from 1 to 86400")
    ] = 300


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a scoring job works through its input."""

    mini_batch_size: Annotated[int, Meta(ge=1, description="a number from 1 on")] = 10
    max_concurrency_per_instance: Annotated[
        int, Meta(ge=1, le=100, description="a number from 1 to 100")
    ] = 1
    error_threshold: Annotated[
        Literal[0],
        Meta(description="0: Azure's own default, -1, would ignore every failed input"),
    ] = 0
    logging_level: Literal["debug", "info", "warning"] = "info"
    retry_settings: RetrySettings = RetrySettings()
    output_action: OutputAction = "append_row"
    output_file_name: Annotated[
        str,
        Meta(pattern=r"^[A-Za-z0-9_.-]+$(?!\n)", description="the name of a file"),
    ] = "predictions.csv"
    environment_variables: dict[VariableName, str] = {}


class DeploymentTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a newly created batch deployment has in common with all others.

    Attributes:
        endpoints: whether a plant's first deployment brings its endpoint, or waits for one.
    """

    compute: AzureName
    code_configuration: CodeConfiguration
    resources: Resources = Resources()
    settings: Settings = Settings()
    endpoints: Annotated[
        Literal["create", "existing"],
        Meta(description="`create` or `existing`: whether envbot makes an endpoint that is absent"),
    ] = "create"


def read_template(data: bytes) -> DeploymentTemplate:
    """Return what config/deployment-template.yml says.

    Raises:
        InvalidFileError: with every problem and its place.
    """
    return load(data, PATH, DeploymentTemplate)
