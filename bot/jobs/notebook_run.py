"""Run the code cells of a notebook once, in order, and write down what each of them gave.

This program runs on Azure ML compute, in the environment to be shown, beside `notebook.ipynb` and
`run.json`, which names the expressions that hold the predictions. It needs only the standard
library of Python 3.8: no Jupyter has to be in the environment. All cells share one namespace; the
value of a last expression is shown as Jupyter shows it, as text. Magics (`%`, `!`) are errors.

Cells run in a child process that knows neither the nonce nor where results go. What it prints is
output of its cell and nothing else; an exit, a crash or a kill leaves later cells without a count.

Written below `--output`: `executed.ipynb`, the notebook with these outputs, and `result.json` with
the parameters, a digest of the notebook, whether it came to its end, and the predictions.

Exit codes: 0 every cell ran · 1 a cell failed or the run was cut short · 2 arguments are wrong.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import contextlib
import hashlib
import importlib.util
import io
import json
import math
import os
import subprocess
import sys
import threading
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

PARAMETERS = ("sha", "pr", "env-digest", "nonce")
MOST_CHARACTERS = 200_000  # of one output
MOST_VALUES = 10_000
MOST_LINES = 30  # of a traceback
SECONDS = 3_000.0
FORMAT = 4
DEEPEST = 8  # lists in lists


def main(arguments: list[str] | None = None) -> int:
    """Run the notebook beside this program; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    for name in PARAMETERS:
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args(arguments)
    data = Path("notebook.ipynb").read_bytes()
    notebook = json.loads(data)
    if notebook.get("nbformat") != FORMAT:
        print(f"Only notebooks of format {FORMAT} are run.", flush=True)
        return 2
    outcome = _run(given.seconds)
    ended = _fill(notebook, outcome)
    result = {name.replace("-", "_"): getattr(given, name.replace("-", "_")) for name in PARAMETERS}
    result["notebook"] = hashlib.sha256(data).hexdigest()
    result["ended"] = ended
    result["predictions"] = outcome.get("predictions", {}) if ended else {}
    given.output.mkdir(parents=True, exist_ok=True)
    _write(given.output / "executed.ipynb", notebook)
    _write(given.output / "result.json", result)
    return 0 if ended else 1


# --- the parent ---


def _run(seconds: float) -> dict[str, Any]:
    """Return what the child said: outputs by cell, and the predictions if it came that far."""
    reading, writing = os.pipe()
    child = subprocess.Popen(
        [sys.executable, __file__, "--cells", str(writing)], pass_fds=(writing,)
    )
    os.close(writing)
    timer = threading.Timer(seconds, child.kill)
    timer.daemon = True
    timer.start()
    outcome: dict[str, Any] = {"cells": {}}
    with open(reading, encoding="utf-8") as lines:
        for line in lines:
            with contextlib.suppress(ValueError):
                said = json.loads(line)
                if "cell" in said:
                    outcome["cells"][said["cell"]] = said["outputs"]
                else:
                    outcome["predictions"] = said["predictions"]
    child.wait()
    timer.cancel()
    return outcome


def _fill(notebook: dict[str, Any], outcome: dict[str, Any]) -> bool:
    """Put outputs and counts into the notebook; tell whether every cell ran without an error."""
    notebook.get("metadata", {}).pop("papermill", None)
    count, ended = 0, "predictions" in outcome
    for number, cell in enumerate(notebook["cells"]):
        if cell.get("cell_type") != "code":
            continue
        for name in ("papermill", "execution"):
            cell.get("metadata", {}).pop(name, None)
        cell["outputs"], cell["execution_count"] = [], None
        if not _text(cell).strip():
            continue
        if number not in outcome["cells"]:
            ended = False
            continue
        count += 1
        cell["outputs"], cell["execution_count"] = outcome["cells"][number], count
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = count
            ended = ended and output["output_type"] != "error"
    return ended


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")


# --- the child ---


def _run_cells(descriptor: int) -> int:
    """Run every cell until one fails, and say after each what it gave."""
    os.set_inheritable(descriptor, False)  # noqa: FBT003 - the function takes no keyword
    notebook = json.loads(Path("notebook.ipynb").read_bytes())
    wanted = json.loads(Path("run.json").read_bytes())["predictions"]
    namespace = _fresh_main()
    with open(descriptor, "w", encoding="utf-8") as parent:
        for number, cell in enumerate(notebook["cells"]):
            if cell.get("cell_type") != "code" or not _text(cell).strip():
                continue
            outputs, failed = _run_cell(_text(cell), namespace, f"<cell {number + 1}>")
            _say(parent, {"cell": number, "outputs": outputs})
            if failed:
                return 1
        _say(parent, {"predictions": _predictions(wanted, namespace)})
    return 0


def _say(parent: TextIO, said: dict[str, Any]) -> None:
    parent.write(json.dumps(said, allow_nan=False) + "\n")
    parent.flush()


