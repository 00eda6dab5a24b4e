"""Score sample data with every given model, in the environment under test.

This program runs on Azure ML compute, as `python model_test.py --results FOLDER`. It needs only
the standard library of Python 3.8 and whatever the models themselves need. For each model it writes
`<name>-<version>.json` with `name`, `version`, `passed`, `why`, `log_tail`, `rows` and `seconds`.

Models are scored in a child process that is started again when it dies: an exception, an exit, a
crash of native code or a model that never ends costs that model its result and nobody else's.

Exit codes: 0 every model has a result, whatever it says · 2 the arguments are wrong.
"""

from __future__ import annotations

import argparse
import faulthandler
import importlib
import json
import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Sized
from pathlib import Path
from typing import NamedTuple

LOG_LINES = 20
LOG_CHARACTERS = 2000
LOG_END_BYTES = 64 * 1024
WHY_CHARACTERS = 300
SEARCH_DEPTH = 3

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_FLAVOURS = (
    ("mlflow", ("MLmodel",)),
    ("keras", ("*.keras", "saved_model.pb", "*.h5", "*.hdf5")),
    ("joblib", ("*.joblib",)),
    ("pickle", ("*.pkl", "*.pickle")),
)
_SAMPLES = ("*.csv", "*.json", "*.parquet", "*.npy")


class Model(NamedTuple):
    """One model to test; `path` is empty where the models folder has to be searched."""

    name: str
    version: str
    path: str

    @property
    def label(self) -> str:
        """Return what result and log files are named after."""
        return f"{self.name}-{self.version}"


class Outcome(NamedTuple):
    """What the test of one model came to; `why` is empty when it passed."""

    passed: bool
    why: str
    rows: int = 0
    seconds: float = 0.0


class ModelError(Exception):
    """The model did not pass; the message says why."""


