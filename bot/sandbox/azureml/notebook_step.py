"""A step that runs a notebook, by the script: every cell gives again what it gave its author."""

import copy
import hashlib
import itertools
import json
from fnmatch import fnmatchcase

from bot.sandbox.azureml import timeline
from bot.sandbox.azureml.exchange import Json
from bot.sandbox.azureml.program import Program, Ran
from bot.sandbox.azureml.store import Store

NOTEBOOK_OUTPUT = "evidence"
_PREDICTIONS = [21.4, 21.6, 21.9]


def scripted_notebook(store: Store, program: Program, version: str) -> Ran:
    """Return how the notebook of the step's code ends in an environment of this version.

    Its first cell raises where `failing_notebooks` has a pattern of the version.
    """
    data = _file(store, program, "notebook.ipynb")
    fails = any(fnmatchcase(version, one) for one in store.setting(timeline.FAILING_NOTEBOOKS, []))
    executed = _failed(json.loads(data)) if fails else json.loads(data)
    wanted = json.loads(_file(store, program, "run.json"))["predictions"]
    words = program.command.split()
    given = {flag[2:]: word for flag, word in itertools.pairwise(words) if flag.startswith("--")}
    values = {"count": len(_PREDICTIONS), "values": _PREDICTIONS}
    result = {
        **{name: given[name] for name in ("sha", "pr", "nonce")},
        "env_digest": given["env-digest"],
        "notebook": hashlib.sha256(data).hexdigest(),
        "ended": not fails,
        "predictions": {} if fails else dict.fromkeys(wanted, values),
    }
    files = {"executed.ipynb": executed, "result.json": result}
    encoded = {name: json.dumps(content).encode() for name, content in files.items()}
    return Ran(int(fails), encoded, "scripted\n")


def _file(store: Store, program: Program, name: str) -> bytes:
    blob = store.blob(f"{program.code.rstrip('/')}/{name}")
    return blob.data if blob else b"{}"


def _failed(notebook: Json) -> Json:
    executed = copy.deepcopy(notebook)
    code = [cell for cell in executed["cells"] if cell["cell_type"] == "code"]
    for cell in code:
        cell["outputs"], cell["execution_count"] = [], None
    if code:
        error = {"ename": "RuntimeError", "evalue": "scripted", "traceback": []}
        code[0]["execution_count"] = 1
        code[0]["outputs"] = [{"output_type": "error", **error}]
    return executed
