"""The program of the test step, run as Azure ML runs it, on small models."""

import hashlib
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
        self.sample = folder / "sample.json"
        self._classes = models
        self.sample.write_text(json.dumps(ROWS))
        self.models: dict[str, Path] = {}

    def add(self, name: str, kind: str, file: str = "model.joblib") -> Path:
        """Store a model of class `kind` as version 1 of `name`, and mount its folder."""
        place = self.folder / "models" / name
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        joblib.dump(getattr(self._classes, kind)(), place / file)
        self.models[name] = place
        return place / file

    def run(
        self, *arguments: str, python: str = sys.executable
    ) -> subprocess.CompletedProcess[str]:
        listed = ",".join(f"{name}:1" for name in self.models)
        named = ["--models", listed, "--paths", *map(str, self.models.values())]
        return subprocess.run(
            [
                *(python, str(PROGRAM), "--results", str(self.results), *named),
                *("--samples", str(self.sample), *arguments),
            ],
            env=os.environ | {"PYTHONPATH": str(self.folder)},
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
        "baseline": False,
        "sample": hashlib.sha256(step.sample.read_bytes()).hexdigest(),
        "predictions": [3.0, 7.0, 11.0],
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
    step.add("good", "Sum", file)

    step.run()

    assert step.result("good")["passed"]


def test_a_model_may_be_one_file(step: Step) -> None:
    step.models = {"mounted": step.add("good", "Sum")}

    step.run()

    assert step.result("mounted")["passed"]


def test_a_model_that_is_not_mounted_failed(step: Step) -> None:
    step.models = {"gone": step.folder / "nowhere"}

    ended = step.run()

    assert ended.returncode == 0
    assert "the model is not mounted" in step.result("gone")["why"]


def test_a_folder_without_a_known_model_failed(step: Step) -> None:
    step.add("odd", "Sum", file="model.bin")

    step.run()

    assert "no MLflow, Keras, joblib or pickle model" in step.result("odd")["why"]


def test_a_missing_library_is_named(step: Step) -> None:
    step.add("keras", "Sum", file="model.keras")

    step.run()

    assert step.result("keras")["why"] == "ModuleNotFoundError: No module named 'tensorflow'"


def test_the_baseline_says_that_it_is_one(step: Step) -> None:
    step.add("model", "Sum")

    step.run("--baseline")

    assert step.result("model")["baseline"] is True


def test_a_baseline_that_failed_says_so_too(step: Step) -> None:
    step.add("model", "Dies")

    step.run("--baseline")

    assert (step.result("model")["baseline"], step.result("model")["passed"]) == (True, False)


def test_writes_down_no_more_predictions_than_a_result_may_hold(step: Step) -> None:
    step.add("model", "Sum")
    step.sample.write_text(json.dumps([[1.5, 2.25]] * 30_000))

    step.run()

    result = step.result("model")
    assert (result["rows"], len(result["predictions"])) == (30_000, 20_000)
    assert (step.results / "model-1.json").stat().st_size < 1024 * 1024


def test_each_model_may_have_a_sample_of_its_own(step: Step) -> None:
    step.add("one", "Sum")
    step.add("two", "Sum")
    (step.folder / "short.json").write_text("[[1, 1]]")

    step.run("--samples", str(step.sample), str(step.folder / "short.json"))

    assert (step.result("one")["rows"], step.result("two")["rows"]) == (3, 1)
    assert step.result("one")["sample"] != step.result("two")["sample"]


@pytest.mark.parametrize(
    ("place", "why"),
    [
        pytest.param("absent.json", "the sample data is not mounted", id="absent"),
        pytest.param("empty.json", "the sample data has no rows", id="empty"),
        pytest.param("empty", "holds no CSV, JSON, Parquet or NumPy file", id="empty folder"),
    ],
)
def test_without_a_sample_nothing_passes(step: Step, place: str, why: str) -> None:
    step.add("model", "Sum")
    (step.folder / "empty.json").write_text("[]")
    (step.folder / "empty").mkdir()

    step.run("--samples", str(step.folder / place))

    assert why in step.result("model")["why"]


def test_a_folder_of_samples_has_one_for_each_model(step: Step) -> None:
    step.add("wide", "Sum")
    samples = step.folder / "samples"
    samples.mkdir()
    (samples / "another.json").write_text("[[1]]")
    (samples / "wide.json").write_text("[[1, 2], [3, 4]]")

    step.run("--samples", str(samples))

    assert step.result("wide")["rows"] == 2


def test_an_old_result_does_not_stand_for_a_new_one(step: Step) -> None:
    stored = step.add("model", "Sum")
    step.run()
    joblib.dump(sys.modules[MODULE].Dies(), stored)

    step.run()

    assert not step.result("model")["passed"]


@pytest.mark.parametrize(
    "listed",
    ["", "a", "a:", "../a:1", "a:1,b:1"],
    ids=["nothing", "no version", "empty version", "path as name", "more than paths"],
)
def test_wrong_models_are_a_wrong_command_line(step: Step, listed: str) -> None:
    step.add("a", "Sum")

    ended = step.run("--models", listed)

    assert ended.returncode == 2
    assert "usage:" in ended.stderr
