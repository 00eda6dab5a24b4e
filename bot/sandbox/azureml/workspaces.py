"""Workspaces, their datastores and computes: made by the seed, only read over the wire."""

import uuid
from dataclasses import dataclass

from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Json, system_data
from bot.sandbox.azureml.ids import PROVIDER, Scope
from bot.sandbox.azureml.roles import OPERATOR, stage_setting
from bot.sandbox.azureml.store import Store

BLOB_STORE = "workspaceblobstore"
ARTIFACT_STORE = "workspaceartifactstore"
SAS = "sas_token"
_NAMESPACE = uuid.UUID("7f0c5b52-6f1e-4d0c-9a35-5d4c1c7f3e10")


@dataclass(frozen=True, slots=True)
class WorkspaceSpec:
    """A workspace to be made; `stage` decides which identities may touch it."""

    subscription: str
    group: str
    name: str
    stage: str
    location: str
    computes: tuple[str, ...] = ("cpu-cluster",)

    @property
    def scope(self) -> Scope:
        """Where the workspace's resources live."""
        return Scope(self.subscription, self.group, "workspaces", self.name)


def add_workspace(store: Store, spec: WorkspaceSpec) -> Scope:
    """Create a workspace with its datastores and computes; the same again changes nothing."""
    scope = spec.scope
    guid = str(uuid.uuid5(_NAMESPACE, scope.arm_id.lower()))
    store.put_setting(stage_setting(scope), spec.stage)
    store.put_setting(f"guid:{guid}", scope.arm_id)
    store.put(scope.arm_id, f"workspaces/{spec.group}", _workspace(spec, guid))
    for name in (BLOB_STORE, ARTIFACT_STORE):
        store.put(scope.key("datastores", name), scope.key("datastores"), _datastore(scope, name))
        store.put_setting(container_setting(container(scope, name)), scope.arm_id)
    for name in spec.computes:
        store.put(scope.key("computes", name), scope.key("computes"), _compute(spec, name))
    return scope


def require_workspace(call: Call) -> Json:
    """Return the workspace a call is about; raise ARM's 404 when there is none."""
    scope = call.place
    found = call.store.get(scope.arm_id)
    if found is None:
        raise _no_place(scope, nested=call.path.rstrip("/").lower() != scope.arm_id.lower())
    return found


def _no_place(scope: Scope, *, nested: bool) -> CloudError:
    if nested:
        return CloudError(
            404,
            "ParentResourceNotFound",
            "Can not perform requested operation on nested resource. Parent resource"
            f" '{scope.name}' not found.",
        )
    return CloudError(
        404,
        "ResourceNotFound",
        f"The Resource '{PROVIDER}/{scope.kind}/{scope.name}' under resource group"
        f" '{scope.group}' was not found. For more details please go to"
        " https://aka.ms/ARMResourceNotFoundFix",
    )


def get_workspace(call: Call) -> Answer:
    """Return the workspace, with its discovery address on this server."""
    body = require_workspace(call)
    body["properties"]["discoveryUrl"] = f"{call.base_url}/discovery"
    return Answer(200, body)


def discovery(call: Call) -> Answer:
    """Return where the data planes answer: all of them here."""
    names = ("api", "experimentation", "history", "hyperdrive", "modelmanagement", "notebooks")
    return Answer(200, dict.fromkeys(names, call.base_url))


def get_datastore(call: Call) -> Answer:
    """Return a datastore whose account name leads the storage client to this server."""
    name = call.captures["name"]
    found = call.store.get(call.place.key("datastores", name))
    if found is None:
        raise CloudError(404, "UserError", f"Could not find datastore: {name}")
    host = call.base_url.removeprefix("https://")
    # The SDK writes https://{accountName}.blob.{suffix}: the slash turns the rest into a path.
    found["properties"]["accountName"] = f"{host}/sandboxstore/"
    return Answer(200, found)


def list_datastores(call: Call) -> Answer:
    """Return the datastores; with isDefault=true the blob store alone."""
    rows = call.store.members(call.place.key("datastores"))
    wanted_default = call.query.get("isDefault", "").lower() == "true"
    items = [body for body in rows if body["properties"]["isDefault"] or not wanted_default]
    return Answer(200, {"value": items, "nextLink": None})


def datastore_secrets(call: Call) -> Answer:
    """Return the shared access signature that opens the sandbox's storage."""
    token = f"sv=2024-11-04&sr=c&sp=rwdlac&sig={call.store.setting(SAS)}"
    return Answer(200, {"secretsType": "Sas", "sasToken": token})


def get_compute(call: Call) -> Answer:
    """Return a compute cluster."""
    name = call.captures["name"]
    found = call.store.get(call.place.key("computes", name))
    if found is None:
        raise CloudError(404, "ResourceNotFound", f"Compute with name {name} not found.")
    return Answer(200, found)


def _workspace(spec: WorkspaceSpec, guid: str) -> Json:
    return {
        "id": spec.scope.arm_id,
        "name": spec.name,
        "type": f"{PROVIDER}/workspaces",
        "location": spec.location,
        "tags": {},
        "kind": "Default",
        "identity": {"type": "SystemAssigned"},
        "sku": {"name": "Basic", "tier": "Basic"},
        "properties": {
            "friendlyName": spec.name,
            "workspaceId": guid,
            "provisioningState": "Succeeded",
            "publicNetworkAccess": "Enabled",
        },
        "systemData": system_data(OPERATOR),
    }


def _datastore(scope: Scope, name: str) -> Json:
    return {
        "id": scope.key("datastores", name),
        "name": name,
        "type": f"{PROVIDER}/workspaces/datastores",
        "properties": {
            "description": None,
            "tags": None,
            "properties": None,
            "isDefault": name == BLOB_STORE,
            "credentials": {"credentialsType": "AccountKey"},
            "datastoreType": "AzureBlob",
            "containerName": container(scope, name),
            "endpoint": "core.windows.net",
            "protocol": "https",
            "serviceDataAccessAuthIdentity": "WorkspaceSystemAssignedIdentity",
        },
        "systemData": system_data(OPERATOR),
    }


def container(scope: Scope, datastore: str) -> str:
    """Return the blob container behind a workspace's datastore."""
    digest = uuid.uuid5(_NAMESPACE, f"{scope.arm_id.lower()}/{datastore}")
    return f"{'artifacts' if datastore == ARTIFACT_STORE else 'blobstore'}-{digest}"


def container_setting(name: str) -> str:
    """Return the name of the setting that holds the workspace of a container."""
    return f"container:{name}"


def _compute(spec: WorkspaceSpec, name: str) -> Json:
    return {
        "id": spec.scope.key("computes", name),
        "name": name,
        "type": f"{PROVIDER}/workspaces/computes",
        "location": spec.location,
        "tags": {},
        "properties": {
            "computeType": "AmlCompute",
            "computeLocation": spec.location,
            "provisioningState": "Succeeded",
            "description": None,
            "disableLocalAuth": True,
            "properties": {
                "vmSize": "STANDARD_DS3_V2",
                "vmPriority": "Dedicated",
                "osType": "Linux",
                "scaleSettings": {
                    "minNodeCount": 0,
                    "maxNodeCount": 8,
                    "nodeIdleTimeBeforeScaleDown": "PT120S",
                },
                "allocationState": "Steady",
                "currentNodeCount": 0,
                "targetNodeCount": 0,
            },
        },
        "systemData": system_data(OPERATOR),
    }
