"""Calls of `typing.cast` give back what they are given, where their type can be evaluated."""

from collections.abc import Callable

import pytest

Called = Callable[..., tuple[str, set[str]]]


def module(value: str, imports: str = "from typing import cast") -> str:
    return f"{imports}\nimport pandas as pd\n\n\ndef f(x):\n    y = {value}\n    return y\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x.y", "cast(pd.DataFrame, x.y)", id="a cast is new"),
        pytest.param("x.y", "cast('pd.Anything', x.y)", id="of a quoted type"),
        pytest.param("cast(pd.DataFrame, x.y)", "x.y", id="a cast goes"),
        pytest.param("cast(pd.DataFrame, x.y)", "cast(pd.Series, x.y)", id="to another type"),
        pytest.param("cast(pd.Own, x.y)", "cast(pd.Own, cast(int, x.y))", id="inside another one"),
    ],
)
def test_a_cast_is_an_annotation(before: str, after: str, called: Called) -> None:
    assert called(module(before), module(after)) == ("patch", {"annotation_changed"})


def test_a_cast_that_brings_its_import_is_an_annotation(called: Called) -> None:
    before = module("x.y", "import os")
    after = module("typing.cast(int, x.y)", "import os\nimport typing")
    assert called(before, after) == ("patch", {"annotation_changed"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x.y", "cast(pd.Own, x.y)", id="to a type that may not be there"),
        pytest.param("x.y", "cast(Own, x.y)", id="to a name without a value"),
        pytest.param("cast(load(), x.y)", "x.y", id="whose type has an effect"),
        pytest.param("cast(int, x.y)", "cast(int, x.z)", id="of another value"),
        pytest.param("x.y", "int(x.y)", id="that is a conversion"),
        pytest.param("x.y", "x.cast(int, x.y)", id="of an object's own"),
    ],
)
def test_what_is_no_sure_cast_is_a_break(before: str, after: str, called: Called) -> None:
    assert called(module(before), module(after))[0] == "major"


def test_a_cast_of_our_own_is_a_break(called: Called) -> None:
    imports = "from our import cast"
    others = {"src/our.py": "def cast(kind, value):\n    return kind(value)\n"}
    assert called(module("x.y", imports), module("cast(int, x.y)", imports), others)[0] == "major"
