"""The notebook that shows scoring: missing, failing, complete."""

import json

from bot.sandbox.demo import material
from tests.conversations.conftest import Golden
from tests.conversations.scene import Scene

VERSION = "1.5.2"


def test_evidence_is_asked_for_until_it_is_complete(scene: Scene, golden: Golden) -> None:
    talk = scene.improve_logging("ada", VERSION)
    golden.matches("1-missing", talk.news())

    scene.push_evidence("ada", VERSION, failing_notebook(scene.candidate("ada", VERSION)))
    golden.matches("2-a-cell-failed", talk.news())

    scene.push_evidence("ada", VERSION)
    golden.matches("3-complete", talk.news())


def failing_notebook(candidate: str) -> str:
    """Return a notebook in which scoring raised, as Jupyter saves it."""
    notebook = json.loads(material.evidence_notebook("custom-tf-env", candidate))
    scoring = next(cell for cell in notebook["cells"] if "model.predict" in cell["source"])
    scoring["outputs"] = [
        {
            "output_type": "error",
            "ename": "ValueError",
            "evalue": "expected 24 readings, got 12",
            "traceback": ["ValueError: expected 24 readings, got 12"],
        }
    ]
    return json.dumps(notebook, indent=1) + "\n"
