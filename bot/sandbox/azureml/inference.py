"""Batch endpoints and deployments: full PUTs, small PATCHes, and what the service adds."""

import re
from typing import Any

from bot.sandbox.azureml import operations
from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Json, system_data
from bot.sandbox.azureml.ids import PROVIDER
from bot.sandbox.azureml.paging import page
from bot.sandbox.azureml.references import require_asset, require_compute

_NAME = re.compile(r"[a-zA-Z](?:-?[a-zA-Z0-9]){2,31}")
_LONGEST_NAME = 32
_TOP_LEVEL = ("location", "tags", "kind", "sku", "identity")
# The id of the operation that a resource waits for; never shown.
PENDING = "pendingOperation"
# PATCH of a deployment or an endpoint carries these and nothing else.
_PATCHABLE_DEPLOYMENT = ("description",)


def put_endpoint(call: Call) -> Answer:
    """Create or replace a batch endpoint."""
    _checked_name(call, "endpoint")
    sent = call.json()
    properties = sent.get("properties") or {}
    shown = {
        "authMode": properties.get("authMode") or "AADToken",
        "description": properties.get("description"),
        "properties": properties.get("properties") or {},
        "defaults": properties.get("defaults"),
        "keys": None,
    }
    return _write(call, _endpoint_key(call), "batchEndpoints", sent, shown)


def put_deployment(call: Call) -> Answer:
    """Create or replace a deployment: nothing of the one before survives but who created it."""
    _checked_name(call, "deployment")
    _require_endpoint(call)
    sent = call.json()
    shown = _deployment(call, sent.get("properties") or {})
    return _write(call, _deployment_key(call), "batchEndpoints/deployments", sent, shown)


def _checked_name(call: Call, captured: str) -> None:
    name = call.captures[captured]
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise CloudError(
            400,
            "BadArgument",
            f"The {captured} name '{name}' is not valid: 3 to 32 letters, digits and single"
            " dashes, starting with a letter.",
        )


def _endpoint_key(call: Call) -> str:
    return call.place.key("batchEndpoints", call.captures["endpoint"])


def _deployment_key(call: Call) -> str:
    return f"{_endpoint_key(call)}/deployments/{call.captures['deployment']}"


def _require_endpoint(call: Call) -> Json:
    found = call.store.get(_endpoint_key(call))
    if found is None:
        raise _no("BatchEndpoint", call.captures["endpoint"])
    return found


def _no(noun: str, name: str) -> CloudError:
    return CloudError(404, "NotFound", f"{noun} {name} not found.", component="batch-deployments")


def _write(call: Call, key: str, kind: str, sent: Json, properties: Json) -> Answer:
    with call.store.transaction():
        before = call.store.get(key)
        operation = operations.begin(call, key, "bd" if "deployments" in kind else "be")
        body = resource(key, kind, sent, properties, before)
        body["systemData"] = system_data(call.client, before["systemData"] if before else None)
        body[PENDING] = operation["id"]
        call.store.put(key, key.rpartition("/")[0], body)
    shown = present(call, body, state="Updating" if before else "Creating")
    return Answer(200 if before else 201, shown, operations.headers(call, operation))


def resource(key: str, kind: str, sent: Json, properties: Json, before: Json | None = None) -> Json:
    """Return a tracked resource's body, with the nulls the service adds."""
    # A name keeps the case it was created with: the SDK lower-cases those it writes.
    shown_id = before["id"] if before else key
    body: Json = {
        "id": shown_id,
        "name": shown_id.rpartition("/")[2],
        "type": f"{PROVIDER}/workspaces/{kind}",
        "properties": properties,
    }
    body.update({name: sent.get(name) for name in _TOP_LEVEL})
    body["tags"] = sent.get("tags") or {}
    return body


def _deployment(call: Call, sent: Json) -> Json:
    shown: Json = {
        "partitionKeys": None,
        "deploymentConfiguration": None,
        "description": None,
        **sent,
        **_references(call, sent),
        **with_defaults(sent),
    }
    shown["properties"] = sent.get("properties") or {}
    return shown


def _references(call: Call, sent: Json) -> Json:
    """Return the references of a deployment in the service's spelling, all found to exist."""
    found: Json = {"environmentId": None, "model": None, "codeConfiguration": None, "compute": None}
    if sent.get("environmentId"):
        found["environmentId"] = require_asset(call, "environments", sent["environmentId"])
    if sent.get("model"):
        model = require_asset(call, "models", str(sent["model"].get("assetId")))
        found["model"] = {"referenceType": "Id", "assetId": model}
    if sent.get("codeConfiguration"):
        code = require_asset(call, "codes", str(sent["codeConfiguration"].get("codeId")))
        found["codeConfiguration"] = {**sent["codeConfiguration"], "codeId": code}
    if sent.get("compute"):
        found["compute"] = require_compute(call, sent["compute"])
    return found


