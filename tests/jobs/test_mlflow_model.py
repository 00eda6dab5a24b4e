"""A real MLflow model, scored by the program as a step of the test scores it.

MLflow with pandas is 300 MB and no part of the lock; the test runs where an interpreter has it.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "bot" / "jobs" / "model_test.py"
PYTHON = os.environ.get("ENVBOT_MLFLOW_PYTHON", "")
MAKE = """
import mlflow.pyfunc, numpy, pandas


class Sum(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return numpy.asarray(model_input).sum(axis=1)


mlflow.pyfunc.save_model("model", python_model=Sum(), pip_requirements=[])
pandas.DataFrame([[1.0, 2.0], [3.0, 4.0]], columns=["a", "b"]).to_csv("sample.csv", index=False)
"""


@pytest.mark.skipif(not PYTHON, reason="`make mlflow` runs it, with an interpreter that has MLflow")
def test_a_saved_mlflow_model_is_scored(tmp_path: Path) -> None:
    subprocess.run([PYTHON, "-c", MAKE], cwd=tmp_path, check=True, capture_output=True)
    named = ["--models", "flow:1", "--paths", "model", "--samples", "sample.csv"]

    command = [PYTHON, str(PROGRAM), "--results", "results", *named]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    result = json.loads((tmp_path / "results" / "flow-1.json").read_text())
    assert (result["passed"], result["why"], result["predictions"]) == (True, "", [3.0, 7.0])
