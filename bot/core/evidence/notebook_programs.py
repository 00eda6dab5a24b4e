"""Programs that a notebook starts, such as the environment's own scoring script."""

import ast
import re

from bot.core.evidence.notebook_magic import SHELL

STARTS = frozenset({"subprocess.run", "subprocess.check_output", "subprocess.check_call", SHELL})
_SCORER = re.compile(
    r"(?:^|[\s/\\.\"'])(?:[a-z0-9]+_)?(?:score|scoring|scorer|infer|inference|predict)(?:_[a-z0-9]+)*"
    r"(?:\.py\b|\.[a-z_]+|[ \t]+import\b|$)",
    re.IGNORECASE,
)
_DATA_FILE = re.compile(r"\.(?:csv|parquet|jsonl?|np[yz]|feather)\b", re.IGNORECASE)
_MODEL = re.compile(r"model|\binit\(\)|\.(?:joblib|pkl|keras|h5|onnx|pt)\b", re.IGNORECASE)
_HIDES = re.compile(r"\|\||2>|&>|;[ \t]*true\b|--no-raise-error|[|;][ \t]*exit\b")


def starts_scorer(name: str, call: ast.Call, said: str) -> bool:
    """Tell whether a call runs a program that scores and would fail if that did.

    Args:
        name: the full name of what is called, one of `STARTS`.
        call: the call itself.
        said: the texts among its arguments, joined by spaces.
    """
    if not _SCORER.search(said) or _HIDES.search(said):
        return False
    return name != "subprocess.run" or any(
        word.arg == "check" and isinstance(word.value, ast.Constant) and word.value.value is True
        for word in call.keywords
    )


def names_sample(said: str) -> bool:
    """Tell whether a command names a file that may hold a sample."""
    return bool(_DATA_FILE.search(said))


def names_model(said: str) -> bool:
    """Tell whether a command names a model, or has the scoring script load its own."""
    return bool(_MODEL.search(said))
