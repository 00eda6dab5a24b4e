"""Honest and forged evidence notebooks: which are taken, and what is said about the others."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.evidence.checklist import ITEMS, EvidenceReport, check_notebook

CANDIDATE = "1.5.1-rc.g0a1b2c3d"
ENVIRONMENT = "custom-tf-env"
Notebook = dict[str, Any]
Forgery = Callable[[Notebook], None]

PREDICTIONS = "Predictions: [0.4213 0.3987 0.4102]\nShape: (240, 1)\n"


def stream(text: str, name: str = "stdout") -> Notebook:
    return {"output_type": "stream", "name": name, "text": text}


def result(text: str, count: int | None = None, html: str = "") -> Notebook:
    return {
        "output_type": "execute_result",
        "execution_count": count,
        "metadata": {},
        "data": {"text/plain": text, **({"text/html": html} if html else {})},
    }


def code(source: str, *outputs: Notebook) -> Notebook:
    return {
        "cell_type": "code",
        "source": source,
        "outputs": list(outputs),
        "metadata": {},
        "execution_count": None,
    }


def notebook(*cells: Notebook | str) -> Notebook:
    """Return a notebook that was run from top to bottom; a text is a Markdown cell."""
    made = []
    count = 0
    for number, cell in enumerate(cells):
        if isinstance(cell, str):
            made.append({"cell_type": "markdown", "source": cell, "metadata": {}})
        else:
            count += 1
            cell["execution_count"] = count
            for output in cell["outputs"]:
                if output["output_type"] == "execute_result":
                    output["execution_count"] = count
            made.append(cell)
        made[-1]["id"] = f"cell-{number}"
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}


def check(content: Notebook | bytes | None, candidate: str | None = CANDIDATE) -> EvidenceReport:
    data = json.dumps(content).encode() if isinstance(content, dict) else content
    return check_notebook(data, environment=ENVIRONMENT, version="1.5.1", candidate=candidate)


def environment_cell(shown: str = f"{ENVIRONMENT}:1.5.1") -> Notebook:
    source = "import os\nprint(f\"Environment: {os.environ.get('AZUREML_ENVIRONMENT')}\")"
    return code(source, stream(f"Environment: {shown}\n"))


def seeds_notebook() -> Notebook:
    """Return the seed's example, with a model that is really loaded."""
    return notebook(
        "# Environment evidence notebook",
        environment_cell(),
        code("import mlflow\nmodel = mlflow.pyfunc.load_model('models:/sensor_model_P001_C001/5')"),
        code("import pandas as pd\ntest_data = pd.read_csv('/mnt/data/test_sample.csv')"),
        code("predictions = model.predict(test_data)"),
        code(
            'print(f"Predictions: {predictions[:10]}")\nprint(f"Shape: {predictions.shape}")',
            stream(PREDICTIONS),
        ),
        code(
            "assert predictions is not None\nassert len(predictions) > 0\n"
            'print("✅ Scoring successful")',
            stream("✅ Scoring successful\n"),
        ),
    )


ENV, MODEL, DATA, SCORE, SHOW, LAST = range(1, 7)  # the cells of the seed's notebook

LOADED = "import joblib\nmodel = joblib.load('model.joblib')"
SAMPLE = "import pandas as pd\ndf = pd.read_parquet('sample.parquet')"
SHOWN = stream(PREDICTIONS)


def honest(*cells: Notebook | str) -> Notebook:
    return notebook(environment_cell(), *cells)


