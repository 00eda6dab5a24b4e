"""What is special about each kind of asset: its fixed fields, its defaults, how it comes back."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import yaml

from bot.sandbox.azureml.exchange import CloudError, Json

LINUX = "Linux"


@dataclass(frozen=True, slots=True)
class AssetKind:
    """A kind of versioned asset.

    Attributes:
        plural: its segment in paths.
        noun: what error texts call it.
        frozen: properties that cannot change once the version is registered.
        prepare: turns the properties as sent into those the service returns.
    """

    plural: str
    noun: str
    frozen: tuple[str, ...]
    prepare: Callable[[Json], Json]

    def content(self, properties: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the frozen part of a version, comparable with another's."""
        return tuple(_comparable(properties.get(name)) for name in self.frozen)


def _comparable(value: Any) -> str:
    """Return a value as text, of an address only the path: a restart may change the port."""
    if isinstance(value, str):
        return _path(value)
    if isinstance(value, dict) and "contextUri" in value:
        value = {**value, "contextUri": _path(str(value["contextUri"]))}
    return json.dumps(value, sort_keys=True)


def _path(text: str) -> str:
    return urlsplit(text).path if text.startswith("https://") else text


def _environment(sent: Json) -> Json:
    conda = sent.get("condaFile")
    return {
        **_common(sent),
        "environmentType": "UserCreated",
        "image": sent.get("image"),
        "condaFile": None if conda is None else reformatted_conda(conda),
        "build": _build(sent.get("build")),
        "osType": sent.get("osType") or LINUX,
        "inferenceConfig": sent.get("inferenceConfig"),
        "autoRebuild": sent.get("autoRebuild") or "Disabled",
        "stage": sent.get("stage"),
    }


def _build(sent: Json | None) -> Json | None:
    if sent is None:
        return None
    return {
        "contextUri": sent.get("contextUri"),
        "dockerfilePath": sent.get("dockerfilePath") or "Dockerfile",
    }


def reformatted_conda(text: str) -> str:
    """Return a conda file as the service does: an indented JSON string with sorted keys."""
    try:
        parsed = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CloudError(
            400, "UserError", f"The conda file is not valid YAML: {error}", component="environments"
        ) from error
    return json.dumps(parsed, indent=2, sort_keys=True)


def _model(sent: Json) -> Json:
    return {
        **_common(sent),
        "modelType": sent.get("modelType") or "custom_model",
        "modelUri": sent.get("modelUri"),
        # The SDK reads flavors without asking whether it is there.
        "flavors": sent.get("flavors") or {},
        "jobName": sent.get("jobName"),
        "stage": sent.get("stage"),
    }


def _verbatim(sent: Json) -> Json:
    return {**sent, **_common(sent)}


def _common(sent: Json) -> Json:
    return {
        "description": sent.get("description"),
        "tags": sent.get("tags") or {},
        "properties": sent.get("properties") or {},
        "isArchived": bool(sent.get("isArchived")),
        "isAnonymous": bool(sent.get("isAnonymous")),
        "provisioningState": "Succeeded",
    }


KINDS: Mapping[str, AssetKind] = {
    kind.plural: kind
    for kind in (
        AssetKind(
            "environments",
            "Environment",
            ("image", "condaFile", "build", "osType", "inferenceConfig"),
            _environment,
        ),
        AssetKind("models", "Model", ("modelUri", "modelType"), _model),
        AssetKind("data", "Data", ("dataUri", "dataType"), _verbatim),
        AssetKind("components", "Component", ("componentSpec",), _verbatim),
        AssetKind("codes", "Code", ("codeUri",), _verbatim),
    )
}
