"""The values of a circuit's config, flat and comparable."""

import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from bot.core.tree import REGULAR, File
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

# Every value of a circuit's config by dotted key, as canonical JSON; empty for a missing file.
CircuitValues: TypeAlias = Mapping[str, str]

VERSION_FIELDS = (
    "training.environment_version",
    "deployment.environment_version",
    "deployment.model_version",
)


def circuit_values(file: File | None) -> CircuitValues:
    """Return every value of a circuit's config by its dotted key.

    Raises:
        InvalidFileError: the file is not a regular one, or not the restricted YAML.
    """
    if file is None:
        return {}
    if file.mode != REGULAR:
        raise InvalidFileError([])
    return dict(_leaves(read(file.data, file.path).value, ""))


def _leaves(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else name)
    else:
        yield key, json.dumps(value, sort_keys=True)


def shown(value: str | None) -> str | None:
    """Return one of these values as people write it: a text without the quotes of JSON."""
    plain = json.loads(value) if value else None
    return plain if isinstance(plain, str) else value