def _version_3() -> Notebook:
    cells = []
    for number, cell in enumerate(seeds_notebook()["cells"][1:], start=1):
        outputs = [
            {"output_type": "stream", "stream": "stdout", "text": output["text"]}
            for output in cell["outputs"]
        ]
        cells.append(
            {
                "cell_type": "code",
                "language": "python",
                "input": cell["source"],
                "prompt_number": number,
                "collapsed": False,
                "metadata": {},
                "outputs": outputs,
            }
        )
    return {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


def _papermill() -> Notebook:
    made = seeds_notebook()
    made["metadata"]["papermill"] = {"exception": None, "version": "2.6.0"}
    for number, cell in enumerate(made["cells"]):
        cell["metadata"]["papermill"] = {
            "exception": False,
            "status": "completed",
            "start_time": f"2026-03-01T10:00:{number:02}.000000",
        }
    return made


HONEST = {
    "the seed's example": seeds_notebook(),
    "models.get, as the seed writes it": notebook(
        environment_cell(),
        code(
            "from azure.ai.ml import MLClient\nml_client = MLClient(...)\n"
            'model = ml_client.models.get(name="sensor_model_P001_C001", version="5")'
        ),
        code("import pandas as pd\ntest_data = pd.read_csv('/mnt/data/test_sample.csv')"),
        code("predictions = model.predict(test_data)"),
        code("print(predictions[:10])", stream("[0.1 0.2]\n")),
    ),
    "candidate": notebook(
        environment_cell(f"{ENVIRONMENT}:{CANDIDATE}"), *seeds_notebook()["cells"][2:]
    ),
    "papermill": _papermill(),
    "format 3": _version_3(),
    "one cell": notebook(
        code(
            "import os, joblib, pandas as pd\nprint(os.environ['ENV_ID'])\n"
            "model = joblib.load('m.pkl')\ndf = pd.read_csv('d.csv')\n"
            "p = model.predict(df)\nprint(p)",
            stream(
                f"azureml://registries/r/environments/{ENVIRONMENT}/versions/1.5.1\n[1.5 2.5]\n"
            ),
        )
    ),
    "environment asked of Azure": notebook(
        code(
            "env = ml_client.environments.get('custom-tf-env', version='1.5.1')\n"
            "env.name, env.version",
            result("('custom-tf-env', '1.5.1')"),
        ),
        *seeds_notebook()["cells"][2:],
    ),
    "environment as JSON": notebook(
        code("show_environment()", stream('{"name": "custom-tf-env", "version": "1.5.1"}\n')),
        *seeds_notebook()["cells"][2:],
    ),
    "version on its own line": notebook(
        code(
            "describe()",
            stream(
                "Name: custom-tf-env\nPython: 3.9.18\nTensorFlow version: 2.13.0\nVersion: 1.5.1\n"
            ),
        ),
        *seeds_notebook()["cells"][2:],
    ),
    "keras": honest(
        code(
            "import tensorflow as tf\nmodel = tf.keras.models.load_model('m.keras')",
            stream("2026-03-01 W0000 cuda is not there\n", "stderr"),
        ),
        code("import numpy as np\nX = np.load('windows.npy')"),
        code(
            "predictions = model.predict(X, verbose=0)\npredictions[:3]", result("array([[0.41]])")
        ),
    ),
    "called as a function": honest(
        code(
            "import torch\nmodel = torch.jit.load('m.pt')\nmodel.eval()", result("RecursiveModule")
        ),
        code(SAMPLE + "\nx = torch.tensor(df.values)"),
        code("with torch.no_grad():\n    y = model(x)\nprint(y)", stream("tensor([0.5, 0.6])\n")),
    ),
    "scoring script": honest(
        code("from src.score import init, run\ninit()"),
        code("import json\nwith open('sample.json') as f:\n    payload = json.load(f)"),
        code("out = run(json.dumps(payload))\nprint(out)", stream("[0.5, 0.7]\n")),
    ),
    "scoring script as a module": honest(
        code("import score\nscore.init()"),
        code(SAMPLE),
        code("out = score.run(df)\nout.head()", result("   prediction\n0       0.412")),
    ),
    "scoring script that reads files": honest(
        code("from src.score import init, run\ninit()", stream("Model loaded: /models\n")),
        code("predictions = run(['/mnt/data/test_sample.csv'])"),
        code("predictions.head()", result("   prediction\n0       0.412")),
    ),
    "scoring script that is told which files": honest(
        code("from src import score\nscore.init()"),
        code("from pathlib import Path\nfiles = sorted(Path('/mnt/data').glob('*.csv'))"),
        code("predictions = score.run(files)\nprint(predictions)", SHOWN),
    ),
    "scorer of the environment": honest(
        code("from src.score import load_scorer, score\nscorer = load_scorer(Path('model'))"),
        code("import pandas as pd\nreadings = pd.read_csv('/mnt/data/test_sample.csv')"),
        code("predictions = score(scorer, readings)\npredictions", result("  prediction\n0 0.4")),
    ),
    "functions": honest(
        code("import joblib\ndef load():\n    return joblib.load('model.joblib')\nmodel = load()"),
        code("def sample(path):\n    return pd.read_csv(path)\nframe = sample('x.csv')"),
        code(
            "def score_all(m, d):\n    out = m.predict(d)\n    return out\n"
            "p = score_all(model, frame)"
        ),
        code("def show(p):\n    print('first', p[:3])\nshow(p)", stream("first [0.1 0.2 0.3]\n")),
    ),
    "loop over batches": honest(
        code(LOADED),
        code(SAMPLE),
        code("out = []\nfor batch in [df[:10], df[10:]]:\n    out.append(model.predict(batch))"),
        code("import numpy as np\nnp.concatenate(out)[:5]", result("array([0.1, 0.2])")),
    ),
    "loop over models": honest(
        code(SAMPLE),
        code(
            "import joblib, glob\nfor path in glob.glob('*.joblib'):\n"
            "    model = joblib.load(path)\n"
            "    preds = model.predict(df)\n    print(path, preds[:2])",
            stream("a.joblib [0.1 0.2]\n"),
        ),
    ),
    "column of a frame": honest(
        code(LOADED),
        code(SAMPLE),
        code(
            "df['prediction'] = model.predict(df[['t', 'p']])\ndf.head()",
            result("  t  prediction\n0 1 0.5"),
        ),
    ),
    "class": honest(
        code(
            "import joblib\nclass Scorer:\n    def __init__(self, path):\n"
            "        self.model = joblib.load(path)\n    def predict(self, d):\n"
            "        return self.model.predict(d)\nscorer = Scorer('m.joblib')"
        ),
        code(SAMPLE),
        code("p = scorer.predict(df)\nprint(p)", stream("[0.5]\n")),
    ),
    "magics": honest(
        code("%load_ext autoreload\n!nvidia-smi\n" + LOADED),
        code(SAMPLE + "\ndf.head?"),
        code("%%time\npreds = model.predict(df)", stream("CPU times: 3 ms\n")),
        code("preds[:3]", result("array([0.1, 0.2, 0.3])")),
    ),
    "comments, blank cells and text": honest(
        "## Model",
        code("# the model of P001/C001\n" + LOADED),
        "## Data",
        code(SAMPLE),
        code("p = model.predict(df)\np", result("array([0.1])", html="<b>0.1</b>")),
        code("# that was all"),
    ),
    "says there is no NaN": honest(
        code(LOADED),
        code(SAMPLE),
        code(
            "p = model.predict(df)\nprint(p, np.isnan(p).sum())",
            stream("[0.1]\nNaN count: 0\nno NaN\n"),
        ),
    ),
    "labels": honest(
        code(LOADED),
        code(SAMPLE),
        code("model.predict(df)", result("array(['ok', 'ok'], dtype='<U2')")),
    ),
    "settings, options and attributes": honest(
        code(
            "import os, json, matplotlib\nos.environ['MLFLOW_TRACKING_URI'] = 'https://x.y.z'\n"
            "os.environ['HOST'] = '127.0.0.1'\nplt.rcParams['figure.dpi'] = 90\n"
            "json.dump({'run': 1}, open('settings.json', 'w'))\n" + LOADED
        ),
        code(SAMPLE + "\ndf.sample_rate = 10\nLABEL = '1.5.1'\nmodel.compile()\nmodel.eval()"),
        code("preds = model.predict(df)\npreds.score = 1\nprint(LABEL, preds)", SHOWN),
        code("preds.to_csv('predictions.csv')\njoblib.dump(preds, 'predictions.joblib')"),
    ),
    "import guarded": honest(
        code("try:\n    import ujson as json\nexcept ImportError:\n    import json\n" + LOADED),
        code(SAMPLE),
        code(
            "try:\n    p = model.predict(df)\nexcept ValueError as e:\n    log(e)\n    raise\n"
            "print(p)",
            SHOWN,
        ),
    ),
    "expected beside actual": notebook(
        code(
            f"import os\nEXPECTED = '{ENVIRONMENT}:1.5.1'\nactual = os.environ['AZUREML_ENV']\n"
            "print('expected:', EXPECTED)\nprint('actual:', actual)",
            stream(f"expected: {ENVIRONMENT}:1.5.1\nactual: {ENVIRONMENT}:1.5.1\n"),
        ),
        *seeds_notebook()["cells"][2:],
    ),
    "a heading that names the version": notebook(
        code(
            "import os\nprint('=== Evidence for 1.5.1 ===')\nprint(os.environ['AZUREML_ENV'])",
            stream(f"=== Evidence for 1.5.1 ===\n{ENVIRONMENT}:1.5.1\n"),
        ),
        *seeds_notebook()["cells"][2:],
    ),
    "asked of Azure while printing": notebook(
        code(
            f"print(ml_client.environments.get('{ENVIRONMENT}', version='1.5.1').id)",
            stream(f"/subscriptions/0/environments/{ENVIRONMENT}/versions/1.5.1\n"),
        ),
        *seeds_notebook()["cells"][2:],
    ),
    "echo of a variable": notebook(
        code("!echo $AZUREML_ARM_ENVIRONMENT", stream(f"{ENVIRONMENT}:1.5.1\n")),
        *seeds_notebook()["cells"][2:],
    ),
    "scoring script as a program": honest(
        code("MODEL_DIR = 'models/P001/5'\nSAMPLE = 'data/test_sample.csv'"),
        code(
            "import subprocess, sys\nscored = subprocess.run([sys.executable, 'src/score.py', "
            "'--model', MODEL_DIR, '--data', SAMPLE], check=True, capture_output=True, text=True)\n"
            "print(scored.stdout)",
            stream("[0.41, 0.39]\n"),
        ),
    ),
    "scoring script in the shell": honest(
        code(
            "!python src/score.py \\\n    --model models/P001 \\\n    --data sample.csv",
            stream("loaded\n[0.41, 0.39]\n"),
        ),
    ),
    "scoring driver as a program's text": honest(
        code(
            "import subprocess, sys\n"
            "text = \"from src.score import init, run; init(); print(run(['sample.csv']))\"\n"
            "print(subprocess.check_output([sys.executable, '-c', text], text=True))",
            stream("[0.41, 0.39]\n"),
        ),
    ),
    "an expression that goes on with a per cent sign": honest(
        code(LOADED),
        code(SAMPLE),
        code(
            "p = model.predict(df)\nprint('first %s'\n      % p[:3])", stream("first [0.41 0.39]\n")
        ),
    ),
    "sample of Spark": honest(
        code(LOADED),
        code("df = spark.read.csv('dbfs:/samples/test.csv', header=True).toPandas()"),
        code("model.predict(df)", result("array([0.41, 0.39])")),
    ),
    "a function that is given to another": honest(
        code(LOADED),
        code(SAMPLE),
        code("import asyncio\np = await asyncio.to_thread(model.predict, df)\nprint(p)", SHOWN),
    ),
    "noise that resembles failures": honest(
        code(
            LOADED,
            stream(
                "2026-03-01 09:12: E cuda_driver.cc:152] failed call to cuInit: INTERNAL: "
                "CUDA error: no device\nRuntimeWarning: x\nERROR: pip's resolver is slow\n",
                "stderr",
            ),
        ),
        code(SAMPLE),
        code(
            "p = model.predict(df)\nfailed = int(np.isnan(p).sum())\nprint(p, failed)",
            stream("[0.41]\npredictions failed: 0\n0 predictions failed, errors: none\n"),
        ),
    ),
    "few values, or classes, that are all the same": honest(
        code(LOADED),
        code(SAMPLE),
        code("p = model.predict(df)\nprint(p[:3], p)", stream("[0.5 0.5 0.5] [0 0 0 0 0 0]\n")),
    ),
    "methods of the notebook's own object": honest(
        code(
            "import joblib\nimport pandas as pd\nclass Check:\n    def __init__(self, m, d):\n"
            "        self.model = joblib.load(m)\n        self.data = pd.read_csv(d)\n"
            "    def go(self):\n        self.y = self.model.predict(self.data)\n"
            "    def show(self):\n        print('y', self.y[:2])\n"
            "check = Check('m.joblib', 's.csv')\ncheck.go()\ncheck.show()",
            stream("y [0.41 0.39]\n"),
        ),
    ),
    "scorer class of the environment": honest(
        code("from sensor_scoring.scorer import Scorer\nscorer = Scorer.load('models/P001')"),
        code("import h5py\nwith h5py.File('s.h5') as file:\n    x = file['windows'][:9]"),
        code("y = scorer.score(x)\ny", result("array([0.41, 0.39])")),
    ),
    "predictions shown, then checked and compared": honest(
        code(LOADED),
        code(SAMPLE),
        code("p = model.predict(df)\nprint(p)", stream("[0.41 0.39]\n")),
        code("print((p > 0).all(), 'ok' if len(p) else '')", stream("True ok\n")),
        code("print(p - old)", stream("[0. 0. 0. 0. 0. 0.]\n")),
        code("plt.plot(p)", result("[<matplotlib.lines.Line2D at 0x7f>]")),
    ),
    "variables of the environment": notebook(
        code(
            "import os\nfor key in os.environ:\n    print(key, '=', os.environ[key])",
            stream(
                f"AZUREML_ENVIRONMENT_NAME = {ENVIRONMENT}\nAZUREML_ENVIRONMENT_VERSION = 1.5.1\n"
                "MODEL_VERSION = 5.0.0\n"
            ),
        ),
        *seeds_notebook()["cells"][2:],
    ),
    "lambda": honest(
        code(LOADED),
        code(SAMPLE),
        code(
            "df.assign(y=lambda d: model.predict(d)).head(1)",
            result("     t    y\n0  80  0.4"),
        ),
    ),
    "summary that counts NaN": honest(
        code(LOADED),
        code(SAMPLE),
        code(
            "p = model.predict(df)\n{'mean': p.mean(), 'nan': int(np.isnan(p).sum())}",
            result("{'mean': 0.41, 'nan': 0}"),
        ),
    ),
    "script of the environment run by a magic": honest(
        code("%run ../src/score.py"),
        code("init()"),
        code(SAMPLE),
        code("p = run(df)\nprint(p[:2])", stream("[0.41, 0.39]\n")),
    ),
    "silenced where nothing scores": honest(
        code("%%capture\n" + LOADED),
        code("def timed(f):\n    try:\n        return f()\n    finally:\n        print('done')"),
        code("try:\n    import cupy\nexcept ImportError:\n    cupy = None\n" + SAMPLE),
        code("p = model.predict(df)\np", result("array([0.41, 0.39])")),
    ),
}


def edit(cell: int, **fields: object) -> Forgery:
    def apply(content: Notebook) -> None:
        content["cells"][cell].update(fields)

    return apply


def source(cell: int, text: str, *outputs: Notebook) -> Forgery:
    def apply(content: Notebook) -> None:
        content["cells"][cell]["source"] = text
        if outputs:
            content["cells"][cell]["outputs"] = list(outputs)

    return apply


def printed(cell: int, text: str) -> Forgery:
    return edit(cell, outputs=[stream(text)])


def without(cell: int) -> Forgery:
    def apply(content: Notebook) -> None:
        del content["cells"][cell]
        codes = [c for c in content["cells"] if c["cell_type"] == "code"]
        for number, remaining in enumerate(codes, start=1):
            remaining["execution_count"] = number

    return apply


def swapped(one: int, other: int) -> Forgery:
    def apply(content: Notebook) -> None:
        cells = content["cells"]
        cells[one], cells[other] = cells[other], cells[one]

    return apply


def meta(cell: int, **fields: object) -> Forgery:
    return edit(cell, metadata=fields)


ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "shape", "traceback": []}
TRY = "try:\n    predictions = model.predict(test_data)\nexcept Exception:\n    "
TOKEN = "ghp_" + "a1B2" * 9
SAS = "https://x.blob.core.windows.net/c/f?sv=2024&sig=" + "aB3%2F" * 8

