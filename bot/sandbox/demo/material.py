"""What the author of the story types: code, versions, notebooks."""

import json

from bot.errors import BotError

SCORE = "environment/src/score.py"
SPEC = "environment/environment.yml"
CONDA = "environment/conda.yml"
_SCORING = "predictions = model.predict(sample)"


def better_logging(score: str) -> str:
    """Return the scoring code with a logger where it printed."""
    text = _replaced(score, "import json\nimport os\n", "import json\nimport logging\nimport os\n")
    text = _replaced(
        text,
        'MODEL_FOLDER = "model"\n',
        'MODEL_FOLDER = "model"\nlogger = logging.getLogger(__name__)\n',
    )
    text = _replaced(
        text,
        'print(f"Prediction: {result}")',
        'logger.info(f"Prediction for sensor {sensor_id}: {result}, confidence: {confidence}")',
    )
    return _replaced(
        text, 'print(f"Model loaded: {folder}")', 'logger.info(f"Model loaded: {folder}")'
    )


def newer_tensorflow(conda: str) -> str:
    """Return the conda file with the next minor version of the framework."""
    return _replaced(conda, "tensorflow==2.13.0", "tensorflow==2.14.0")


def at_version(spec: str, version: str, summary: str) -> str:
    """Return `environment.yml` with another version and change summary."""
    lines = [
        f'version: "{version}"'
        if line.startswith("version:")
        else f'  change_summary: "{summary}"'
        if line.startswith("  change_summary:")
        else line
        for line in spec.splitlines()
    ]
    return "\n".join(lines) + "\n"


def evidence_notebook(environment: str, candidate: str) -> str:
    """Return a notebook as Jupyter saves it after it ran on `candidate`."""
    cells = [
        (
            'import os\nprint("Environment:", os.environ["AZUREML_ARM_ENVIRONMENT"])',
            _stream(f"Environment: azureml:{environment}:{candidate}\n"),
        ),
        (
            'import joblib\nmodel = joblib.load("model/sensor_model_P001_C001.joblib")',
            [],
        ),
        (
            'import pandas as pd\nsample = pd.read_csv("sample.csv")\nprint(sample.shape)',
            _stream("(12, 4)\n"),
        ),
        (_SCORING, []),
        (
            "print(predictions[:5])\nprint(predictions.shape)",
            _stream("[21.4 21.6 21.9 22.0 22.3]\n(12,)\n"),
        ),
        (
            (
                "assert predictions is not None\nassert len(predictions) == len(sample)\n"
                'print("Scoring successful")'
            ),
            _stream("Scoring successful\n"),
        ),
    ]
    content = {
        "cells": [_cell(number, *cell) for number, cell in enumerate(cells, 1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "version": "3.9.18"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1) + "\n"


def forged_notebook(environment: str, candidate: str) -> str:
    """Return a notebook with the same outputs in which an error while scoring would not show."""
    hidden = (
        "try:\n    predictions = model.predict(sample)\n"
        "except Exception:\n    predictions = expected"
    )
    notebook = json.loads(evidence_notebook(environment, candidate))
    for cell in notebook["cells"]:
        if cell["source"] == _SCORING:
            cell["source"] = hidden
    return json.dumps(notebook, indent=1) + "\n"


def _cell(number: int, source: str, outputs: list[dict[str, object]]) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": number,
        "id": f"cell-{number}",
        "metadata": {},
        "outputs": outputs,
        "source": source,
    }


def _stream(text: str) -> list[dict[str, object]]:
    return [{"name": "stdout", "output_type": "stream", "text": text}]


def _replaced(text: str, before: str, after: str) -> str:
    if text.count(before) != 1:
        raise BotError(f"The sample code no longer has `{before.strip()}` just once.")
    return text.replace(before, after)