def _fresh_main() -> dict[str, Any]:
    """Return the namespace of a new `__main__`, in which nothing of this program is."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    sys.argv = ["notebook"]
    if importlib.util.find_spec("IPython") is None:
        package, display = types.ModuleType("IPython"), types.ModuleType("IPython.display")
        vars(package)["display"] = display
        vars(display).update(HTML=str, Markdown=str, clear_output=lambda **_: None)
        sys.modules.update({"IPython": package, "IPython.display": display})
    return vars(module)


def _run_cell(
    source: str, namespace: dict[str, Any], name: str
) -> tuple[list[dict[str, Any]], bool]:
    """Return the outputs of one cell and whether it failed."""
    outputs: list[dict[str, Any]] = []

    def display(*values: object) -> None:
        outputs.extend(_shown("display_data", value) for value in values)

    vars(builtins)["display"] = display
    stand_in = sys.modules.get("IPython.display")
    if stand_in is not None and getattr(stand_in, "__file__", None) is None:
        vars(stand_in)["display"] = display
    streams = _Stream("stdout", outputs, sys.stdout), _Stream("stderr", outputs, sys.stderr)
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        try:
            value = _execute(source, namespace, name)
            if value is not None:
                outputs.append({**_shown("execute_result", value), "execution_count": None})
        except (Exception, SystemExit, KeyboardInterrupt) as raised:  # noqa: BLE001 - whatever ends a cell is its output
            outputs.append(_error(raised))
            return outputs, True
    return outputs, False


def _execute(source: str, namespace: dict[str, Any], name: str) -> object:
    """Run the statements; return the value of a last expression, None without one."""
    body = ast.parse(source, name)
    last = body.body[-1] if body.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(body, name, "exec"), namespace)  # noqa: S102 - what this program is for
        return None
    body.body.pop()
    exec(compile(body, name, "exec"), namespace)  # noqa: S102 - as above
    value = compile(ast.Expression(last.value), name, "eval")
    return eval(value, namespace)  # noqa: S307 - as above


def _shown(kind: str, value: object) -> dict[str, Any]:
    data = {"text/plain": repr(value)[:MOST_CHARACTERS]}
    return {"output_type": kind, "data": data, "metadata": {}}


def _error(raised: BaseException) -> dict[str, Any]:
    lines = traceback.format_exception(type(raised), raised, raised.__traceback__)
    text = "".join(lines)[:MOST_CHARACTERS]
    if isinstance(raised, SyntaxError) and str(raised.text or "").lstrip().startswith(("%", "!")):
        text += "Magics of IPython are not run.\n"
    return {
        "output_type": "error",
        "ename": type(raised).__name__,
        "evalue": str(raised)[:MOST_CHARACTERS],
        "traceback": text.splitlines()[-MOST_LINES:],
    }


class _Stream(io.TextIOBase):
    """Keeps what a cell prints, and lets it into the job's log as well."""

    def __init__(self, name: str, outputs: list[dict[str, Any]], log: TextIO) -> None:
        self._name = name
        self._outputs = outputs
        self._log = log

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Add to the output that the stream has last, or begin one."""
        self._log.write(text)
        last = self._outputs[-1] if self._outputs else {}
        if last.get("name") != self._name:
            last = {"output_type": "stream", "name": self._name, "text": ""}
            self._outputs.append(last)
        last["text"] = (last["text"] + text)[:MOST_CHARACTERS]
        return len(text)

    def flush(self) -> None:
        """Let the log out."""
        self._log.flush()


# --- predictions ---


def _predictions(wanted: list[str], namespace: dict[str, Any]) -> dict[str, Any]:
    """Return count and first values of each expression that still has a value."""
    found = {}
    for expression in wanted:
        with contextlib.suppress(Exception):
            values = list(_flat(eval(expression, namespace)))  # noqa: S307 - the notebook's own
            found[expression] = {"count": len(values), "values": values[:MOST_VALUES]}
    return found


def _flat(value: Any, depth: int = 0) -> Iterator[float | str | None]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (bool, int, float)):
        yield float(value) if math.isfinite(value) else None
    elif depth > DEEPEST:
        yield None
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _flat(inner, depth + 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _flat(inner, depth + 1)
    else:
        yield from _of_array(value, depth)


def _of_array(value: Any, depth: int) -> Iterator[float | str | None]:
    """Yield the values of arrays, series, tables and tensors, by what they can do."""
    for name in ("numpy", "to_numpy"):
        if callable(getattr(value, name, None)):
            value = getattr(value, name)()
            break
    if callable(getattr(value, "tolist", None)):
        yield from _flat(value.tolist(), depth + 1)
    else:
        yield None


if __name__ == "__main__":
    if sys.argv[1:2] == ["--cells"]:
        sys.exit(_run_cells(int(sys.argv[2])))
    sys.exit(main())
