"""Annotations that come and go unnoticed, and those that something reads or that may fail."""

from collections.abc import Callable

import pytest

Called = Callable[..., tuple[str, set[str]]]
HEAD = "from typing import Any, Callable, Dict, List, Optional, Tuple, Union\n"
HEAD += "import numpy as np\nimport pandas as pd\n\n\nclass Config:\n    pass\n\n\n"
PLAIN = "def score(model, data):\n    return model.predict(data)\n"
HINTED = "def score(model: {hint}, data):\n    return model.predict(data)\n"


@pytest.mark.parametrize(
    "hint",
    [
        "int",
        "'Model'",
        "None",
        "np.ndarray",
        "pd.DataFrame",
        "Config",
        "Any",
        "List[int]",
        "Dict[str, Any]",
        "Optional[np.ndarray]",
        "Optional['Config']",
        "Tuple[int, ...]",
        "Union[int, str, None]",
        "Callable[[int, str], float]",
        "Callable[..., Any]",
        "list[str]",
        "dict[str, list[float]]",
        "tuple[int, ...]",
        "int | None",
        "np.ndarray | list[float] | None",
    ],
)
def test_a_hint_that_surely_can_be_evaluated_comes_and_goes(hint: str, called: Called) -> None:
    hinted = HEAD + HINTED.format(hint=hint)

    assert called(HEAD + PLAIN, hinted) == ("patch", {"annotation_changed"})
    assert called(hinted, HEAD + PLAIN) == ("patch", {"annotation_changed"})


@pytest.mark.parametrize(
    "hint",
    [
        pytest.param("load()", id="a call"),
        pytest.param("(x := 1)", id="a walrus"),
        pytest.param("Missing", id="a name without value"),
        pytest.param("Late", id="a class that comes later"),
        pytest.param("np.ndarry", id="an attribute that may be missing"),
        pytest.param("model.Input", id="an attribute of something unknown"),
        pytest.param("Optional[int, str]", id="too many arguments"),
        pytest.param("Dict[str]", id="too few arguments"),
        pytest.param("Optional[1]", id="a number for a type"),
        pytest.param("Callable[int]", id="a callable without a result"),
        pytest.param("List['not a name']", id="text that is no name"),
        pytest.param("'Config' | None", id="text in a union"),
        pytest.param("None | None", id="a union of nothing"),
        pytest.param("Any | Missing", id="a union with something unknown"),
        pytest.param("int[str]", id="no generic"),
        pytest.param("{}['a']", id="a subscript of a value"),
    ],
)
def test_a_hint_that_may_fail_or_act_is_breaking(hint: str, called: Called) -> None:
    late = "\n\nclass Late:\n    pass\n"

    assert called(HEAD + PLAIN + late, HEAD + HINTED.format(hint=hint) + late)[0] == "major"


