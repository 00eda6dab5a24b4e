"""Jobs: submitted once under their name, played on a timeline, canceled, listed."""

import json
import time
from dataclasses import asdict
from typing import Any

from bot.sandbox.azureml import timeline
from bot.sandbox.azureml.command_job import failed_command
from bot.sandbox.azureml.compute import leave_files
from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Json, system_data, timestamp
from bot.sandbox.azureml.ids import PROVIDER, Scope
from bot.sandbox.azureml.paging import in_view, page
from bot.sandbox.azureml.step_runs import artifacts, run_key, run_steps, span_of
from bot.sandbox.azureml.steps import DEFAULT_OUTPUT, read_steps
from bot.sandbox.azureml.store import Store
from bot.sandbox.azureml.workspaces import ARTIFACT_STORE

STAGES = "azureml.pipelines.stages"
_CHANGEABLE = ("description", "tags", "displayName", "isArchived")


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
    steps = read_steps(call, name, sent)
    now = time.time()
    begins = now + float(_script(call.store, timeline.QUEUE_SECONDS))
    seconds = float(_script(call.store, timeline.RUN_SECONDS))
    failed = failed_command(call.store, sent)
    run = name if sent["jobType"] == "Command" else ""
    records = run_steps(call, steps, begins, seconds, run=run, failed=failed)
    for record in records:
        call.store.put(run_key(call.place, record["run"]), call.place.key("runs"), {"job": name})
    log = f"{len(steps)} steps\n"
    leave_files(call.store, artifacts(call.place, name), {"logs/azureml/executionlogs.txt": log})
    spans = [span_of(record) for record in records]
    return {
        "job": _body(call, name, sent),
        "submitted": now,
        "canceled": None,
        "span": asdict(timeline.whole_span(now, begins, spans)),
        "steps": records,
    }


def _script(store: Store, name: str) -> Any:
    return store.setting(name, timeline.SCRIPT[name])


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
