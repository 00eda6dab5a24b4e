"""Long-running operations: the real status shapes, finished by wall time."""

import time
import uuid
from typing import Any

from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Json, timestamp
from bot.sandbox.azureml.ids import PROVIDER
from bot.sandbox.azureml.store import Store

# The SDK polls every 30 s unless told otherwise in milliseconds; `Retry-After` would win over it.
RETRY = {"x-ms-retry-after-ms": "20"}
SECONDS = "operation_seconds"
FAILURES = "operation_failures"
LOCATION = "sandbox"
API_VERSION = "2024-01-01-preview"


def begin(call: Call, resource_id: str, prefix: str) -> Json:
    """Record an operation on a resource and return its record.

    How long it takes and whether it fails is the script's: `operation_seconds` (default 0) and
    `operation_failures`, a list of {"resource": end of the id, "code", "message"}.
    """
    now = time.time()
    record: Json = {
        "id": f"{prefix}:{uuid.uuid4()}:{uuid.uuid4()}",
        "resource": resource_id,
        "subscription": call.place.subscription,
        "begins": now,
        "ends": now + float(call.store.setting(SECONDS, 0.0)),
        "error": _scripted_failure(call.store, resource_id),
    }
    call.store.put_operation(record["id"], record)
    return record


def _scripted_failure(store: Store, resource_id: str) -> Json | None:
    for failure in store.setting(FAILURES, []):
        if resource_id.lower().endswith(failure["resource"].lower()):
            return CloudError(400, failure["code"], failure["message"]).error()
    return None


def headers(call: Call, record: Json, *, status_shape: bool = True) -> dict[str, str]:
    """Return the headers that lead a client to the operation; registries give Location only."""
    base = (
        f"{call.base_url}{'' if status_shape else '/mferp/managementfrontend'}"
        f"/subscriptions/{record['subscription']}/providers/{PROVIDER}/locations/{LOCATION}"
    )
    tail = f"{record['id']}?api-version={API_VERSION}"
    location = {"Location": f"{base}/mfeOperationResults/{tail}", **RETRY}
    if not status_shape:
        return location
    return {
        "Azure-AsyncOperation": f"{base}/mfeOperationsStatus/{tail}",
        "x-ms-async-operation-timeout": "PT30M",
        **location,
    }


def state_of(store: Store, operation_id: str, *, running: str) -> str:
    """Return the provisioning state an operation gives its resource now."""
    record = store.operation(operation_id)
    if record is None:
        return "Succeeded"
    if time.time() < record["ends"]:
        return running
    return "Failed" if record["error"] else "Succeeded"


def status(call: Call) -> Answer:
    """Answer a poll of Azure-AsyncOperation: 200 with id, name, times, status, maybe an error."""
    record = _known(call)
    done = time.time() >= record["ends"]
    body: dict[str, Any] = {
        "id": call.path,
        "name": record["id"],
        "startTime": timestamp(record["begins"]),
        "percentComplete": 100.0 if done else 0.0,
        "status": "Updating",
    }
    if done:
        body["endTime"] = timestamp(record["ends"])
        body["status"] = "Failed" if record["error"] else "Succeeded"
    if done and record["error"]:
        body["error"] = record["error"]
    return Answer(200, body, RETRY)


def result(call: Call) -> Answer:
    """Answer a poll of Location: 202 while it runs, then an empty 200 or the error."""
    record = _known(call)
    if time.time() < record["ends"]:
        return Answer(202, None, RETRY)
    if record["error"]:
        return Answer(400, {"error": record["error"]})
    return Answer(200, b"")


def _known(call: Call) -> Json:
    record = call.store.operation(call.captures["operation"])
    if record is None:
        raise CloudError(404, "NotFound", "The operation was not found.")
    return record
