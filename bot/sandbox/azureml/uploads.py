"""Where an asset's files may be put before the asset exists: signed addresses for one container."""

import uuid

from bot.sandbox.azureml.asset_kinds import KINDS
from bot.sandbox.azureml.blob import container_url
from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Json
from bot.sandbox.azureml.workspaces import SAS


def start_pending_upload(call: Call) -> Answer:
    """Return a fresh container, as the service does at every call."""
    return Answer(200, _reference(call, "pendingUploadType"))


def temporary_data_reference(call: Call) -> Answer:
    """Return a fresh container for a registry asset; 409 when the version exists already."""
    name, version = call.captures["name"], call.captures["version"]
    kind = str(call.json().get("assetId", "")).split("/")[4:5]
    if not kind or kind[0] not in KINDS:
        raise CloudError(400, "UserError", "The assetId of the request is not valid.")
    if call.store.get(call.place.key(kind[0], name, "versions", version)) is not None:
        raise CloudError(409, "UserError", f"Asset {name}:{version} already exists.")
    return Answer(200, _reference(call, "temporaryDataReferenceType"))


def _reference(call: Call, type_field: str) -> Json:
    url = container_url(call.base_url, f"pending-{uuid.uuid4()}")
    sas = f"{url}?sv=2024-11-04&sr=c&sp=rwdlac&sig={call.store.setting(SAS)}"
    return {
        "pendingUploadId": None,
        type_field: "TemporaryBlobReference",
        "blobReferenceForConsumption": {
            "blobUri": url,
            "storageAccountArmId": f"{call.place.arm_id}/storage",
            "credential": {"credentialType": "SAS", "sasUri": sas},
        },
    }