FORGED: dict[str, tuple[Forgery, str]] = {
    "older version": (printed(ENV, f"Environment: {ENVIRONMENT}:1.5.0\n"), "environment"),
    "1.5.10": (printed(ENV, f"Environment: {ENVIRONMENT}:1.5.10\n"), "environment"),
    "11.5.1": (printed(ENV, f"Environment: {ENVIRONMENT}:11.5.1\n"), "environment"),
    "1.5.1.1": (printed(ENV, f"Environment: {ENVIRONMENT}:1.5.1.1\n"), "environment"),
    "another rc": (printed(ENV, f"{ENVIRONMENT}:1.5.1-rc.gffffffff\n"), "environment"),
    "a longer rc": (printed(ENV, f"{ENVIRONMENT}:{CANDIDATE}0\n"), "environment"),
    "a shorter rc": (printed(ENV, f"{ENVIRONMENT}:{CANDIDATE[:-1]}\n"), "environment"),
    "another environment": (printed(ENV, "Environment: other-env:1.5.1\n"), "environment"),
    "a longer name": (printed(ENV, f"my-{ENVIRONMENT}:1.5.1\n"), "environment"),
    "a longer name behind": (printed(ENV, f"{ENVIRONMENT}-gpu:1.5.1\n"), "environment"),
    "version without a name": (printed(ENV, "1.5.1\n"), "environment"),
    "none": (printed(ENV, "Environment: None\n"), "environment"),
    "version in the source only": (
        source(ENV, f"# {ENVIRONMENT}:1.5.1\nx = '{ENVIRONMENT}:1.5.1'", stream("ready\n")),
        "environment",
    ),
    "version in Markdown only": (
        lambda n: (edit(0, source=f"{ENVIRONMENT}:1.5.1")(n), printed(ENV, "ok\n")(n))[0],
        "environment",
    ),
    "version typed into print": (source(ENV, f"print('{ENVIRONMENT}:1.5.1')"), "environment"),
    "version as a bare text": (
        source(ENV, f"'{ENVIRONMENT}:1.5.1'", result(f"'{ENVIRONMENT}:1.5.1'", 1)),
        "environment",
    ),
    "two versions": (
        printed(ENV, f"{ENVIRONMENT}:1.5.1\n{ENVIRONMENT}:1.5.0\n"),
        "environment",
    ),
    "output of the environment deleted": (edit(ENV, outputs=[]), "environment"),
    "no model": (source(MODEL, "pass"), "model"),
    "model in a comment": (source(MODEL, "# model = joblib.load('m')\nmodel = object()"), "model"),
    "model in a branch never taken": (
        source(MODEL, "if False:\n    model = mlflow.pyfunc.load_model('m')"),
        "model",
    ),
    "model cell deleted": (without(MODEL), "model"),
    "model of the notebook's own": (
        source(MODEL, "class M:\n    def predict(self, x): return [0.4]\nmodel = M()"),
        "scoring",
    ),
    "loaded model replaced": (
        source(MODEL, "model = mlflow.pyfunc.load_model('m')\nmodel = Fake()"),
        "scoring",
    ),
    "no data": (source(DATA, "pass"), "data"),
    "data cell deleted": (without(DATA), "data"),
    "data typed in": (source(DATA, "test_data = [[1, 2, 3]]"), "data"),
    "data made up": (source(DATA, "import numpy as np\ntest_data = np.random.rand(9)"), "data"),
    "a file name scored by a loaded model": (
        source(SCORE, "predictions = model.predict('x.csv')"),
        "scoring",
    ),
    "scorer without data": (
        source(SCORE, "from src.score import run\npredictions = run([])"),
        "scoring",
    ),
    "a local class named like a scorer": (
        source(SCORE, "predictor = Fake()\npredictions = predictor.predict(test_data)"),
        "scoring",
    ),
    "no scoring": (source(SCORE, "pass"), "scoring"),
    "scoring in a comment": (source(SCORE, "# predictions = model.predict(test_data)"), "scoring"),
    "scoring in a text": (source(SCORE, "'predictions = model.predict(test_data)'"), "scoring"),
    "scoring never called": (
        source(SCORE, "def go():\n    return model.predict(test_data)\npredictions = [0.4]"),
        "scoring",
    ),
    "predictions typed in": (source(SCORE, "predictions = [0.4213, 0.3987]"), "scoring"),
    "predictions replaced": (
        source(SCORE, "predictions = model.predict(test_data)\npredictions = np.ones(3)"),
        "predictions",
    ),
    "predictions not shown": (source(SHOW, "print('done')", stream("done\n")), "predictions"),
    "only their number shown": (
        source(SHOW, "print(len(predictions), predictions.shape)", stream("240 (240, 1)\n")),
        "predictions",
    ),
    "predictions printed as a text": (
        source(SHOW, "print('Predictions: [0.4213 0.3987]')"),
        "predictions",
    ),
    "output of the predictions deleted": (edit(SHOW, outputs=[]), "predictions"),
    "empty predictions": (printed(SHOW, "Predictions: []\nShape: (0,)\n"), "predictions"),
    "predictions None": (printed(SHOW, "Predictions: None\n"), "predictions"),
    "NaN predictions": (printed(SHOW, "Predictions: [nan nan]\nShape: (2,)\n"), "predictions"),
    "one NaN": (printed(SHOW, "Predictions: [0.4 nan 0.5]\n"), "predictions"),
    "infinite predictions": (printed(SHOW, "Predictions: [inf 0.5]\n"), "predictions"),
    "empty frame": (printed(SHOW, "Empty DataFrame\nColumns: [p]\n"), "predictions"),
    "error output": (edit(SCORE, outputs=[ERROR]), "no_errors"),
    "raises-exception": (meta(SCORE, tags=["raises-exception"]), "no_errors"),
    "papermill failed": (
        lambda n: n["metadata"].update(papermill={"exception": True}),
        "no_errors",
    ),
    "papermill cell failed": (
        meta(SCORE, papermill={"exception": True, "status": "failed"}),
        "no_errors",
    ),
    "swallowed": (source(SCORE, TRY + "predictions = [0.4]"), "no_errors"),
    "swallowed with pass": (source(SCORE, TRY + "pass"), "no_errors"),
    "swallowed and printed": (source(SCORE, TRY + "traceback.print_exc()"), "no_errors"),
    "swallowed in a function": (
        source(
            SCORE,
            "def go():\n    try:\n        return model.predict(test_data)\n"
            "    except Exception:\n        return [0.4]\npredictions = go()",
        ),
        "no_errors",
    ),
    "swallowed around a function": (
        source(
            SCORE,
            "def go():\n    return model.predict(test_data)\ntry:\n    predictions = go()\n"
            "except Exception:\n    pass",
        ),
        "no_errors",
    ),
    "suppressed": (
        source(
            SCORE,
            "with contextlib.suppress(Exception):\n    predictions = model.predict(test_data)",
        ),
        "no_errors",
    ),
    "sys.exit": (source(LAST, "import sys\nsys.exit(0)"), "no_errors"),
    "exit": (source(LAST, "exit()"), "no_errors"),
    "SystemExit": (source(LAST, "raise SystemExit(0)"), "no_errors"),
    "os._exit": (source(LAST, "import os\nos._exit(0)"), "no_errors"),
    "traceback printed": (
        printed(LAST, "Traceback (most recent call last):\nValueError: x\n"),
        "no_errors",
    ),
    "not Python": (source(LAST, "library(keras); predictions %>% head"), "no_errors"),
    "another language that parses": (
        lambda n: n["metadata"].update(language_info={"name": "R"}),
        "no_errors",
    ),
    "cell not run": (edit(LAST, execution_count=None, outputs=[]), "executed"),
    "output without a run": (edit(SHOW, execution_count=None), "executed"),
    "gap": (edit(LAST, execution_count=9), "executed"),
    "doubled count": (edit(LAST, execution_count=5), "executed"),
    "starts late": (edit(ENV, execution_count=2), "executed"),
    "reordered": (swapped(SCORE, SHOW), "executed"),
    "output of another run": (edit(SHOW, outputs=[result("0.4", 17)]), "executed"),
    "papermill never started": (
        meta(SCORE, papermill={"status": "completed", "start_time": None}),
        "executed",
    ),
    "times out of order": (
        lambda n: (
            meta(SCORE, execution={"iopub.execute_input": "2026-03-01T10:05:00Z"})(n),
            meta(SHOW, execution={"iopub.execute_input": "2026-03-01T10:04:00Z"})(n),
        )[0],
        "executed",
    ),
    "hidden code": (meta(SCORE, jupyter={"source_hidden": True}), "executed"),
    "output without code": (edit(LAST, source="", outputs=[stream("✅")]), "executed"),
    "token": (printed(LAST, f"token {TOKEN}\n"), "no_secrets"),
    "shared access signature": (printed(LAST, f"{SAS}\n"), "no_secrets"),
    "connection string": (
        printed(LAST, f"AccountName=x;AccountKey={'A1b2' * 21}Zg==;\n"),
        "no_secrets",
    ),
    "password": (printed(LAST, "password: hunter2hunter2\n"), "no_secrets"),
    "token in HTML": (
        edit(LAST, outputs=[result("x", 6, html=f"<i>{TOKEN}</i>")]),
        "no_secrets",
    ),
    "token in the source": (source(LAST, f"token = '{TOKEN}'"), "no_secrets"),
    "version joined from parts": (
        source(ENV, f"print('{ENVIRONMENT}:' + '1.5.' + '1')"),
        "environment",
    ),
    "version in a variable": (
        source(ENV, f"v = '1.5.1'\nprint(f'{ENVIRONMENT}:{{v}}')"),
        "environment",
    ),
    "version formatted": (
        source(ENV, f"print('{{}}:{{}}'.format('{ENVIRONMENT}', '1.5.1'))"),
        "environment",
    ),
    "version formatted by per cent": (
        source(ENV, f"label = '%s:%s' % ('{ENVIRONMENT}', '1.5.1')\nprint(label)"),
        "environment",
    ),
    "version put into the environment": (
        source(
            ENV,
            f"import os\nos.environ['AZUREML_ENVIRONMENT'] = '{ENVIRONMENT}:1.5.1'\n"
            "print(os.environ['AZUREML_ENVIRONMENT'])",
        ),
        "no_errors",
    ),
    "an unseen sign in the version": (
        printed(ENV, f"{ENVIRONMENT}:1.5.1\u200b0\n"),
        "environment",
    ),
    "a letter that looks alike": (printed(ENV, "\u0441ustom-tf-env:1.5.1\n"), "environment"),
    "a digit that looks alike": (printed(ENV, f"{ENVIRONMENT}:1.5.\uff11\n"), "environment"),
    "version in HTML only": (
        edit(ENV, outputs=[result("", 1, html=f"{ENVIRONMENT}:1.5.1")]),
        "environment",
    ),
    "predict replaced": (
        source(MODEL, "model = mlflow.pyfunc.load_model('m')\nmodel.predict = lambda d: [0.4]"),
        "no_errors",
    ),
    "predict set": (
        source(
            MODEL,
            "model = mlflow.pyfunc.load_model('m')\nsetattr(model, 'predict', lambda d: [0.4])",
        ),
        "no_errors",
    ),
    "loader replaced": (
        source(
            MODEL,
            "mlflow.pyfunc.load_model = lambda p: Fake()\nmodel = mlflow.pyfunc.load_model('m')",
        ),
        "no_errors",
    ),
    "loader patched": (
        source(
            MODEL,
            "with mock.patch('joblib.load', Fake):\n    model = joblib.load('m')",
        ),
        "no_errors",
    ),
    "module replaced": (
        source(
            MODEL,
            "import sys\nsys.modules['joblib'] = Fake()\nimport joblib\nmodel = joblib.load('m')",
        ),
        "no_errors",
    ),
    "print replaced": (
        source(SHOW, "print = lambda *a: out('[0.4]')\nprint(predictions)"),
        "no_errors",
    ),
    "print defined anew": (
        source(SHOW, "def print(*a):\n    out('[0.4]')\nprint(predictions)"),
        "no_errors",
    ),
    "predictions replaced by text": (source(SHOW, "exec(code)\nprint(predictions)"), "no_errors"),
    "predictions replaced in globals": (
        source(SHOW, "globals()['predictions'] = [0.4]\nprint(predictions)"),
        "no_errors",
    ),
    "tracebacks silenced": (
        source(ENV, "get_ipython().set_custom_exc((Exception,), lambda *a: None)"),
        "no_errors",
    ),
    "model written by the notebook": (
        source(MODEL, "import joblib\njoblib.dump(Fake(), 'm')\nmodel = joblib.load('m')"),
        "no_errors",
    ),
    "sample written by the notebook": (
        source(
            DATA,
            "import pandas as pd\npd.DataFrame([[0]]).to_csv('s')\ntest_data = pd.read_csv('s')",
        ),
        "no_errors",
    ),
    "scoring behind a return": (
        source(
            SCORE,
            "def go(d):\n    return [0.4]\n    return model.predict(d)\n"
            "predictions = go(test_data)",
        ),
        "scoring",
    ),
    "model in a branch never taken, otherwise": (
        source(MODEL, "if not True:\n    model = mlflow.pyfunc.load_model('m')"),
        "model",
    ),
    "a lambda named predict": (
        source(SCORE, "predict = lambda d: [0.4]\npredictions = predict(test_data)"),
        "scoring",
    ),
    "statistics of the data": (source(SCORE, "predictions = test_data.mean()"), "scoring"),
    "chance": (source(SCORE, "predictions = np.random.rand(240)"), "scoring"),
    "NaN before a carriage return": (
        printed(SHOW, "Predictions: [nan]\rPredictions: [0.4]\n"),
        "predictions",
    ),
    "an error without a name": (edit(SCORE, outputs=[{**ERROR, "ename": ""}]), "no_errors"),
    "a count that is true": (edit(ENV, execution_count=True), "executed"),
    "a count in text": (edit(SCORE, execution_count="4"), "executed"),
    "a model in a raw cell": (edit(MODEL, cell_type="raw"), "model"),
    "a version that goes on": (printed(ENV, f"{ENVIRONMENT}:1.5.1_old\n"), "environment"),
    "a version that goes on with a sign": (printed(ENV, f"{ENVIRONMENT}:1.5.1~b\n"), "environment"),
    "a version that goes on in other digits": (
        printed(ENV, f"{ENVIRONMENT}:1.5.1\uff10\n"),
        "environment",
    ),
    "an unseen sign in the name": (printed(ENV, "cus\u200btom-tf-env:1.5.1\n"), "environment"),
    "an unseen sign between digits": (
        printed(ENV, f"{ENVIRONMENT}:1.5.\u00ad1\n"),
        "environment",
    ),
    "version typed into echo": (source(ENV, f"!echo {ENVIRONMENT}:1.5.1"), "environment"),
    "version typed into a shell cell": (
        source(ENV, f"%%bash\nexport E={ENVIRONMENT}:1.5.1\necho $E"),
        "environment",
    ),
    "version typed into an object": (
        source(ENV, f"e = Environment(name='{ENVIRONMENT}', version='1.5.1')\nprint(e.version)"),
        "environment",
    ),
    "version typed into a function": (
        source(ENV, f"def version():\n    return '{ENVIRONMENT}:1.5.1'\nprint(version())"),
        "environment",
    ),
    "expected version twice": (
        source(
            ENV,
            f"for _ in (1, 2):\n    print('expected {ENVIRONMENT}:1.5.1')",
            stream(f"expected {ENVIRONMENT}:1.5.1\nexpected {ENVIRONMENT}:1.5.1\n"),
        ),
        "environment",
    ),
    "version in parts of a tuple": (
        source(ENV, f"n, v = '{ENVIRONMENT}', '1.5.1'\nprint(f'{{n}}:{{v}}')"),
        "environment",
    ),
    "version made of numbers": (
        source(ENV, f"print(f'{ENVIRONMENT}:{{1}}.{{5}}.{{1}}')"),
        "environment",
    ),
    "version whose end is computed": (
        source(ENV, f"print('{ENVIRONMENT}:1.5.' + chr(49))"),
        "environment",
    ),
    "version added to a name": (
        source(ENV, f"s = '{ENVIRONMENT}:'\ns += '1.5.1'\nprint(s)"),
        "environment",
    ),
    "version in a loop": (
        source(ENV, f"for s in ['{ENVIRONMENT}:1.5.1']:\n    print(s)"),
        "environment",
    ),
    "version in a class": (
        source(
            ENV,
            f"class E:\n    name = '{ENVIRONMENT}'\n    version = '1.5.1'\n"
            "print(E.name, E.version)",
        ),
        "environment",
    ),
    "version that stands in for one that is not there": (
        source(ENV, f"e = os.getenv('X', '{ENVIRONMENT}:1.5.1')\nprint('Environment:', e)"),
        "environment",
    ),
    "version behind or": (
        source(ENV, f"e = os.environ.get('X') or '{ENVIRONMENT}:1.5.1'\nprint(e)"),
        "environment",
    ),
    "version parsed from a text": (
        source(ENV, f"e = json.loads('[\"{ENVIRONMENT}:1.5.1\"]')\nprint(e)"),
        "environment",
    ),
    "version written to a file": (
        source(ENV, f"%%writefile e.txt\n{ENVIRONMENT}:1.5.1"),
        "no_errors",
    ),
    "version of a model beside the name": (
        printed(ENV, f"ENVIRONMENT_NAME = {ENVIRONMENT}\nMODEL_VERSION = 1.5.1\n"),
        "environment",
    ),
    "a lambda that makes predictions up": (
        source(SCORE, "predictions = test_data.apply(lambda d: 0.4)"),
        "scoring",
    ),
    "a share of NaN": (printed(SHOW, "{'mean': 0.41, 'nan': 0.5}\n"), "predictions"),
    "a program that was not there": (
        printed(LAST, "bash: line 1: python: command not found\n"),
        "no_errors",
    ),
    "kernel killed": (source(LAST, "import signal\nsignal.raise_signal(9)"), "no_errors"),
    "kernel restarted": (source(LAST, "app.kernel.do_shutdown(True)"), "no_errors"),
    "NaN filled": (
        source(SHOW, "print(pd.Series(predictions).fillna(0.4))"),
        "predictions",
    ),
    "a picture only": (
        source(SHOW, "plt.plot(predictions)", result("<Figure size 640x480 with 1 Axes>", 5)),
        "predictions",
    ),
    "a method that makes predictions up": (
        source(
            SCORE,
            "class M:\n    def predict(self, d):\n        return [0.4]\nm = M()\n"
            "predictions = m.predict(test_data)",
        ),
        "scoring",
    ),
    "version set by a magic": (
        source(ENV, f"%env AZUREML_ARM_ENVIRONMENT={ENVIRONMENT}:1.5.1"),
        "no_errors",
    ),
    "variable of the environment set to a value": (
        source(ENV, "os.environ['AZUREML_ARM_ENVIRONMENT'] = value\nprint(os.environ)"),
        "no_errors",
    ),
    "a failure in Markdown by papermill": (
        edit(0, metadata={"tags": ["papermill-error-cell-tag"]}),
        "no_errors",
    ),
    "a traceback in colours": (
        printed(LAST, "\x1b[0;31mTraceback\x1b[0m (most recent call last)\n"),
        "no_errors",
    ),
    "an error printed as a line": (
        edit(SCORE, outputs=[stream("ValueError: Input X contains NaN.\n", "stderr")]),
        "no_errors",
    ),
    "an exit printed as a line": (edit(LAST, outputs=[stream("SystemExit: 0\n")]), "no_errors"),
    "says that it failed": (printed(LAST, "Scoring failed for 3 of 240 rows\n"), "no_errors"),
    "swallowed by a decorator": (
        source(
            SCORE,
            "def tolerant(f):\n    def g(*a):\n        try:\n            return f(*a)\n"
            "        except Exception:\n            return [0.4]\n    return g\n"
            "@tolerant\ndef go(d):\n    return model.predict(d)\npredictions = go(test_data)",
        ),
        "no_errors",
    ),
    "swallowed by a context": (
        source(
            SCORE,
            "class Quiet:\n    def __enter__(self): return self\n"
            "    def __exit__(self, *a): return True\n"
            "with Quiet():\n    predictions = model.predict(test_data)",
        ),
        "no_errors",
    ),
    "swallowed at a yield": (
        source(
            SCORE,
            "@contextmanager\ndef quiet():\n    try:\n        yield\n    except Exception:\n"
            "        pass\nwith quiet():\n    predictions = model.predict(test_data)",
        ),
        "no_errors",
    ),
    "captured": (source(SCORE, "%%capture\npredictions = model.predict(test_data)"), "no_errors"),
    "predict replaced in the object's names": (
        source(SCORE, "model.__dict__['predict'] = f\npredictions = model.predict(test_data)"),
        "no_errors",
    ),
    "scoring script written by the notebook": (
        source(MODEL, "%%writefile score.py\nprint([0.4])"),
        "model",
    ),
    "scoring script whose failure is hidden": (
        source(SHOW, "!python score.py --model m --data s.csv || true"),
        "predictions",
    ),
    "scoring script that nobody checks": (
        source(SHOW, "p = subprocess.run(['score.py', 'm.pkl', 's.csv'])\nprint(p.stdout)"),
        "predictions",
    ),
    "scoring switched off": (
        source(SCORE, "GO = False\nif GO:\n    predictions = model.predict(test_data)"),
        "scoring",
    ),
    "predictions beside a score": (
        source(SCORE, "predictions, _ = [0.4, 0.3], model.predict(test_data)"),
        "predictions",
    ),
    "predictions only asked about": (
        source(SHOW, "print('[0.4]' if predictions is not None else '')"),
        "predictions",
    ),
    "predictions behind a semicolon": (
        source(SHOW, "print('[0.4 0.3]')\npredictions;"),
        "predictions",
    ),
    "the same fraction for every row": (
        printed(SHOW, "Predictions: [0.5 0.5 0.5 0.5 0.5]\n"),
        "predictions",
    ),
    "a shell whose failure is not raised": (
        source(SCORE, "%%bash --no-raise-error\npython score.py --model m --data d.csv"),
        "scoring",
    ),
    "script of another name run by a magic": (
        source(SCORE, "%run ../src/show.py\npredictions = run(test_data)"),
        "scoring",
    ),
    "an environment that a person types": (
        source(ENV, "name = input()\nprint(name)"),
        "no_errors",
    ),
    "predictions that are all masked": (
        printed(SHOW, "masked_array(data=[--, --, --], fill_value=1e+20)\n"),
        "predictions",
    ),
    "a failure gathered as a result": (
        source(
            SCORE,
            "import asyncio\npredictions = (await asyncio.gather(\n"
            "    asyncio.to_thread(model.predict, test_data), return_exceptions=True))[0]",
        ),
        "no_errors",
    ),
    "a key named as one": (printed(LAST, "STORAGE_ACCOUNT_KEY=Ab12Cd34Ef56Gh78\n"), "no_secrets"),
    "a key of a service": (printed(LAST, f"sk-proj-{'aB3d' * 8}\n"), "no_secrets"),
}