@pytest.mark.parametrize(
    ("image", "hint", "bump"),
    [
        pytest.param("python:3.8", "list[int]", "major", id="3.8 has no generic builtins"),
        pytest.param("python:3.9", "list[int]", "patch", id="3.9 has them"),
        pytest.param("python:3.9", "int | None", "major", id="3.9 has no unions"),
        pytest.param("python:3.10", "int | None", "patch", id="3.10 has them"),
        pytest.param("azureml/minimal-py38-inference", "list[int]", "major", id="py38 in a name"),
    ],
)
def test_the_environments_python_decides_what_can_be_evaluated(
    image: str, hint: str, bump: str, called: Called
) -> None:
    other = {"gpu.Dockerfile": f"FROM {image}\n"}

    found = called(PLAIN, HINTED.format(hint=hint), other)

    assert found[0] == bump


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "def f():\n    x = 1\n    return x\n",
            "def f():\n    x: int = 1\n    return x\n",
            id="of a variable",
        ),
        pytest.param("X = 1\n", "X: int = 1\n", id="of a constant"),
        pytest.param("class A:\n    x = 1\n", "class A:\n    x: int = 1\n", id="in a plain class"),
        pytest.param(
            "class A:\n    def f(self, x):\n        self.x = x\n",
            "class A:\n    def f(self, x: int) -> None:\n        self.x: int = x\n",
            id="of a method and an attribute",
        ),
        pytest.param(
            "import functools\n@functools.lru_cache\ndef f(x):\n    return x\n",
            "import functools\n@functools.lru_cache\ndef f(x: int):\n    return x\n",
            id="under a decorator that does not look",
        ),
        pytest.param(
            "def f(x):\n    return x\n",
            "from __future__ import annotations\n\n\ndef f(x: Missing[1]):\n    return x\n",
            id="never evaluated",
        ),
        pytest.param(
            "from __future__ import annotations\ndef f(x):\n    return x\n",
            "from __future__ import annotations\n"
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import torch\n"
            "def f(x: torch.Tensor):\n    return x\n",
            id="imported for checkers only",
        ),
        pytest.param(
            "def f(x):\n    return x\ny = list(map(f, []))\n",
            "def f(x: int):\n    return x\ny = list(map(f, []))\n",
            id="of a function that map calls",
        ),
    ],
)
def test_hints_in_other_places_come_and_go(before: str, after: str, called: Called) -> None:
    assert called(before, after) == ("patch", {"annotation_changed"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "from dataclasses import dataclass\n@dataclass\nclass A:\n    x = 1\n",
            "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\n",
            id="a field of a data class",
        ),
        pytest.param(
            "class A(Base):\n    x = 1\n",
            "class A(Base):\n    x: int = 1\n",
            id="a class with a base",
        ),
        pytest.param(
            "from dataclasses import dataclass\nclass A:\n    x = 1\nB = dataclass(A)\n",
            "from dataclasses import dataclass\nclass A:\n    x: int = 1\nB = dataclass(A)\n",
            id="a class handed on",
        ),
        pytest.param(
            "@checked\ndef f(x):\n    return x\n",
            "@checked\ndef f(x: int):\n    return x\n",
            id="under an unknown decorator",
        ),
        pytest.param(
            "@checked\nclass A:\n    def f(self, x):\n        return x\n",
            "@checked\nclass A:\n    def f(self, x: int):\n        return x\n",
            id="in a class under an unknown decorator",
        ),
        pytest.param(
            "def f(x):\n    return x\nserve(f)\n",
            "def f(x: int):\n    return x\nserve(f)\n",
            id="of a function handed on",
        ),
        pytest.param(
            "import typing\ndef f(x):\n    return x\nh = typing.get_type_hints(f)\n",
            "import typing\ndef f(x: int):\n    return x\nh = typing.get_type_hints(f)\n",
            id="read by name",
        ),
        pytest.param(
            "import typer\ndef f(x):\n    return x\n",
            "import typer\ndef f(x: int):\n    return x\n",
            id="where a library reads them",
        ),
        pytest.param(
            "def f():\n    return x\n",
            "def f():\n    x: int\n    return x\n",
            id="that makes a variable",
        ),
        pytest.param(
            "def f(x):\n    return x\n", "def f(x: str = 1):\n    return x\n", id="with a default"
        ),
    ],
)
def test_hints_that_something_may_read_are_breaking(
    before: str, after: str, called: Called
) -> None:
    assert called(before, after)[0] == "major"


def test_a_reader_in_another_file_counts(called: Called) -> None:
    other = {"src/tool.py": "import inspect\n\n\ndef hints(f):\n    return inspect.signature(f)\n"}

    assert called(PLAIN, HINTED.format(hint="int"), other)[0] == "major"


def test_an_evaluated_hint_that_was_lazy_before_is_looked_at_anew(called: Called) -> None:
    before = "from __future__ import annotations\n" + HINTED.format(hint="Missing")

    assert called(before, HINTED.format(hint="Missing"))[0] == "major"
