"""Names of a file that other files take, by whatever way."""

import ast

import pytest

from bot.core.facts.python.names import EVERYTHING
from bot.core.facts.python.taken_names import names_taken


@pytest.mark.parametrize(
    ("other", "taken"),
    [
        pytest.param("from src.score import f, g as h", {"f", "g"}, id="from the module"),
        pytest.param("from .score import f", {"f"}, id="from a neighbour"),
        pytest.param("from src import score\nscore.np.mean(1)", {"np"}, id="through the module"),
        pytest.param("import src.score\nsrc.score.f()", {"f"}, id="through the package"),
        pytest.param("import src.score as s\ns.f()", {"f"}, id="under another name"),
        pytest.param("from typing import Dict\nimport numpy as np", set(), id="other modules"),
        pytest.param("score = 1\nf(score)", set(), id="a variable of that name"),
    ],
)
def test_tells_which_names_are_taken(other: str, taken: set[str]) -> None:
    assert names_taken("score", [ast.parse(other)]) == taken


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("from src.score import *", id="star"),
        pytest.param("from src import score\nx = dir(score)", id="dir"),
        pytest.param("from src import score\nx = vars(score)", id="vars"),
        pytest.param("from src import score\nx = score.__dict__", id="its dictionary"),
        pytest.param("from src import score as s\nx = getattr(s, 'f')", id="getattr"),
        pytest.param("import src.score\nx = [src.score]", id="in a list"),
        pytest.param("import importlib\nx = importlib.import_module(y)", id="import by text"),
    ],
)
def test_a_file_that_looks_into_the_module_takes_everything(other: str) -> None:
    assert names_taken("score", [ast.parse(other)]) >= EVERYTHING
