"""Score sample data with every given model, in the environment of the step.

This program runs on Azure ML compute. Its command names the models, `--models m:5,n:2`, and in the
same order where each is mounted and which sample it scores (one sample may stand for all). It needs
only the standard library of Python 3.8 and whatever the models themselves need. For each model it
writes `<name>-<version>.json` with `name`, `version`, `baseline`, `passed`, `why`, `log_tail`,
`rows`, `sample` (a digest), `predictions` (of the first rows) and `seconds`. A step with
`--baseline` runs in the environment that production has, and is what the others are compared with.

Models are scored in a child process that is started again when it dies: an exception, an exit, a
crash of native code or a model that never ends costs that model its result and nobody else's.

Exit codes: 0 every model has a result, whatever it says · 2 the arguments are wrong.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
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
MOST_VALUES = 20000  # that are written down: a result stays below a megabyte

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_FLAVOURS = (
    ("mlflow", ("MLmodel",)),
    ("keras", ("*.keras", "saved_model.pb", "*.h5", "*.hdf5")),
    ("joblib", ("*.joblib",)),
    ("pickle", ("*.pkl", "*.pickle")),
)
_SAMPLES = ("*.csv", "*.json", "*.parquet", "*.npy")


class Model(NamedTuple):
    """One model to test, where it is mounted, and what it scores."""

    name: str
    version: str
    path: str
    sample: str

    @property
    def label(self) -> str:
        """Return what result and log files are named after."""
        return f"{self.name}-{self.version}"


class Outcome(NamedTuple):
    """What the test of one model came to; `why` is empty when it passed."""

    passed: bool
    why: str
    rows: int = 0
    sample: str = ""
    predictions: tuple[object, ...] = ()
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
            _test_one(model, options)
        return 0
    pending = models
    while pending:
        for model in pending:
            _result_path(results, model).unlink(missing_ok=True)
        code = _run_child(pending, options)
        pending = _without_results(pending, results)
        if pending:  # the child died at the first model that has no result
            _blame(pending[0], options, code)
            pending = pending[1:]
    for model in models:
        outcome = json.loads(_result_path(results, model).read_text(encoding="utf-8"))
        print(f"{model.label}: {'passed' if outcome['passed'] else outcome['why']}", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Score sample data with every given model.")
    add = parser.add_argument
    add("--results", required=True, help="folder for one JSON file a model")
    add("--models", required=True, help="name:version of each, with commas between")
    add("--paths", nargs="+", required=True, help="file or folder of each model, in that order")
    add("--samples", nargs="+", required=True, help="file or folder for each model, or one for all")
    add("--baseline", action="store_true", help="say in the results that this is the baseline")
    add("--timeout", type=float, default=600.0, help="seconds for one model")
    add("--child", action="store_true", help=argparse.SUPPRESS)
    return parser


def _models(options: argparse.Namespace) -> list[Model]:
    listed = [each.partition(":") for each in options.models.split(",")]
    for name, _, version in listed:
        if not (_SAFE_NAME.fullmatch(name) and _SAFE_NAME.fullmatch(version)):
            _parser().error("--models must list models as name:version, with commas between")
    samples = options.samples * len(listed) if len(options.samples) == 1 else options.samples
    if not len(listed) == len(options.paths) == len(samples):
        _parser().error(f"{len(listed)} models, {len(options.paths)} paths, {len(samples)} samples")
    return [
        Model(name, version, options.paths[number], samples[number])
        for number, (name, _, version) in enumerate(listed)
    ]


# --- the parent: children, and what is left of them ---


def _run_child(models: list[Model], options: argparse.Namespace) -> int:
    command = [sys.executable, str(Path(__file__).resolve()), "--child"]
    command += ["--results", options.results, "--timeout", repr(options.timeout)]
    command += ["--baseline"] if options.baseline else []
    command += ["--models", ",".join(f"{model.name}:{model.version}" for model in models)]
    command += ["--paths", *(model.path for model in models)]
    command += ["--samples", *(model.sample for model in models)]
    return subprocess.run(command, check=False).returncode


def _without_results(models: list[Model], results: Path) -> list[Model]:
    return [model for model in models if not _result_path(results, model).exists()]


def _blame(model: Model, options: argparse.Namespace, code: int) -> None:
    """Write the result of the model at which the child ended."""
    results = Path(options.results)
    log = _log_end(_log_path(results, model))
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    why = f"the process ended with {how} before there was a result"
    if "Timeout (" in log:
        why = "did not end in time"
    elif code == 1 and "Traceback (most recent call last)" in log:
        why = log.splitlines()[-1]  # the exception and its message
    _write(model, options, Outcome(passed=False, why=why))


# --- the child: one model after the other ---


def _test_one(model: Model, options: argparse.Namespace) -> None:
    """Write the result of one model; any other exception than ours ends this process."""
    with _log_path(Path(options.results), model).open("wb", buffering=0) as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        faulthandler.dump_traceback_later(options.timeout, exit=True, file=log)
        started = time.monotonic()
        try:
            outcome = _score(model)
        except ModelError as error:
            outcome = Outcome(passed=False, why=str(error))
        faulthandler.cancel_dump_traceback_later()
        sys.stdout.flush()
        sys.stderr.flush()
    _write(model, options, outcome._replace(seconds=time.monotonic() - started))


def _score(model: Model) -> Outcome:
    """Return the outcome with one prediction a row of the sample, as plain numbers and lists."""
    place = Path(model.path)
    if not place.exists():
        raise ModelError(f"the model is not mounted: {place}")
    flavour, path = _flavour(place)
    file = _sample_file(model)
    sample = _read_sample(file)
    predictor = _load(flavour, path)
    predict = getattr(predictor, "predict", None)
    if not callable(predict):
        raise ModelError(f"{path.name} holds a {type(predictor).__name__}, which cannot predict")
    rows = _rows(sample)
    predictions = _plain(predict(sample))
    if len(predictions) != rows:
        raise ModelError(f"{len(predictions)} predictions for {rows} rows of the sample")
    _refuse_gaps(predictions)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Outcome(passed=True, why="", rows=rows, sample=digest, predictions=_first(predictions))


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


def _sample_file(model: Model) -> Path:
    """Return the sample: of a folder the file named after the model, else the first one."""
    path = Path(model.sample)
    if not path.exists():
        raise ModelError(f"the sample data is not mounted: {path}")
    files = [path]
    if path.is_dir():
        files = [file for file in _files(path) if any(file.match(kind) for kind in _SAMPLES)]
        files.sort(key=lambda file: file.stem != model.name)
    if not files:
        raise ModelError("the folder of sample data holds no CSV, JSON, Parquet or NumPy file")
    return files[0]


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


def _first(predictions: list[object]) -> tuple[object, ...]:
    """Return as many of the first predictions as a result may hold."""
    width = max(1, len(_flat(predictions[0])))
    return tuple(predictions[: max(1, MOST_VALUES // width)])


# --- files ---


def _write(model: Model, options: argparse.Namespace, outcome: Outcome) -> None:
    results = Path(options.results)
    content = {
        "name": model.name,
        "version": model.version,
        "baseline": options.baseline,
        "passed": outcome.passed,
        "why": outcome.why[:WHY_CHARACTERS],
        "log_tail": "" if outcome.passed else _tail(_log_path(results, model)),
        "rows": outcome.rows,
        "sample": outcome.sample,
        "predictions": outcome.predictions,
        "seconds": round(outcome.seconds, 3),
    }
    path = _result_path(results, model)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content) + "\n", encoding="utf-8")
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
