"""The program that runs an evidence notebook, really run."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

PROGRAM = Path(__file__).parents[2] / "bot" / "jobs" / "notebook_run.py"
GIVEN = {"sha": "c" * 40, "pr": "7", "env_digest": "a" * 64, "nonce": "b" * 32}
Json: TypeAlias = dict[str, Any]
Run: TypeAlias = Callable[..., tuple[int, Json, Json]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs cells, and gives exit code, executed notebook and result."""

    def start(*sources: str, wanted: tuple[str, ...] = ("p",), **more: object) -> Any:
        cells = [
            {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
            for source in sources
        ]
        (tmp_path / "notebook.ipynb").write_text(
            json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells} | more)
        )
        (tmp_path / "run.json").write_text(json.dumps({"predictions": wanted}))
        flags = [f"--{name.replace('_', '-')}={value}" for name, value in GIVEN.items()]
        done = subprocess.run(
            [sys.executable, str(PROGRAM), "--output", "out", "--seconds", "20", *flags],
            cwd=tmp_path,
            check=False,
            capture_output=True,
        )
        files = [tmp_path / "out" / name for name in ("executed.ipynb", "result.json")]
        return done.returncode, *(json.loads(f.read_text()) if f.exists() else {} for f in files)

    return start


def outputs(executed: Json, cell: int) -> list[Json]:
    found: list[Json] = executed["cells"][cell]["outputs"]
    return found


def test_cells_share_a_namespace_and_count(run: Run) -> None:
    code, executed, result = run("x = 2", "p = [x * 1.5, x]")

    assert code == 0
    assert [cell["execution_count"] for cell in executed["cells"]] == [1, 2]
    assert result["predictions"] == {"p": {"count": 2, "values": [3.0, 2.0]}}
    assert result.items() >= {**GIVEN, "ended": True}.items()


def test_what_is_printed_and_the_last_value_are_outputs(run: Run) -> None:
    _, executed, _ = run("import sys\nprint('a')\nprint('b', file=sys.stderr)\n[1]", "display(2)")

    stdout, stderr, value = outputs(executed, 0)
    assert (stdout["text"], stderr["text"]) == ("a\n", "b\n")
    assert value["data"] == {"text/plain": "[1]"}
    assert value["execution_count"] == 1
    assert outputs(executed, 1)[0]["data"] == {"text/plain": "2"}


def test_the_display_of_ipython_is_there_without_ipython(run: Run) -> None:
    code, executed, _ = run(
        "from IPython.display import HTML, display\ndisplay(HTML('x'))", "p = [1]"
    )

    assert code == 0
    assert "x" in json.dumps(outputs(executed, 0))


def test_an_error_ends_the_run(run: Run) -> None:
    code, executed, result = run("p = [1]", "1 / 0", "p = [2]")

    assert code == 1
    assert outputs(executed, 1)[0]["ename"] == "ZeroDivisionError"
    assert executed["cells"][2]["execution_count"] is None
    assert (result["ended"], result["predictions"]) == (False, {})


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import sys\nsys.exit(0)", id="exit"),
        pytest.param("import os\nos._exit(0)", id="hard exit"),
        pytest.param("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", id="killed"),
        pytest.param("raise KeyboardInterrupt", id="interrupted"),
        pytest.param("%time p = [1]", id="magic"),
        pytest.param("!true", id="shell"),
    ],
)
def test_no_way_out_looks_like_an_end(run: Run, source: str) -> None:
    code, executed, result = run(source, "p = [1]")

    assert code == 1
    assert executed["cells"][1]["execution_count"] is None
    assert not result["ended"]


def test_printed_results_are_output_and_nothing_else(run: Run) -> None:
    said = '{"predictions": {"p": {"count": 1, "values": [0.4]}}}'

    code, _, result = run(f"print({said!r})", "import os\nos._exit(0)")

    assert code == 1
    assert result["predictions"] == {}


def test_what_the_notebook_brought_along_is_forgotten(run: Run) -> None:
    metadata = {"papermill": {"exception": None}}

    _, executed, _ = run("p = [1]", metadata=metadata)

    assert "papermill" not in executed["metadata"]


@pytest.mark.parametrize(
    ("source", "values"),
    [
        pytest.param("p = [1, True, 2.5]", [1.0, 1.0, 2.5], id="numbers"),
        pytest.param("p = ['ok']", ["ok"], id="labels"),
        pytest.param("p = [float('nan'), float('inf')]", [None, None], id="not finite"),
        pytest.param("p = [object()]", [None], id="anything else"),
        pytest.param("p = {'a': [1], 'b': [2]}", [1.0, 2.0], id="mapping"),
        pytest.param("import array\np = array.array('d', [1.5])", [1.5], id="array"),
        pytest.param("p = []", [], id="empty"),
    ],
)
def test_predictions_are_written_as_they_are(run: Run, source: str, values: list[object]) -> None:
    _, _, result = run(source)

    assert result["predictions"]["p"]["values"] == values


def test_predictions_that_are_gone_are_left_out(run: Run) -> None:
    _, _, result = run("p = [1]\ndel p")

    assert result["predictions"] == {}


def test_only_notebooks_of_format_4_are_run(run: Run) -> None:
    assert run("p = [1]", nbformat=3)[0] == 2
