"""What previews of the interface return of an environment's image, and states as scripted.

Documented are the fields and no more (`imageDetails`, since 2025-01-01-preview): what the service
puts there, nothing on record confirms. A test says which versions have lost their image.
"""

import hashlib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from bot.sandbox.azureml.asset_kinds import KINDS
from bot.sandbox.azureml.exchange import Call, Json

GONE = "gone_images"
STATES = "environment_states"
SCRIPT: Mapping[str, Any] = {GONE: [], STATES: {}}
_SINCE = "2025-01-01-preview"


def as_shown(call: Call, body: Json) -> Json:
    """Return an environment version as the service shows it to this call."""
    label = f"{call.captures['name']}:{call.captures['version']}"
    said = body["properties"]
    states = call.store.setting(STATES, {})
    found = {**said, "provisioningState": states.get(label, said["provisioningState"])}
    version = call.query.get("api-version", "")
    if version.endswith("-preview") and version >= _SINCE:
        found["imageDetails"] = _details(call, label, said)
    return {**body, "properties": found}


def _details(call: Call, label: str, said: Json) -> Json:
    content = "".join(KINDS["environments"].content(said))
    digest = hashlib.sha256(content.encode()).hexdigest()
    gone = any(fnmatchcase(label, pattern) for pattern in call.store.setting(GONE, []))
    return {
        "exists": not gone,
        "image": {
            "hostname": f"{call.place.name.lower()}.azurecr.io",
            "repository": f"azureml/azureml_{digest[:32]}",
            "digest": f"sha256:{digest}",
            "tag": None,
        },
        "vulnerabilityFindings": None,
    }
