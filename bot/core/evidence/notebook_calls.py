"""What a call in a notebook does, told by its name: load a model, load data, score, or show.

Names are all that static reading has. Where a name could be either, it counts as both, and the
trace asks for two different loads.
"""

import re
from collections.abc import Iterable

from bot.core.evidence.notebook_code import is_scoring_name

MODEL = "model"
DATA = "data"
PREDICTION = "prediction"
DATA_FILE = "data file"  # the name of one: the environment's own scorer reads files itself
SPARK = "spark model"  # scores where others only prepare: in `transform`
MADE = "made up"  # numbers that were typed or drawn
TYPED_FILE = "typed file"  # a text of the notebook that is read as if it were a file
ABSENT = "absent"  # None, or nothing in it

SHOWING = frozenset(
    {"print", "display", "pprint", "pp", "info", "debug", "warning", "write", "log"}
)
MUTATING = frozenset(
    {"append", "extend", "insert", "add", "update", "setdefault", "put", "load", "load_model"}
    | {"load_weights", "load_state_dict", "set_tensor"}
)
# What is known about predictions without seeing one.
OPAQUE_CALLS = frozenset({"len", "type", "isinstance", "id", "hash", "bool", "callable", "dir"})
# What returns nothing that Jupyter would show, whatever it is given.
SILENT_CALLS = frozenset({"to_csv", "to_parquet", "to_pickle", "to_excel", "save", "savez"})
# What puts something else in the place of predictions that are no numbers.
FILLING = frozenset({"fillna", "nan_to_num", "dropna", "full_like", "zeros_like", "ones_like"})
DELAYING = frozenset({"delayed", "partial"})
# What calls the functions that it is given, and gives what they return.
HANDING = frozenset(
    {"map", "starmap", "imap", "imap_unordered", "apply", "run_in_executor", "to_thread"}
    | {"submit", "pipe"}
)
SILENT_CALLS |= {"savetxt", "dump", "append", "extend", "update"} | FILLING
OPAQUE_ATTRIBUTES = frozenset({"shape", "dtype", "dtypes", "size", "ndim", "columns", "nbytes"})

_MODEL_CALLS = frozenset({"InferenceSession", "Booster", "from_pretrained", "load_learner"})
_MODEL_CALLS |= {"Interpreter", "spark_udf"}
_MODEL_WORDS = ("model", "estimator", "predictor", "pipeline", "checkpoint", "booster", "network")
_DATA_WORDS = ("data", "sample", "csv", "frame", "features", "batch", "input", "parquet", "json")
_CLASS_LOADS = frozenset({"load", "restore", "from_file", "load_from_file"})
_DATA_CALLS = frozenset(
    {"open", "loadtxt", "genfromtxt", "fromfile", "read", "to_pandas_dataframe", "download"}
    | {"glob", "rglob", "iterdir", "listdir"}
)
_MODEL_ENDINGS = (
    *("models.get", "models.download", "saved_model.load", "transformers.pipeline"),
    "transformers.pipelines.pipeline",
)
_DATA_ENDINGS = (
    "data.get",
    "json.load",
    "json.loads",
    "h5py.File",
    "np.load",
    "numpy.load",
    "mltable.load",
)
_EITHER_MODULES = frozenset(
    {"joblib", "pickle", "cloudpickle", "dill", "torch", "skops", "statsmodels", "onnx", "spacy"}
)
_DATA_SUFFIXES = (".csv", ".parquet", ".json", ".jsonl", ".npy", ".npz", ".feather")
_SPARK_READS = re.compile(r"\bspark\.(?:read\b|table$|sql$)|\bread\.(?:csv|parquet|json|table)$")
_SCORER_WORDS = ("score", "scoring", "infer", "predict")


def loads(name: str) -> frozenset[str]:
    """Return what a call of this full name may load: MODEL, DATA, both or nothing."""
    last = name.rpartition(".")[2]
    if "random" in name:
        return frozenset()
    if "spark." in name and _loads_model(name, last):
        return frozenset({MODEL, SPARK})
    if last in _MODEL_CALLS or name.endswith(_MODEL_ENDINGS) or _loads_by_class(name, last):
        return frozenset({MODEL})
    if name.endswith(_DATA_ENDINGS) or last in _DATA_CALLS or _SPARK_READS.search(name):
        return frozenset({DATA})
    if last in {"load", "loads"} and name.partition(".")[0] in _EITHER_MODULES:
        return frozenset({MODEL, DATA})
    return _by_words(last)


def _loads_model(name: str, last: str) -> bool:
    return last == "load_model" or _loads_by_class(name, last)


def _loads_by_class(name: str, last: str) -> bool:
    """Tell whether this is `PipelineModel.load`, or the environment's scorer that gets ready."""
    owner = name.rpartition(".")[0].rpartition(".")[2]
    if last in _CLASS_LOADS and _has_word(owner, _MODEL_WORDS):
        return True
    is_class = last[:1].isupper()
    return is_environments_scorer(name) and (is_class or last == "init" or _loads_scorer(name))


def makes_up(name: str) -> bool:
    """Tell whether a call of this full name draws or lays out numbers of its own."""
    last = name.rpartition(".")[2]
    drawn = "random." in name and last not in {"choice", "permutation", "sample"}
    return drawn or last in {"linspace", "arange", "full"}


def builds_model(name: str) -> bool:
    """Tell whether a call makes a model of the text of a file."""
    return name.rpartition(".")[2].startswith("model_from_")


def names_data_file(text: str) -> bool:
    """Tell whether a text of the source is the path of a file that may hold a sample."""
    return text.lower().endswith(_DATA_SUFFIXES)


def scores(name: str) -> bool:
    """Tell whether a call of this full name is one that scores, if its model is a real one."""
    return is_scoring_name(name)


def is_environments_scorer(name: str) -> bool:
    """Tell whether the function comes from a module that scores, such as `src.score.run`."""
    module = name.rpartition(".")[0].lower()
    return any(word in module for word in _SCORER_WORDS)


def _loads_scorer(name: str) -> bool:
    """Tell whether this is `package.scorer.Scorer.load`, rather than a class of the notebook."""
    return name.count(".") > 1 and name.rpartition(".")[2].startswith("load")


def _has_word(text: str, words: Iterable[str]) -> bool:
    return any(word in text.lower() for word in words)


def _by_words(last: str) -> frozenset[str]:
    lowered = last.lower()
    has_data_word = _has_word(last, _DATA_WORDS)
    if lowered.startswith(("read_", "fetch_", "download_", "open_")):
        return frozenset({DATA})
    if lowered.startswith("load_"):
        if _has_word(last, _MODEL_WORDS):
            return frozenset({MODEL})
        return frozenset({DATA}) if has_data_word else frozenset({MODEL, DATA})
    if "dataset" in lowered or "sample" in lowered or "test_data" in lowered:
        return frozenset({DATA})
    return frozenset()
