"""The cluster's part: which models a step tests, and the files and logs it leaves behind."""

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.sandbox.azureml import timeline
from bot.sandbox.azureml.exchange import Json
from bot.sandbox.azureml.notebook_step import NOTEBOOK_OUTPUT, scripted_notebook
from bot.sandbox.azureml.program import Program, run_program
from bot.sandbox.azureml.store import Blob, Store

MODELS_INPUT = "models"
RESULT_ROWS = 24
RESULT_SECONDS = 0.1
_SHIFT = 1.0


class Model(NamedTuple):
    """One version of one model."""

    name: str
    version: str

    @property
    def label(self) -> str:
        """Return `name:version`."""
        return f"{self.name}:{self.version}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pipeline as submitted.

    Attributes:
        environment: the version of the environment it runs in.
        identity: equal for steps that may share one result; empty where it must run itself.
    """

    name: str
    outputs: tuple[str, ...]
    program: Program
    environment: str = ""
    identity: str = ""

    @property
    def models(self) -> tuple[Model, ...]:
        """The models that the input `models` lists; none when it is absent or something else."""
        listed = (
            each.partition(":") for each in self.program.literals.get(MODELS_INPUT, "").split(",")
        )
        return tuple(Model(name, version) for name, _, version in listed if version)

    @property
    def is_baseline(self) -> bool:
        """Whether the program is told that others will be compared with it."""
        return "--baseline" in self.program.command.split()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a step ends.

    Attributes:
        status: Completed or Failed.
        files: what its outputs hold, by name.
        log: and where that lies among the step's logs.
        code: of the error of a failed step.
    """

    status: str
    files: Mapping[str, bytes]
    log: str
    log_file: str = "user_logs/std_log.txt"
    code: str = "UserError"


def play(store: Store, step: Step) -> Ending:
    """Return how a step ends: really run where `program_modules` says so, else by the script.

    A model in `failing_models` gets a result that says it failed, one in `missing_models` none; one
    in `failing_baselines` fails in steps of a baseline alone, and one in `differing_models` scores
    otherwise than its baseline. At one in `crashing_models` the step itself fails and leaves no
    results behind; each entry of `lost_models` makes one step fail once, as if its node were gone.
    """
    lost = _take(store, timeline.LOST, step.models)
    if lost:
        return Ending(timeline.FAILED, {}, _log([f"{lost}: node lost"]), code="ServiceError")
    folder = store.setting(timeline.MODULES, {}).get(step.environment)
    if folder is not None:
        ran = run_program(store, step.program, folder)
        status = timeline.FAILED if ran.code else timeline.COMPLETED
        return Ending(status, ran.files, ran.log)
    if NOTEBOOK_OUTPUT in step.outputs:
        ran = scripted_notebook(store, step.program, step.environment)
        status = timeline.FAILED if ran.code else timeline.COMPLETED
        return Ending(status, ran.files, ran.log)
    return _scripted(store, step)


def _scripted(store: Store, step: Step) -> Ending:
    crash = next((each for each in step.models if _is_in(store, timeline.CRASHING, each)), None)
    if crash is not None:
        return Ending(timeline.FAILED, {}, _log([f"{crash.label}: killed"]))
    files: dict[str, bytes] = {}
    lines = [f"models: {len(step.models)}"]
    failing = timeline.FAILING_BASELINES if step.is_baseline else timeline.FAILING
    for model in step.models:
        passed = not _is_in(store, failing, model)
        lines.append(f"{model.label}: {'passed' if passed else 'failed'}")
        if not _is_in(store, timeline.MISSING, model):
            differs = not step.is_baseline and _is_in(store, timeline.DIFFERING, model)
            result = _result(model, shift=_SHIFT if differs else 0.0)
            if not passed:
                result |= _failed(store, model)
            result["baseline"] = step.is_baseline
            files[f"{model.name}-{model.version}.json"] = json.dumps(result).encode()
    return Ending(timeline.COMPLETED, files, _log(lines))


def _is_in(store: Store, setting: str, model: Model) -> bool:
    return not {model.name, model.label}.isdisjoint(store.setting(setting, []))


def _take(store: Store, setting: str, models: Iterable[Model]) -> str:
    """Take the first entry that names one of `models` out of a list of the script."""
    names = {name for model in models for name in (model.name, model.label)}
    listed = list(store.setting(setting, []))
    for entry in listed:
        if entry in names:
            listed.remove(entry)
            store.put_setting(setting, listed)
            return str(entry)
    return ""


def _result(model: Model, *, shift: float) -> Json:
    return {
        "name": model.name,
        "version": model.version,
        "passed": True,
        "why": "",
        "log_tail": "",
        "rows": RESULT_ROWS,
        "sample": hashlib.sha256(b"scripted").hexdigest(),
        "predictions": [row + shift for row in range(RESULT_ROWS)],
        "seconds": RESULT_SECONDS,
    }


def _failed(store: Store, model: Model) -> Json:
    """Return what makes a result a failure; the last line of `failure_log` is the reason."""
    log = str(store.setting(timeline.FAILURE_LOG, "")).strip()
    why = log.splitlines()[-1] if log else "the sandbox's script says that this model fails"
    return {
        "passed": False,
        "why": why,
        "log_tail": log or f"{model.name}: scripted failure",
        "rows": 0,
        "sample": "",
        "predictions": [],
    }


def _log(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def leave_files(store: Store, folder: str, files: Mapping[str, Any]) -> None:
    """Store files, text or bytes by name, below `container/path`."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        store.put_blob(Blob(f"{folder}/{name}", data, {}, time.time()))
