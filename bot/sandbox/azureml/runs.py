"""Run history and dataset data planes: steps of a job, their logs, and where outputs lie."""

import time

from bot.sandbox.azureml import jobs, step_runs, timeline
from bot.sandbox.azureml.blob import container_url
from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Json, timestamp
from bot.sandbox.azureml.paging import page, top
from bot.sandbox.azureml.workspaces import BLOB_STORE, SAS

_ASSET = "azureml://locations/sandbox/workspaces/{workspace}/data/{run}_{output}/versions/1"
_PREFIX = "azureml_"
# Run history counts its list in another parameter than ARM.
_SKIP = "$skip"


def children(call: Call) -> Answer:
    """Return the runs of a pipeline's steps."""
    record = call.store.get(jobs.job_key(call.place, call.captures["run"]))
    if record is None:
        raise jobs.no_job(call.captures["run"])
    if record["job"]["properties"]["jobType"] != "Pipeline":
        return Answer(200, {"value": [], "nextLink": None})
    return page(call, top(call, [_step_run(call, record, step) for step in record["steps"]]))


def get_run(call: Call) -> Answer:
    """Return the run of a job or of a step."""
    return Answer(200, _run(call, call.captures["run"]))


def run_data(call: Call) -> Answer:
    """Return a run with its outputs, asked for by the id in the body."""
    run = _run(call, str(call.json().get("runId")))
    return Answer(200, {"runMetadata": run, "runDefinition": None, "jobSpecification": None})


def _run(call: Call, run: str) -> Json:
    record = call.store.get(jobs.job_key(call.place, run))
    if record is not None:
        return _job_run(call, record)
    index = call.store.get(step_runs.run_key(call.place, run))
    if index is None:
        raise jobs.no_job(run)
    record = call.store.get(jobs.job_key(call.place, index["job"])) or {}
    return next(_step_run(call, record, step) for step in record["steps"] if step["run"] == run)


def _job_run(call: Call, record: Json) -> Json:
    properties = record["job"]["properties"]
    shown = _common(record["job"]["name"], record, record["canceled"])
    if properties["jobType"] == "Command":
        shown["outputs"] = _outputs(call, record["steps"][0])
    return {
        **shown,
        "parentRunId": None,
        "displayName": properties["displayName"],
        "experimentId": properties["experimentName"],
        "tags": properties["tags"],
        "runType": "azureml.PipelineRun",
    }


def _step_run(call: Call, record: Json, step: Json) -> Json:
    parent = record["job"]
    return {
        **_common(step["run"], step, record["canceled"]),
        "parentRunId": parent["name"],
        "rootRunId": parent["name"],
        "displayName": step["name"],
        "experimentId": parent["properties"]["experimentName"],
        "tags": {},
        "properties": _reuse(step["reused"]),
        "runType": "azureml.StepRun",
        "outputs": _outputs(call, step),
    }


def _common(run: str, record: Json, canceled: float | None) -> Json:
    span = step_runs.span_of(record)
    now = time.time()
    status = span.status(now, canceled)
    ended = status in timeline.TERMINAL
    failed = status == timeline.FAILED
    return {
        "runId": run,
        "runUuid": run,
        "rootRunId": run,
        "dataContainerId": f"dcid.{run}",
        "status": status,
        "createdUtc": timestamp(span.starts),
        "startTimeUtc": timestamp(span.starts) if now >= span.starts else None,
        "endTimeUtc": timestamp(canceled or span.ends) if ended else None,
        "properties": {},
        "services": {},
        "outputs": {},
        "error": _error(record.get("code", "UserError")) if failed else None,
    }


def _error(code: str) -> Json:
    message = "The step ended with exit code 1." if code == "UserError" else "The node was lost."
    return {"error": {"code": code, "message": message}}


def _reuse(run: str) -> Json:
    return {"azureml.isreused": "true", "azureml.reusedrunid": run} if run else {}


def _outputs(call: Call, step: Json) -> Json:
    workspace = call.place.name
    return {
        output: {
            "assetId": _ASSET.format(
                workspace=workspace, run=f"{_PREFIX}{step['run']}", output=output
            ),
            "type": "uri_folder",
        }
        for output in step["outputs"]
    }


def resolve_uris(call: Call) -> Answer:
    """Return where the named outputs lie, as long-form datastore addresses."""
    asked = call.json().get("values") or []
    return Answer(200, {"values": {asset: _resolved(call, asset) for asset in asked}})


def _resolved(call: Call, asset: str) -> Json:
    name = asset.rpartition("/versions/")[0].rpartition("/data/")[2].removeprefix(_PREFIX)
    run, _, output = name.partition("_")
    if call.store.get(step_runs.run_key(call.place, run)) is None:
        raise CloudError(404, "UserError", f"No data exists for {asset}")
    place = call.place
    path = step_runs.output_path(run, output)
    uri = (
        f"azureml://subscriptions/{place.subscription}/resourcegroups/{place.group}"
        f"/workspaces/{place.name}/datastores/{BLOB_STORE}/paths/{path}/"
    )
    return {"uri": uri, "type": "uri_folder"}


def details(call: Call) -> Answer:
    """Return a run's status and the signed addresses of its logs."""
    name = call.captures["run"]
    run = _run(call, name)
    folder = f"{step_runs.artifacts(call.place, name)}/"
    signature = call.store.setting(SAS)
    logs = {
        blob.path.removeprefix(folder): f"{container_url(call.base_url, blob.path)}?sig={signature}"
        for blob in call.store.blobs(folder)
    }
    shown = {key: run[key] for key in ("runId", "status", "startTimeUtc", "endTimeUtc", "error")}
    return Answer(200, {**shown, "logFiles": logs, "properties": {}, "warnings": []})


def modify(call: Call) -> Answer:
    """Change words about a job, or hide it: what archiving sends."""
    name, sent = call.captures["run"], call.json()
    key = jobs.job_key(call.place, name)
    with call.store.transaction():
        record = call.store.get(key)
        if record is None:
            raise jobs.no_job(name)
        properties = record["job"]["properties"]
        if sent.get("hidden") is not None:
            properties["isArchived"] = bool(sent["hidden"])
        properties["tags"] = {**properties["tags"], **(sent.get("tags") or {})}
        for field in ("displayName", "description"):
            properties[field] = sent.get(field) or properties[field]
        call.store.put(key, call.place.key("jobs"), record)
    return Answer(200, _run(call, name))