def with_defaults(sent: Json) -> Json:
    """Return the settings of a deployment as the service shows them, absent ones filled in."""
    given = {name: value for name, value in sent.items() if value is not None}
    retry: Json = given.get("retrySettings") or {}
    resources: Json = given.get("resources") or {}
    return {
        "errorThreshold": given.get("errorThreshold", -1),
        "miniBatchSize": given.get("miniBatchSize", 10),
        "maxConcurrencyPerInstance": given.get("maxConcurrencyPerInstance", 1),
        "loggingLevel": str(given.get("loggingLevel", "Info")).capitalize(),
        "outputAction": _pascal(given.get("outputAction", "AppendRow")),
        "outputFileName": given.get("outputFileName", "predictions.csv"),
        "environmentVariables": given.get("environmentVariables", {}),
        "retrySettings": {"maxRetries": 3, "timeout": "PT30S", **retry},
        "resources": {"instanceCount": 1, "instanceType": None, "properties": {}, **resources},
    }


def _pascal(text: Any) -> str:
    known = {"appendrow": "AppendRow", "summaryonly": "SummaryOnly"}
    return known.get(str(text).lower().replace("_", ""), str(text))


def present(call: Call, body: Json, *, state: str | None = None) -> Json:
    """Return a stored resource as shown: with its provisioning state as of now."""
    shown = {name: value for name, value in body.items() if name != PENDING}
    current = state or "Succeeded"
    if state is None and PENDING in body:
        current = operations.state_of(call.store, body[PENDING], running="Updating")
    shown["properties"] = {**body["properties"], "provisioningState": current}
    if body["type"].endswith("/batchEndpoints"):
        scoring = f"{call.base_url}/batch/{body['name']}/jobs"
        shown["properties"] |= {"scoringUri": scoring, "swaggerUri": None}
    return shown


def get_endpoint(call: Call) -> Answer:
    """Return a batch endpoint."""
    return Answer(200, present(call, _require_endpoint(call)))


def get_deployment(call: Call) -> Answer:
    """Return a batch deployment."""
    return Answer(200, present(call, _require_deployment(call)))


def _require_deployment(call: Call) -> Json:
    _require_endpoint(call)
    found = call.store.get(_deployment_key(call))
    if found is None:
        raise _no("BatchDeployment", call.captures["deployment"])
    return found


def list_endpoints(call: Call) -> Answer:
    """Return the workspace's batch endpoints."""
    rows = call.store.members(call.place.key("batchEndpoints"))
    return page(call, [present(call, body) for body in rows])


def list_deployments(call: Call) -> Answer:
    """Return an endpoint's deployments."""
    _require_endpoint(call)
    rows = call.store.members(f"{_endpoint_key(call)}/deployments")
    return page(call, [present(call, body) for body in rows])


def patch_deployment(call: Call) -> Answer:
    """Change tags and description of a deployment; anything else in the body is refused."""
    before = _require_deployment(call)
    return _patch(call, _deployment_key(call), before, _PATCHABLE_DEPLOYMENT)


def patch_endpoint(call: Call) -> Answer:
    """Change tags of an endpoint; anything else in the body is refused."""
    return _patch(call, _endpoint_key(call), _require_endpoint(call), ())


def _patch(call: Call, key: str, body: Json, patchable: tuple[str, ...]) -> Answer:
    sent = call.json()
    properties = sent.get("properties") or {}
    foreign = [name for name in properties if name not in patchable]
    foreign += [name for name in sent if name not in {"tags", "properties"}]
    if foreign:
        raise CloudError(400, "BadRequest", f"PATCH cannot change: {', '.join(sorted(foreign))}.")
    if sent.get("tags") is not None:
        body["tags"] = sent["tags"]
    body["properties"].update(properties)
    with call.store.transaction():
        operation = operations.begin(call, key, "bd")
        body[PENDING] = operation["id"]
        body["systemData"] = system_data(call.client, body["systemData"])
        call.store.put(key, key.rpartition("/")[0], body)
    shown = present(call, body, state="Updating")
    return Answer(200, shown, operations.headers(call, operation))


def delete_endpoint(call: Call) -> Answer:
    """Remove an endpoint with its deployments: 202, or 204 when there is none."""
    return _delete(call, _endpoint_key(call))


def delete_deployment(call: Call) -> Answer:
    """Remove a deployment: 202, or 204 when there is none."""
    return _delete(call, _deployment_key(call))


def _delete(call: Call, key: str) -> Answer:
    with call.store.transaction():
        if not call.store.delete(key):
            return Answer(204, b"")
        operation = operations.begin(call, key, "bd")
    return Answer(202, None, operations.headers(call, operation))
