"""The steps of a job as submitted: everything they refer to must exist."""

import hashlib
import json
import re
from collections.abc import Mapping

from bot.sandbox.azureml.blob import blob_path
from bot.sandbox.azureml.compute import Step
from bot.sandbox.azureml.exchange import Call, CloudError, Json
from bot.sandbox.azureml.ids import parse_asset
from bot.sandbox.azureml.program import Program
from bot.sandbox.azureml.references import find_asset, require_asset, require_compute
from bot.sandbox.azureml.workspaces import BLOB_STORE, container

# What the SDK calls an output without saying where it lies.
DEFAULT_OUTPUT = "default"
_LITERAL = "literal"
_DATASTORE = re.compile(r"azureml://(?:.+/)?datastores/(?P<store>[^/]+)/paths/(?P<path>.+)")
_ASSETS = {
    "custom_model": ("models", "modelUri"),
    "mlflow_model": ("models", "modelUri"),
    "uri_file": ("data", "dataUri"),
    "uri_folder": ("data", "dataUri"),
    "mltable": ("data", "dataUri"),
}


def read_steps(call: Call, name: str, sent: Json) -> list[Step]:
    """Return the steps of a pipeline or command job; raise the service's 400 when it has a flaw."""
    match sent.get("jobType"):
        case "Pipeline":
            settings = sent.get("settings") or {}
            default = settings.get("default_compute") or sent.get("computeId")
            if default:
                require_compute(call, str(default))
            again = bool(settings.get("force_rerun"))
            nodes = (sent.get("jobs") or {}).items()
            return [_step(call, key, node, again=again) for key, node in nodes]
        case "Command":
            require_asset(call, "environments", str(sent.get("environmentId")))
            require_compute(call, str(sent.get("computeId")))
            outputs = tuple(
                key for key in sorted(sent.get("outputs") or {}) if key != DEFAULT_OUTPUT
            )
            return [_command_step(call, name, sent, outputs)]
        case other:
            raise CloudError(400, "UserError", f"The sandbox does not run {other} jobs.")


def _command_step(call: Call, name: str, sent: Json, outputs: tuple[str, ...]) -> Step:
    code = _code(call, {"code": sent.get("codeId")})
    program = Program(code, str(sent.get("command")), {}, {}, outputs)
    version = str(sent.get("environmentId")).rpartition("/")[2]
    return Step(name, outputs, program, version)


def _step(call: Call, key: str, node: Json, *, again: bool) -> Step:
    component_id = require_asset(call, "components", str(node.get("componentId")))
    spec = (call.store.get(component_id) or {})["properties"]["componentSpec"]
    environment = require_asset(call, "environments", str(spec.get("environment")))
    if node.get("computeId"):
        require_compute(call, str(node["computeId"]))
    inputs: Mapping[str, Json] = node.get("inputs") or {}
    _require_declared(key, spec, inputs)
    outputs = tuple(sorted({**(spec.get("outputs") or {}), **(node.get("outputs") or {})}))
    program = Program(
        code=_code(call, spec),
        command=str(spec.get("command")),
        literals={
            name: str(given.get("value"))
            for name, given in inputs.items()
            if given.get("job_input_type") == _LITERAL
        },
        mounts={
            name: _place(call, given)
            for name, given in inputs.items()
            if given.get("job_input_type") != _LITERAL
        },
        outputs=outputs,
    )
    identity = ""
    if spec.get("is_deterministic", True) and not again:
        content = json.dumps([component_id, dict(inputs)], sort_keys=True)
        identity = hashlib.sha256(content.encode()).hexdigest()
    version = environment.rpartition("/")[2]
    return Step(key, outputs, program, version, identity)


def _require_declared(key: str, spec: Json, inputs: Mapping[str, Json]) -> None:
    declared = spec.get("inputs") or {}
    required = {name for name, each in declared.items() if not each.get("optional")}
    missing, strange = sorted(required - set(inputs)), sorted(set(inputs) - set(declared))
    if missing or strange:
        names = ", ".join(missing or strange)
        what = "are not given" if missing else "are not inputs of its component"
        raise CloudError(400, "UserError", f"Step {key}: {names} {what}.")


def _code(call: Call, spec: Json) -> str:
    if not spec.get("code"):
        return ""
    code = call.store.get(require_asset(call, "codes", str(spec["code"]))) or {}
    return blob_path(str(code["properties"]["codeUri"]))


def _place(call: Call, given: Json) -> str:
    """Return where the files of an input lie, as `container/path`."""
    kind, uri = str(given.get("job_input_type")), str(given.get("uri"))
    plural, field = _ASSETS.get(kind, ("data", "dataUri"))
    reference = parse_asset(uri)
    if reference is not None:
        require_asset(call, plural, uri)
        found = find_asset(call.store, reference) or {}
        uri = str(found.get("properties", {}).get(field) or "")
    datastore = _DATASTORE.fullmatch(uri)
    if datastore:
        return f"{container(call.place, BLOB_STORE)}/{datastore['path']}"
    return blob_path(uri)
