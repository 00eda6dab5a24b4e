"""The program of the test step, run as Azure ML runs it, on small models."""

import json
import os
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import pytest

PROGRAM = Path(__file__).parents[2] / "bot" / "jobs" / "model_test.py"
ROWS = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
MODULE = "small_models"
SOURCE = """
import os, signal, sys, time


class Sum:
    def predict(self, rows):
        return [sum(row) for row in rows]


class Off(Sum):
    def predict(self, rows):
        return [value + 0.01 for value in super().predict(rows)]


class Raises:
    def predict(self, rows):
        print("looking at the rows")
        raise ValueError("expected 3 columns, got 2")


class Exits:
    def predict(self, rows):
        sys.exit(0)


class Dies:
    def predict(self, rows):
        os.kill(os.getpid(), signal.SIGKILL)


class Hangs:
    def predict(self, rows):
        time.sleep(60)


class NotFinite:
    def predict(self, rows):
        return [1.0, float("nan"), 3.0]


class Short:
    def predict(self, rows):
        return [1.0]


class Empty:
    def predict(self, rows):
        return []


class Nothing:
    def predict(self, rows):
        return None


class Loud(Sum):
    def predict(self, rows):
        print("word " * 5000)
        return super().predict(rows)


class NoModel:
    pass
"""


@pytest.fixture
def models(tmp_path: Path) -> Iterator[types.ModuleType]:
    """Return a module of model classes that the program's process can import too."""
    (tmp_path / f"{MODULE}.py").write_text(SOURCE)
    module = types.ModuleType(MODULE)
    exec(compile(SOURCE, MODULE, "exec"), module.__dict__)  # noqa: S102 - the text above
    sys.modules[MODULE] = module
    yield module
    del sys.modules[MODULE]


class Step:
    """One step's folders, and the program run in them."""

    def __init__(self, folder: Path, models: types.ModuleType) -> None:
        self.folder = folder
        self.results = folder / "results"
        self._classes = models
        (folder / "sample.json").write_text(json.dumps(ROWS))
        self.models: list[dict[str, str]] = []

    def add(self, name: str, kind: str, file: str = "model.joblib") -> None:
        """Store a model of class `kind` as version 1 of `name`."""
        place = self.folder / "models" / name / "1"
        place.mkdir(parents=True)
        joblib.dump(getattr(self._classes, kind)(), place / file)
        self.models.append({"name": name, "version": "1"})

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "ENVBOT_MODELS": json.dumps(self.models),
            "ENVBOT_SAMPLE_DATA": str(self.folder / "sample.json"),
            "ENVBOT_MODELS_FOLDER": str(self.folder / "models"),
            "PYTHONPATH": str(self.folder),
        }
        return subprocess.run(
            [sys.executable, str(PROGRAM), "--results", str(self.results), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def result(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.results / f"{name}-1.json").read_text())
        return content


@pytest.fixture
def step(tmp_path: Path, models: types.ModuleType) -> Step:
    return Step(tmp_path, models)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        pytest.param("Raises", "ValueError: expected 3 columns, got 2", id="raises"),
        pytest.param("Exits", "the process ended with exit code 0", id="exits"),
        pytest.param("Dies", "the process ended with signal 9", id="dies"),
        pytest.param("Hangs", "did not end in time", id="hangs"),
        pytest.param("NotFinite", "the prediction of row 2 is nan", id="not a number"),
        pytest.param("Short", "1 predictions for 3 rows", id="too few"),
        pytest.param("Empty", "0 predictions for 3 rows", id="none"),
        pytest.param("Nothing", "predict gave a NoneType", id="nothing"),
        pytest.param("NoModel", "a NoModel, which cannot predict", id="no model"),
    ],
)
def test_one_failure_never_hides_the_others(step: Step, kind: str, why: str) -> None:
    step.add("a_first", "Sum")
    step.add("b_bad", kind)
    step.add("c_last", "Sum")

    ended = step.run("--timeout", "1")

    assert ended.returncode == 0, ended.stderr
    assert why in step.result("b_bad")["why"]
    passed = {name: step.result(name)["passed"] for name in ("a_first", "b_bad", "c_last")}
    assert passed == {"a_first": True, "b_bad": False, "c_last": True}


def test_a_result_says_what_was_done(step: Step) -> None:
    step.add("good", "Sum")

    step.run()

    result = step.result("good")
    assert result.pop("seconds") >= 0
    assert result == {
        "name": "good",
        "version": "1",
        "passed": True,
        "why": "",
        "log_tail": "",
        "rows": 3,
    }


def test_a_failure_keeps_the_end_of_the_models_log(step: Step) -> None:
    step.add("bad", "Raises")

    step.run()

    tail = step.result("bad")["log_tail"]
    assert tail.startswith("looking at the rows")
    assert tail.endswith("ValueError: expected 3 columns, got 2")


def test_a_loud_model_does_not_fill_the_steps_log(step: Step) -> None:
    step.add("loud", "Loud")

    ended = step.run()

    assert ended.stdout == "loud-1: passed\n"