def main(arguments: list[str] | None = None) -> int:
    """Test every model and return the exit code."""
    options = _parser().parse_args(arguments)
    models = _models(options)
    results = Path(options.results)
    results.mkdir(parents=True, exist_ok=True)
    if options.child:
        for model in models:
            _test_one(model, options, results)
        return 0
    pending = models
    while pending:
        for model in pending:
            _result_path(results, model).unlink(missing_ok=True)
        code = _run_child(pending, options)
        pending = _without_results(pending, results)
        if pending:  # the child died at the first model that has no result
            _blame(pending[0], results, code)
            pending = pending[1:]
    for model in models:
        outcome = json.loads(_result_path(results, model).read_text(encoding="utf-8"))
        print(f"{model.label}: {'passed' if outcome['passed'] else outcome['why']}", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    setting = os.environ.get
    parser = argparse.ArgumentParser(description="Score sample data with every given model.")
    add = parser.add_argument
    add("--results", required=True, help="folder for one JSON file a model")
    add("--models", default=setting("ENVBOT_MODELS", "[]"), help="JSON list of name and version")
    add("--models-folder", default=setting("ENVBOT_MODELS_FOLDER", "models"))
    add("--sample-data", default=setting("ENVBOT_SAMPLE_DATA", ""), help="a file, or a folder")
    add("--baseline", default=setting("ENVBOT_BASELINE", ""), help="folder of earlier predictions")
    add("--tolerance", type=float, default=float(setting("ENVBOT_TOLERANCE") or 1e-6))
    add("--timeout", type=float, default=600.0, help="seconds for one model")
    add("--predictions", default="", help="folder to write predictions to: a baseline")
    add("--child", action="store_true", help=argparse.SUPPRESS)
    return parser


def _models(options: argparse.Namespace) -> list[Model]:
    try:
        models = [
            Model(str(each["name"]), str(each["version"]), str(each.get("path", "")))
            for each in json.loads(options.models)
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        _parser().error("--models must be a JSON list of objects with name and version")
    for model in models:
        if not (_SAFE_NAME.fullmatch(model.name) and _SAFE_NAME.fullmatch(model.version)):
            _parser().error("a model's name or version has characters that no file name can have")
    return sorted(set(models))


# --- the parent: children, and what is left of them ---


def _run_child(models: list[Model], options: argparse.Namespace) -> int:
    listed = json.dumps([model._asdict() for model in models])
    command = [sys.executable, str(Path(__file__).resolve()), "--child", "--models", listed]
    for name in ("results", "models_folder", "sample_data", "baseline", "predictions"):
        command += [f"--{name.replace('_', '-')}", getattr(options, name)]
    for name in ("tolerance", "timeout"):
        command += [f"--{name}", repr(getattr(options, name))]
    return subprocess.run(command, check=False).returncode


def _without_results(models: list[Model], results: Path) -> list[Model]:
    return [model for model in models if not _result_path(results, model).exists()]


def _blame(model: Model, results: Path, code: int) -> None:
    """Write the result of the model at which the child ended."""
    log = _log_end(_log_path(results, model))
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    why = f"the process ended with {how} before there was a result"
    if "Timeout (" in log:
        why = "did not end in time"
    elif code == 1 and "Traceback (most recent call last)" in log:
        why = log.splitlines()[-1]  # the exception and its message
    _write(results, model, Outcome(passed=False, why=why))


# --- the child: one model after the other ---


def _test_one(model: Model, options: argparse.Namespace, results: Path) -> None:
    """Write the result of one model; any other exception than ours ends this process."""
    with _log_path(results, model).open("wb", buffering=0) as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        faulthandler.dump_traceback_later(options.timeout, exit=True, file=log)
        started = time.monotonic()
        try:
            predictions = _score(model, options)
            _compare(model, predictions, options)
            outcome = Outcome(passed=True, why="", rows=len(predictions))
        except ModelError as error:
            outcome = Outcome(passed=False, why=str(error))
        faulthandler.cancel_dump_traceback_later()
        sys.stdout.flush()
        sys.stderr.flush()
    _write(results, model, outcome._replace(seconds=time.monotonic() - started))


def _score(model: Model, options: argparse.Namespace) -> list[object]:
    """Return one prediction a row of the sample, as plain numbers and lists."""
    folder = _model_folder(model, Path(options.models_folder))
    flavour, path = _flavour(folder)
    sample = _sample(options.sample_data, model)
    predictor = _load(flavour, path)
    predict = getattr(predictor, "predict", None)
    if not callable(predict):
        raise ModelError(f"{path.name} holds a {type(predictor).__name__}, which cannot predict")
    rows = _rows(sample)
    predictions = _plain(predict(sample))
    if len(predictions) != rows:
        raise ModelError(f"{len(predictions)} predictions for {rows} rows of the sample")
    _refuse_gaps(predictions)
    return predictions


def _model_folder(model: Model, folder: Path) -> Path:
    wanted = [folder / model.name / model.version, folder / model.label]
    if model.path:
        wanted = [Path(model.path)]
    for path in wanted:
        if path.exists():
            return path
    raise ModelError("the model is not there: " + " and ".join(str(path) for path in wanted))


def _flavour(folder: Path) -> tuple[str, Path]:
    """Return how the model is stored, and the file or folder to load."""
    files = [folder] if folder.is_file() else _files(folder)
    for flavour, patterns in _FLAVOURS:
        for pattern in patterns:
            found = [path for path in files if path.match(pattern)]
            if found:
                is_folder = pattern in ("MLmodel", "saved_model.pb")
                return flavour, found[0].parent if is_folder else found[0]
    raise ModelError("no MLflow, Keras, joblib or pickle model in the folder")


def _files(folder: Path) -> list[Path]:
    """Return the files, nearest first, not deeper than SEARCH_DEPTH."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    depth = len(folder.parts)
    near = [path for path in found if len(path.parts) - depth <= SEARCH_DEPTH]
    return sorted(near, key=lambda path: (len(path.parts), str(path)))


def _load(flavour: str, path: Path) -> object:
    """Return the loaded model; each library is imported only where a model asks for it."""
    if flavour == "mlflow":
        return importlib.import_module("mlflow.pyfunc").load_model(str(path))
    if flavour == "keras":
        return importlib.import_module("tensorflow").keras.models.load_model(str(path))
    if flavour == "joblib":
        return importlib.import_module("joblib").load(str(path))
    with path.open("rb") as stored:
        return importlib.import_module("pickle").load(stored)


def _sample(place: str, model: Model) -> object:
    """Return the sample: of a folder the file named after the model, else the first one."""
    path = Path(place)
    if not place or not path.exists():
        raise ModelError(f"the sample data is not there: {place or 'none was named'}")
    files = [path]
    if path.is_dir():
        files = [file for file in _files(path) if any(file.match(kind) for kind in _SAMPLES)]
        files.sort(key=lambda file: file.stem != model.name)
    if not files:
        raise ModelError("the folder of sample data holds no CSV, JSON, Parquet or NumPy file")
    return _read_sample(files[0])


def _read_sample(path: Path) -> object:
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))
    if path.suffix == ".npy":
        return importlib.import_module("numpy").load(str(path), allow_pickle=False)
    pandas = importlib.import_module("pandas")
    return pandas.read_parquet(path) if path.suffix == ".parquet" else pandas.read_csv(path)


def _rows(sample: object) -> int:
    if not isinstance(sample, Sized) or not len(sample):
        raise ModelError("the sample data has no rows")
    return len(sample)


# --- predictions ---


def _plain(predictions: object) -> list[object]:
    """Return arrays and frames as lists."""
    values = getattr(predictions, "values", predictions)
    if hasattr(values, "tolist"):
        values = values.tolist()
    if not isinstance(values, (list, tuple)):
        raise ModelError(f"predict gave a {type(predictions).__name__}, not one value a row")
    return list(values)


def _refuse_gaps(predictions: list[object]) -> None:
    for row, prediction in enumerate(predictions, start=1):
        for value in _flat(prediction):
            if value is None or (isinstance(value, float) and not math.isfinite(value)):
                raise ModelError(f"the prediction of row {row} is {value}")


def _flat(value: object) -> list[object]:
    if isinstance(value, (list, tuple)):
        return [inner for part in value for inner in _flat(part)]
    if isinstance(value, dict):
        return [inner for part in value.values() for inner in _flat(part)]
    return [value]


def _compare(model: Model, predictions: list[object], options: argparse.Namespace) -> None:
    """Compare with the baseline, where there is one; keep the predictions, where asked to."""
    if options.predictions:
        folder = Path(options.predictions)
        folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"predictions": predictions})
        (folder / f"{model.label}.json").write_text(content, encoding="utf-8")
    if not options.baseline:
        return
    path = Path(options.baseline) / f"{model.label}.json"
    if not path.exists():
        raise ModelError("there is no baseline for this model")
    before = json.loads(path.read_text(encoding="utf-8"))["predictions"]
    if len(before) != len(predictions):
        raise ModelError(f"{len(predictions)} predictions, {len(before)} in the baseline")
    for row, (old, new) in enumerate(_pairs(before, predictions), start=1):
        difference = _difference(old, new)
        if not difference <= options.tolerance:
            raise ModelError(f"row {row} differs from the baseline by {difference:.6g}")


def _pairs(before: list[object], after: list[object]) -> list[tuple[object, object]]:
    return [(before[row], after[row]) for row in range(len(before))]


def _difference(before: object, after: object) -> float:
    """Return the largest absolute difference; infinite where they cannot be compared."""
    old, new = _flat(before), _flat(after)
    if len(old) != len(new):
        return math.inf
    return max((_distance(one, other) for one, other in _pairs(old, new)), default=0.0)


def _distance(one: object, other: object) -> float:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other)
    return 0.0 if one == other else math.inf


# --- files ---


def _write(results: Path, model: Model, outcome: Outcome) -> None:
    content = {
        "name": model.name,
        "version": model.version,
        "passed": outcome.passed,
        "why": outcome.why[:WHY_CHARACTERS],
        "log_tail": "" if outcome.passed else _tail(_log_path(results, model)),
        "rows": outcome.rows,
        "seconds": round(outcome.seconds, 3),
    }
    path = _result_path(results, model)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(path)  # a result is there as a whole, or not at all


def _result_path(results: Path, model: Model) -> Path:
    return results / f"{model.label}.json"


def _log_path(results: Path, model: Model) -> Path:
    return results / f"{model.label}.log"


def _tail(path: Path) -> str:
    return "\n".join(_log_end(path).splitlines()[-LOG_LINES:])[-LOG_CHARACTERS:]


def _log_end(path: Path) -> str:
    """Return the end of a log, as far back as a long traceback reaches."""
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - LOG_END_BYTES))
        return log.read().decode("utf-8", errors="replace").strip()


if __name__ == "__main__":
    sys.exit(main())
