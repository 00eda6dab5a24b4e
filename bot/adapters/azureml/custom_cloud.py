"""A cloud that Azure ML's SDK does not know by name, as its clients are told of it."""

import os
from collections.abc import Mapping
from typing import Any

_DISCOVERY_URL = "REGISTRY_DISCOVERY_ENDPOINT_URL"
_DISCOVERY_REGION = "REGISTRY_DISCOVERY_ENDPOINT_REGION"


def custom_cloud(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the options `cloud` and `cloud_metadata` of `MLClient` for a cloud of the page.

    `entry` is what the page of ARM_CLOUD_METADATA_URL says about it. Empty where that lacks what
    the SDK needs: it says so itself then.

    NOTE: a client that is not told reads the page anew whenever it asks where something is, over a
    connection of its own: a quarter of all calls of a release (azure-ai-ml 1.35.2, `_get_cloud`
    keeps what it has read under the names of the cloud's fields instead of its own).
    """
    try:
        suffix = ".".join(entry["portal"].split(".")[2:]).replace("/", "")
        metadata = {
            "azure_portal": entry["portal"],
            "resource_manager": entry["resourceManager"],
            "active_directory": entry["authentication"]["loginEndpoint"],
            "aml_resource_id": f"https://ml.azure.{suffix}",
            "storage_endpoint": entry["suffixes"]["storage"],
            "registry_discovery_endpoint": _discovery(entry["name"], suffix),
        }
    except (AttributeError, KeyError, TypeError):
        return {}
    return {"cloud": entry["name"], "cloud_metadata": metadata}


def _discovery(name: str, suffix: str) -> str:
    """Return where registries are asked for, by the same variables that the SDK reads."""
    region = os.environ.get(_DISCOVERY_REGION, "west")
    return os.environ.get(_DISCOVERY_URL, f"https://{name.lower()}{region}.api.ml.azure.{suffix}/")
