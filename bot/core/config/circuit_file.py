"""What a circuit's config may say, as types; its JSON Schema is made of them."""

import datetime as dt
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

ID = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?"

# `$` also matches before a final newline; `(?!\n)` closes that door in Python and in JSON Schema.
Version: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})$(?!\n)",
        description='a version MAJOR.MINOR.PATCH in quotes, such as "1.5.0"',
    ),
]
ModelVersion: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(0|[1-9][0-9]{0,8})$(?!\n)",
        description='an integer in quotes, such as "5": Azure ML numbers models',
    ),
]
Identifier: TypeAlias = Annotated[
    str,
    Meta(
        pattern=rf"^{ID}$(?!\n)",
        description='letters, digits and hyphens in quotes, such as "P001"',
    ),
]
CutoffDate: TypeAlias = Annotated[
    dt.date, Meta(description='a date YYYY-MM-DD in quotes, such as "2025-12-09"')
]
Hyperparameters: TypeAlias = Annotated[
    dict[str, Any], Meta(description="a mapping from names to values")
]


class Training(msgspec.Struct, frozen=True):
    """What the circuit's model is trained with."""

    environment_version: Version
    cutoff_date: CutoffDate | UnsetType = UNSET
    hyperparameters: Hyperparameters | None = None


class Deployment(msgspec.Struct, frozen=True):
    """What production runs; an absent version follows the training, an absent model stays."""

    environment_version: Version | UnsetType = UNSET
    model_version: ModelVersion | UnsetType = UNSET


class CircuitFile(msgspec.Struct, frozen=True):
    """A circuit's config, config/plants/<plant_id>/<circuit_id>.yml. Other keys are preserved."""

    plant_id: Identifier
    circuit_id: Identifier
    training: Training
    deployment: Deployment | None = None