@pytest.mark.parametrize("content", [pytest.param(c, id=name) for name, c in HONEST.items()])
def test_takes_an_honest_notebook(content: Notebook) -> None:
    report = check(content)

    assert [(item.id, item.why) for item in report.refused] == []
    assert report.decision == "complete"
    assert report.level == "claimed"


@pytest.mark.parametrize(
    ("forge", "item"),
    [pytest.param(forge, item, id=name) for name, (forge, item) in FORGED.items()],
)
def test_refuses_a_forged_notebook(forge: Forgery, item: str) -> None:
    content = copy.deepcopy(seeds_notebook())
    forge(content)

    report = check(content)

    assert item in [refused.id for refused in report.refused]
    assert report.decision == ("errors" if item == "no_errors" else report.decision)
    assert report.decision in ("incomplete", "errors")


def test_the_sample_of_this_repository_is_complete(checkout: Path) -> None:
    data = (checkout / "evidence" / "1.5.0.ipynb").read_bytes()

    report = check_notebook(data, environment=ENVIRONMENT, version="1.5.0", candidate=None)

    assert [item.why for item in report.refused] == []


def test_the_corpus_is_large_enough() -> None:
    assert len(FORGED) >= 100
    assert len(HONEST) >= 20


def test_missing_evidence_refuses_every_item() -> None:
    report = check(None)

    assert report.decision == "missing"
    assert [item.id for item in report.refused] == list(ITEMS)


