"""JSON Schemas of the config files, from the types that read them."""

import json

import msgspec

from bot.core.config.circuit_file import CircuitFile
from bot.core.config.platform import PlatformFile
from bot.core.config.policy import Policy
from bot.core.config.template import DeploymentTemplate

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[str, type[msgspec.Struct]] = {
    "circuit": CircuitFile,
    "platform": PlatformFile,
    "policy": Policy,
    "template": DeploymentTemplate,
}
NAMES = tuple(_TYPES)


def schema(name: str) -> dict[str, object]:
    """Return the JSON Schema of the file type `name`, one of `NAMES`.

    It says what a single value may be; what depends on other values or files, such as ids that
    agree with the path, only the reader knows.
    """
    return {"$schema": _DIALECT, **msgspec.json.schema(_TYPES[name])}


def schema_text(name: str) -> str:
    """Return `schema(name)` as it is published in docs/schema."""
    return json.dumps(schema(name), indent=2) + "\n"
