"""Jobs: submitted once under their name, played on a timeline, canceled, listed."""

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.sandbox.azureml import timeline
from bot.sandbox.azureml.compute import Step, leave_files, play
from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Json, system_data, timestamp
from bot.sandbox.azureml.ids import PROVIDER, Scope
from bot.sandbox.azureml.paging import in_view, page
from bot.sandbox.azureml.references import require_asset, require_compute
from bot.sandbox.azureml.store import Store
from bot.sandbox.azureml.workspaces import ARTIFACT_STORE, BLOB_STORE, container

STAGES = "azureml.pipelines.stages"
_CHANGEABLE = ("description", "tags", "displayName", "isArchived")
# What the SDK calls an output without saying where it lies.
DEFAULT_OUTPUT = "default"


def put_job(call: Call) -> Answer:
    """Submit a job (201); under a name that exists only words about it may change (200)."""
    name, sent = call.captures["name"], call.json().get("properties") or {}
    with call.store.transaction():
        record = call.store.get(job_key(call.place, name))
        if record is not None:
            return Answer(200, shown(_changed(call, record, sent)))
        record = _submit(call, name, sent)
        call.store.put(job_key(call.place, name), call.place.key("jobs"), record)
    return Answer(201, shown(record))


def job_key(scope: Scope, name: str) -> str:
    """Return the key of a job's record."""
    return scope.key("jobs", name)


def _changed(call: Call, record: Json, sent: Json) -> Json:
    before = record["job"]["properties"]
    if sent.get("jobType") != before["jobType"]:
        raise CloudError(400, "UserError", "The type of a job that exists cannot be changed.")
    before.update({name: sent[name] for name in _CHANGEABLE if sent.get(name) is not None})
    call.store.put(job_key(call.place, record["job"]["name"]), call.place.key("jobs"), record)
    return record


def _submit(call: Call, name: str, sent: Json) -> Json:
    steps = _steps(call, name, sent)
    now = time.time()
    begins = now + float(_script(call.store, timeline.QUEUE_SECONDS))
    endings = [play(call.store, step) for step in steps]
    seconds = float(_script(call.store, timeline.RUN_SECONDS))
    spans = timeline.step_spans(begins, seconds, [ending.status for ending in endings])
    runs = [name if sent["jobType"] == "Command" else str(uuid.uuid4()) for _ in steps]
    for run, step, ending in zip(runs, steps, endings, strict=True):
        _leave(call, run, step, {**ending.files}, ending.log)
        call.store.put(run_key(call.place, run), call.place.key("runs"), {"job": name})
    log = f"{len(steps)} steps\n"
    leave_files(call.store, artifacts(call.place, name), {"logs/azureml/executionlogs.txt": log})
    return {
        "job": _body(call, name, sent),
        "submitted": now,
        "canceled": None,
        "span": asdict(timeline.whole_span(now, begins, spans)),
        "steps": [
            {"run": run, "name": step.name, "outputs": list(step.outputs), "span": asdict(span)}
            for run, step, span in zip(runs, steps, spans, strict=True)
        ],
    }


def _script(store: Store, name: str) -> Any:
    return store.setting(name, timeline.SCRIPT[name])


def run_key(scope: Scope, run: str) -> str:
    """Return the key under which a step's run names its job."""
    return scope.key("runs", run)


def artifacts(scope: Scope, run: str) -> str:
    """Return the folder of a run's logs, as `container/path`."""
    return f"{container(scope, ARTIFACT_STORE)}/ExperimentRun/dcid.{run}"


def output_path(run: str, output: str) -> str:
    """Return where below the workspace's blob store an output of a run lies."""
    return f"azureml/{run}/{output}"


def _leave(call: Call, run: str, step: Step, files: dict[str, bytes], log: str) -> None:
    blobs = container(call.place, BLOB_STORE)
    for output in step.outputs:
        leave_files(call.store, f"{blobs}/{output_path(run, output)}", files)
    leave_files(call.store, artifacts(call.place, run), {"user_logs/std_log.txt": log})


def _steps(call: Call, name: str, sent: Json) -> list[Step]:
    match sent.get("jobType"):
        case "Pipeline":
            _require_default_compute(call, sent)
            return [_step(call, key, node) for key, node in (sent.get("jobs") or {}).items()]
        case "Command":
            require_asset(call, "environments", str(sent.get("environmentId")))
            require_compute(call, str(sent.get("computeId")))
            return [Step(name, sent.get("environmentVariables") or {}, _outputs(sent))]
        case other:
            raise CloudError(400, "UserError", f"The sandbox does not run {other} jobs.")


def _require_default_compute(call: Call, sent: Json) -> None:
    default = (sent.get("settings") or {}).get("default_compute") or sent.get("computeId")
    if default:
        require_compute(call, str(default))