def test_names_the_cell_and_what_it_raised() -> None:
    content = seeds_notebook()
    content["cells"][SCORE]["outputs"] = [ERROR]

    report = check(content)

    assert [item.why for item in report.refused] == ["Cell 5 raised ValueError."]


def test_names_the_version_that_was_shown_instead() -> None:
    content = seeds_notebook()
    printed(ENV, f"{ENVIRONMENT}:1.5.10\n")(content)

    report = check(content)

    assert report.refused[0].why == (
        f"Cell 2 shows the version 1.5.10, not {ENVIRONMENT} 1.5.1 or {CANDIDATE}."
    )


def test_a_candidate_is_worth_nothing_where_none_is_asked() -> None:
    assert check(HONEST["candidate"], candidate=None).decision == "incomplete"


@pytest.mark.parametrize(
    "name",
    ["*custom*", "", "a|b", "@team", "x" * 300],
    ids=["star", "none", "bar", "mention", "long"],
)
def test_repeats_no_hostile_environment_name(name: str) -> None:
    data = json.dumps(seeds_notebook()).encode()

    report = check_notebook(data, environment=name, version="1.5.1", candidate=None)

    assert report.items[0].passed is False
    assert not name or name not in report.items[0].why


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[" * 100_000, id="nested lists"),
        pytest.param(b'{"a":' * 5_000 + b"1" + b"}" * 5_000, id="nested mappings"),
        pytest.param(b'{"nbformat": 4, "nbformat": 4}', id="key given twice"),
        pytest.param(b'{"nbformat": ' + b"9" * 100_000 + b"}", id="huge number"),
        pytest.param(b'{"nbformat": 4, "cells": "' + b"x" * 3_000_000 + b'"}', id="too large"),
        pytest.param(b"\xff\xfe{}", id="not UTF-8"),
        pytest.param(b'{"nbformat": 4, "nbformat_minor": 5, "cells": 7}', id="wrong type"),
        pytest.param(b'{"nbformat": 3, "worksheets": [{"cells": [{}]}]}', id="broken format 3"),
        pytest.param(b'{"nbformat": 99, "cells": []}', id="format of the future"),
    ],
)
def test_refuses_what_is_no_notebook(data: bytes) -> None:
    report = check(data)

    assert report.decision == "incomplete"
    assert "cannot be read" in report.items[0].why


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(" * 5_000, id="brackets"),
        pytest.param("-" * 100_000 + "1", id="signs"),
        pytest.param("a" + ".b" * 50_000, id="attributes"),
        pytest.param("x = 1" + "0" * 100_000, id="digits"),
        pytest.param("\0", id="zero byte"),
        pytest.param("a = " + "print(" * 60 + "1" + ")" * 60, id="nested calls"),
        pytest.param(
            "\n".join(f"def f{i}():\n    f{i + 1}()\n    f{i + 1}()" for i in range(40)) + "\nf0()",
            id="calls that double",
        ),
        pytest.param("def f():\n    return f()\nf()", id="endless recursion"),
        pytest.param("s = 'x'\n" + "s = s + s\n" * 64 + "print(s)", id="text that doubles"),
    ],
)
@pytest.mark.timeout(20)
def test_survives_hostile_code(text: str) -> None:
    content = seeds_notebook()
    content["cells"][LAST]["source"] = text

    assert check(content).decision in ("complete", "incomplete", "errors")


@given(st.binary(max_size=200))
def test_never_fails_whatever_the_bytes(data: bytes) -> None:
    assert check(data).decision != "complete"


@given(st.randoms(use_true_random=False))
def test_never_fails_when_parts_of_a_notebook_are_damaged(chance: random.Random) -> None:
    content = json.dumps(seeds_notebook())
    start = chance.randrange(len(content))
    damaged = content[:start] + chance.choice(["", "null", "[]", '"x"', "{"]) + content[start + 3 :]

    report = check(damaged.encode())

    assert [item.id for item in report.items] == list(ITEMS)