@pytest.mark.parametrize(
    "file",
    ["model.joblib", "model.pkl", "artifacts/model/model.joblib"],
    ids=["joblib", "pickle", "deep"],
)
def test_finds_the_model_in_its_folder(step: Step, file: str) -> None:
    (step.folder / "models" / "good" / "1" / "artifacts" / "model").mkdir(parents=True)
    step.models.append({"name": "good", "version": "1"})
    loaded = sys.modules[MODULE]
    path = step.folder / "models" / "good" / "1" / file
    joblib.dump(loaded.Sum(), path)

    step.run()

    assert step.result("good")["passed"]


def test_takes_a_model_from_the_path_it_is_given(step: Step) -> None:
    step.add("good", "Sum")
    stored = step.folder / "models" / "good" / "1" / "model.joblib"
    step.models = [{"name": "mounted", "version": "1", "path": str(stored)}]

    step.run()

    assert step.result("mounted")["passed"]


def test_a_model_that_is_not_there_failed(step: Step) -> None:
    step.models = [{"name": "gone", "version": "1"}]

    ended = step.run()

    assert ended.returncode == 0
    assert "the model is not there" in step.result("gone")["why"]


def test_a_folder_without_a_known_model_failed(step: Step) -> None:
    step.add("odd", "Sum", file="model.bin")

    step.run()

    assert "no MLflow, Keras, joblib or pickle model" in step.result("odd")["why"]


def test_a_missing_library_is_named(step: Step) -> None:
    step.add("keras", "Sum", file="model.keras")

    step.run()

    assert step.result("keras")["why"] == "ModuleNotFoundError: No module named 'tensorflow'"


def test_an_mlflow_model_is_loaded_by_mlflow(step: Step) -> None:
    step.add("flow", "Sum", file="MLmodel")
    (step.folder / "mlflow").mkdir()
    (step.folder / "mlflow" / "__init__.py").touch()
    (step.folder / "mlflow" / "pyfunc.py").write_text(
        "import joblib, pathlib\n"
        "def load_model(folder):\n    return joblib.load(pathlib.Path(folder) / 'MLmodel')\n"
    )

    step.run()

    assert step.result("flow")["passed"]


@pytest.mark.parametrize(
    ("tolerance", "passed"),
    [pytest.param("0.02", True, id="within"), pytest.param("0.001", False, id="beyond")],
)
def test_predictions_are_compared_with_the_baseline(
    step: Step, tolerance: str, *, passed: bool
) -> None:
    step.add("model", "Sum")
    baseline = str(step.folder / "baseline")
    step.run("--predictions", baseline)
    joblib.dump(sys.modules[MODULE].Off(), step.folder / "models" / "model" / "1" / "model.joblib")

    step.run("--baseline", baseline, "--tolerance", tolerance)

    result = step.result("model")
    assert result["passed"] == passed
    assert passed or "row 1 differs from the baseline by 0.01" in result["why"]


def test_a_model_without_a_baseline_failed(step: Step) -> None:
    step.add("model", "Sum")

    step.run("--baseline", str(step.folder))

    assert step.result("model")["why"] == "there is no baseline for this model"


@pytest.mark.parametrize(
    ("place", "why"),
    [
        pytest.param("absent.json", "the sample data is not there", id="absent"),
        pytest.param("", "none was named", id="not named"),
        pytest.param("empty.json", "the sample data has no rows", id="empty"),
    ],
)
def test_without_a_sample_nothing_passes(step: Step, place: str, why: str) -> None:
    step.add("model", "Sum")
    (step.folder / "empty.json").write_text("[]")

    step.run("--sample-data", str(step.folder / place) if place else "")

    assert why in step.result("model")["why"]


def test_a_folder_of_samples_has_one_for_each_model(step: Step) -> None:
    step.add("wide", "Sum")
    samples = step.folder / "samples"
    samples.mkdir()
    (samples / "another.json").write_text("[[1]]")
    (samples / "wide.json").write_text("[[1, 2], [3, 4]]")

    step.run("--sample-data", str(samples))

    assert step.result("wide")["rows"] == 2


def test_an_old_result_does_not_stand_for_a_new_one(step: Step) -> None:
    step.add("model", "Sum")
    step.run()
    joblib.dump(sys.modules[MODULE].Dies(), step.folder / "models" / "model" / "1" / "model.joblib")

    step.run()

    assert not step.result("model")["passed"]


def test_without_models_there_is_nothing_to_do(step: Step) -> None:
    ended = step.run()

    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.parametrize(
    "models",
    ["{", "{}x", '[{"name": "a"}]', '[{"name": "../a", "version": "1"}]', '["a"]'],
    ids=["not JSON", "rest", "no version", "path as name", "no object"],
)
def test_wrong_models_are_a_wrong_command_line(step: Step, models: str) -> None:
    ended = step.run("--models", models)

    assert ended.returncode == 2
    assert "usage:" in ended.stderr