def _step(call: Call, key: str, node: Json) -> Step:
    component_id = require_asset(call, "components", str(node.get("componentId")))
    component = call.store.get(component_id) or {}
    spec = component["properties"]["componentSpec"]
    require_asset(call, "environments", str(spec.get("environment")))
    if node.get("computeId"):
        require_compute(call, str(node["computeId"]))
    variables = {
        **(spec.get("environment_variables") or {}),
        **(node.get("environment_variables") or {}),
    }
    outputs = {**(spec.get("outputs") or {}), **(node.get("outputs") or {})}
    return Step(key, {k: str(v) for k, v in variables.items()}, tuple(sorted(outputs)))


def _outputs(sent: Json) -> tuple[str, ...]:
    return tuple(name for name in sorted(sent.get("outputs") or {}) if name != DEFAULT_OUTPUT)


def _body(call: Call, name: str, sent: Json) -> Json:
    arm_id = job_key(call.place, name)
    studio = {
        "jobServiceType": "Studio",
        "endpoint": f"{call.base_url}/runs/{name}?wsid={call.place.arm_id}",
        "port": None,
        "status": None,
        "errorMessage": None,
        "properties": None,
    }
    tracking = {**studio, "jobServiceType": "Tracking", "endpoint": f"{call.base_url}/mlflow"}
    return {
        "id": arm_id,
        "name": name,
        "type": f"{PROVIDER}/workspaces/jobs",
        "properties": {
            **sent,
            "description": sent.get("description"),
            "tags": sent.get("tags") or {},
            "properties": sent.get("properties") or {},
            "displayName": sent.get("displayName") or name,
            "experimentName": sent.get("experimentName") or "Default",
            "isArchived": bool(sent.get("isArchived")),
            "services": {"Tracking": tracking, "Studio": studio},
            "outputs": {**(sent.get("outputs") or {}), DEFAULT_OUTPUT: _default_output(name)},
        },
        "systemData": system_data(call.client),
    }


def _default_output(name: str) -> Json:
    return {
        "description": None,
        "jobOutputType": "uri_folder",
        "mode": "ReadWriteMount",
        "uri": f"azureml://datastores/{ARTIFACT_STORE}/paths/ExperimentRun/dcid.{name}",
    }


def span_of(record: Mapping[str, Any]) -> timeline.Span:
    """Return the span of a job's or a step's record."""
    return timeline.Span(**record["span"])


def shown(record: Json) -> Json:
    """Return a job's body with its status as of now."""
    span = span_of(record)
    status = span.status(time.time(), record["canceled"])
    body: Json = record["job"]
    body["properties"]["status"] = status
    if body["properties"]["jobType"] == "Pipeline":
        stages = json.dumps({"Initialization": None, "Execution": _execution(record, status)})
        body["properties"]["properties"] = {**body["properties"]["properties"], STAGES: stages}
    return body


def _execution(record: Json, status: str) -> Json | None:
    if status == timeline.NOT_STARTED:
        return None
    span = span_of(record)
    ended = status in timeline.TERMINAL
    return {
        "StartTime": timestamp(span.starts),
        "EndTime": timestamp(record["canceled"] or span.ends) if ended else None,
        "Status": status,
    }


def get_job(call: Call) -> Answer:
    """Return a job; of a pipeline's step only its id and name, as the service does."""
    name = call.captures["name"]
    record = call.store.get(job_key(call.place, name))
    if record is not None:
        return Answer(200, shown(record))
    if call.store.get(run_key(call.place, name)) is None:
        raise no_job(name)
    body = {"id": job_key(call.place, name), "name": name, "type": f"{PROVIDER}/workspaces/jobs"}
    return Answer(200, {**body, "properties": None, "systemData": None})


def no_job(name: str) -> CloudError:
    """Return the service's 404 about a job or run."""
    return CloudError(404, "UserError", f"Run with name {name} was not found.", component="run")


def list_jobs(call: Call) -> Answer:
    """Return the workspace's jobs, the newest first."""
    items = [shown(record) for record in reversed(call.store.members(call.place.key("jobs")))]
    return page(call, in_view(call, items, lambda item: bool(item["properties"]["isArchived"])))


def cancel_job(call: Call) -> Answer:
    """Cancel a job and what of it has not ended; 400 when it has ended."""
    name = call.captures["name"]
    with call.store.transaction():
        record = call.store.get(job_key(call.place, name))
        if record is None:
            raise no_job(name)
        if span_of(record).status(time.time(), record["canceled"]) in timeline.TERMINAL:
            raise CloudError(400, "UserError", f"Run {name} has ended and cannot be canceled.")
        record["canceled"] = time.time()
        call.store.put(job_key(call.place, name), call.place.key("jobs"), record)
    return Answer(200, b"")
