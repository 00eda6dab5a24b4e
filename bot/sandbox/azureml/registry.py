"""Registries: discovery, and import, which is what the SDK calls sharing."""

import time
import uuid
from dataclasses import dataclass, replace

from bot.sandbox.azureml import operations
from bot.sandbox.azureml.asset_kinds import KINDS
from bot.sandbox.azureml.assets import add_version, check_name, put_version
from bot.sandbox.azureml.blob import blob_path, container_url
from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Json, system_data
from bot.sandbox.azureml.ids import PROVIDER, Scope, parse_source, split_scope
from bot.sandbox.azureml.references import registry_scope
from bot.sandbox.azureml.roles import OPERATOR, Right, require
from bot.sandbox.azureml.store import Store
from bot.sandbox.azureml.workspaces import require_workspace

# Properties of an asset that a registry loses while it is shared.
DROPPED = "registry_drops"
_EMPTY: Json = {"tags": {}, "properties": {}}


@dataclass(frozen=True, slots=True)
class RegistrySpec:
    """A registry to be made.

    Attributes:
        regions: those it is replicated to, beside `location`.
        public: whether networks of others may reach it.
    """

    subscription: str
    group: str
    name: str
    location: str
    regions: tuple[str, ...] = ()
    public: bool = True

    @property
    def scope(self) -> Scope:
        """Where the registry's assets live."""
        return Scope(self.subscription, self.group, "registries", self.name)


def add_registry(store: Store, spec: RegistrySpec) -> Scope:
    """Create a registry; the same again changes nothing."""
    place = {"subscription": spec.subscription, "group": spec.group, "name": spec.name}
    store.put_setting(f"registry:{spec.name.lower()}", {**place, "location": spec.location})
    body = {
        "id": spec.scope.arm_id,
        "name": spec.name,
        "type": f"{PROVIDER}/registries",
        "location": spec.location,
        "tags": {},
        "properties": {
            "provisioningState": "Succeeded",
            "publicNetworkAccess": "Enabled" if spec.public else "Disabled",
            "regions": [
                {"location": region, "acrDetails": [], "storageAccountDetails": []}
                for region in dict.fromkeys((spec.location, *spec.regions))
            ],
        },
        "systemData": system_data(OPERATOR),
    }
    store.put(spec.scope.arm_id, f"registries/{spec.group}", body)
    return spec.scope


def get_registry(call: Call) -> Answer:
    """Return the registry: whether it is private, and where it is replicated to."""
    return Answer(200, require_workspace(call))


def put_environment(call: Call) -> Answer:
    """Register an environment version, which a private registry cannot build and so refuses.

    The limit is documented (network isolation with registries); the words are the sandbox's own.
    """
    properties = require_workspace(call)["properties"]
    if properties["publicNetworkAccess"] == "Disabled":
        raise CloudError(
            400,
            "UserError",
            f"Environments cannot be created in registry {call.place.name}, whose public network"
            " access is disabled. Create it in a workspace and share it.",
            component="registry",
        )
    return put_version(call)


def discovery(call: Call) -> Answer:
    """Return where a registry is served; the trailing slash matters to the SDK."""
    name = call.captures["name"]
    scope = registry_scope(call.store, name)
    if scope is None:
        raise CloudError(404, "UserError", f"Registry {name} was not found.")
    location = call.store.setting(f"registry:{name.lower()}")["location"]
    return Answer(
        200,
        {
            "registryName": scope.name,
            "tenantId": None,
            "primaryRegion": location,
            "regions": [location],
            "subscriptionId": scope.subscription,
            "resourceGroup": scope.group,
            "workspaceName": None,
            "primaryRegionResourceProviderUri": f"{call.base_url}/",
            "registryFqdns": {},
        },
    )


def import_asset(call: Call) -> Answer:
    """Copy an asset version of a workspace into the registry, under the asked name and version."""
    sent = call.json().get("properties") or {}
    source = parse_source(str(sent.get("sourceAssetId")))
    if source is None or source[1] not in KINDS:
        raise CloudError(400, "UserError", "The sourceAssetId of the request is not valid.")
    body = _source_asset(call, *source)
    named = sent.get("destinationName") or source[2], sent.get("destinationVersion") or source[3]
    with call.store.transaction():
        operation = _import(call, source[1], named, body)
    return Answer(202, None, operations.headers(call, operation, status_shape=False))


def _source_asset(call: Call, guid: str, kind: str, name: str, version: str) -> Json:
    arm_id = call.store.setting(f"guid:{guid}")
    found = split_scope(arm_id) if arm_id else None
    if found is None:
        raise CloudError(404, "UserError", f"Workspace with id {guid} was not found.")
    require(call.store, call.client, Right.READ, found[0])
    body = call.store.get(found[0].key(kind, name, "versions", version))
    if body is None:
        noun = KINDS[kind].noun.lower()
        raise CloudError(
            404, "UserError", f"No {noun} exists for name: {name}, version: {version}, label: "
        )
    return body


def _import(call: Call, plural: str, named: tuple[str, str], source: Json) -> Json:
    kind, (name, version) = KINDS[plural], named
    check_name(kind, name)
    key = call.place.key(plural, name, "versions", version)
    if call.store.get(key) is not None:
        raise CloudError(
            409,
            "UserError",
            f"{kind.noun} {name} with version {version} is already registered and cannot be"
            " changed.",
            component="registry",
        )
    operation = operations.begin(call, key, "import")
    if operation["error"] is None:
        properties = _copied(call, source["properties"])
        add_version(call.store, call.place, kind, named, properties, client=call.client)
    return operation


def _copied(call: Call, properties: Json) -> Json:
    """Return what the registry keeps: all but what the script's `registry_drops` names.

    Where that is what an image was built from, the image itself remains.
    """
    dropped: list[str] = call.store.setting(DROPPED, [])
    kept = {**properties, **{name: _EMPTY.get(name) for name in dropped}}
    if properties.get("build") and not kept["build"]:
        kept["image"] = f"{call.place.name}.azurecr.io/azureml/{uuid.uuid4().hex}"
    return _with_context(call, kept)


def _with_context(call: Call, properties: Json) -> Json:
    """Return the properties with a build context that lies in the registry's own storage."""
    build = properties.get("build")
    if not build:
        return properties
    path = blob_path(build["contextUri"])
    container = f"registry-{uuid.uuid4()}"
    _, _, prefix = path.partition("/")
    for blob in call.store.blobs(path):
        name = blob.path.removeprefix(path)
        copy = replace(blob, path=f"{container}/{prefix}{name}", modified=time.time())
        call.store.put_blob(copy)
    uri = f"{container_url(call.base_url, container)}/{prefix}"
    return {**properties, "build": {**build, "contextUri": uri}}
