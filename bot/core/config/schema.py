"""JSON Schemas of the config files, from the types that read them."""

import json

import msgspec

from bot.core.config import platform, platform_file, policy, template
from bot.core.config.circuit_file import CircuitFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[str, type[msgspec.Struct]] = {
    "circuit": CircuitFile,
    "platform": platform_file.PlatformFile,
    "policy": policy.Policy,
    "template": template.DeploymentTemplate,
}
FILES = {
    "circuit": "config/plants/<plant_id>/<circuit_id>.yml",
    "platform": platform.PATH,
    "policy": policy.PATH,
    "template": template.PATH,
}
"""Which file each schema is for."""


def schema(name: str) -> dict[str, object]:
    """Return the JSON Schema of the file type `name`, one of `FILES`.

    It says what a single value may be; what depends on other values or files, such as ids that
    agree with the path, only the reader knows.
    """
    return {"$schema": _DIALECT, **msgspec.json.schema(_TYPES[name])}


def schema_text(name: str) -> str:
    """Return `schema(name)` as it is published in docs/schema."""
    return json.dumps(schema(name), indent=2) + "\n"
