"""The cluster's part: which models a step tests, and the files and logs it leaves behind."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.sandbox.azureml import timeline
from bot.sandbox.azureml.exchange import Json
from bot.sandbox.azureml.store import Blob, Store

MODELS_VARIABLE = "ENVBOT_MODELS"
RESULT_ROWS = 24
RESULT_SECONDS = 0.1


class Model(NamedTuple):
    """One version of one model."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pipeline as submitted: its name and the environment variables it runs with."""

    name: str
    variables: Mapping[str, str]
    outputs: tuple[str, ...]

    @property
    def models(self) -> tuple[Model, ...]:
        """The models that ENVBOT_MODELS lists; none when it is absent or something else."""
        try:
            listed = json.loads(self.variables.get(MODELS_VARIABLE, "[]"))
            return tuple(Model(str(each["name"]), str(each["version"])) for each in listed)
        except (ValueError, KeyError, TypeError):
            return ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a step ends: its status, its result files by name, and its log."""

    status: str
    files: Mapping[str, bytes]
    log: str


def play(store: Store, step: Step) -> Ending:
    """Return how a step ends by the script.

    A model in `failing_models` gets a result that says it failed, one in `missing_models` none;
    at one in `crashing_models` the step itself fails and leaves no results behind.
    """
    lines = [f"environment variables: {', '.join(sorted(step.variables))}"]
    crash = next(_scripted(store, timeline.CRASHING, step.models), None)
    if crash is not None:
        lines.append(f"{crash.name}:{crash.version}: killed")
        return Ending(timeline.FAILED, {}, _log(lines))
    failing = set(_scripted(store, timeline.FAILING, step.models))
    missing = set(_scripted(store, timeline.MISSING, step.models))
    files: dict[str, bytes] = {}
    for model in step.models:
        passed = model not in failing
        lines.append(f"{model.name}:{model.version}: {'passed' if passed else 'failed'}")
        if model not in missing:
            files[f"{model.name}-{model.version}.json"] = json.dumps(
                _result(model, passed)
            ).encode()
    return Ending(timeline.COMPLETED, files, _log(lines))


def _scripted(store: Store, setting: str, models: Iterable[Model]) -> Iterator[Model]:
    named = set(store.setting(setting, []))
    for model in models:
        if named & {model.name, f"{model.name}:{model.version}"}:
            yield model


def _result(model: Model, passed: bool) -> Json:  # noqa: FBT001 - a field of the result
    return {
        "name": model.name,
        "version": model.version,
        "passed": passed,
        "why": "" if passed else "the sandbox's script says that this model fails",
        "log_tail": "" if passed else f"{model.name}: scripted failure",
        "rows": RESULT_ROWS if passed else 0,
        "seconds": RESULT_SECONDS,
    }


def _log(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def leave_files(store: Store, folder: str, files: Mapping[str, Any]) -> None:
    """Store files, text or bytes by name, below `container/path`."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        store.put_blob(Blob(f"{folder}/{name}", data, {}, time.time()))
