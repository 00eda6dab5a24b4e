"""Code that moved, got a name or went where nothing can tell, and near-misses."""

from collections.abc import Callable

import pytest

Called = Callable[..., tuple[str, set[str]]]
F = "def f(a):\n    return a\n"
G = "def g(a):\n    return f(a)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(F + G, G + F, id="functions"),
        pytest.param("X = 1\n" + F, F + "X = 1\n", id="a constant behind a function"),
        pytest.param("X = [1, {'a': 2}]\nY = 2\n", "Y = 2\nX = [1, {'a': 2}]\n", id="constants"),
        pytest.param(
            F + "class A:\n    x = 1\n    def m(self):\n        return f(1)\n",
            "class A:\n    x = 1\n    def m(self):\n        return f(1)\n" + F,
            id="a class",
        ),
        pytest.param(
            F + "class E(ValueError):\n    pass\n",
            "class E(ValueError):\n    pass\n" + F,
            id="an error",
        ),
        pytest.param(F + G + "x = g(1)\n", G + F + "x = g(1)\n", id="both before the first call"),
        pytest.param(
            "class A:\n    def f(self):\n        return 1\n    def g(self):\n        return 2\n",
            "class A:\n    def g(self):\n        return 2\n    def f(self):\n        return 1\n",
            id="methods",
        ),
    ],
)
def test_definitions_in_another_order_are_a_patch(before: str, after: str, called: Called) -> None:
    assert called(before, after) == ("patch", {"definition_moved"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(F + "x = f(1)\n", "x = f(1)\n" + F, id="behind its call"),
        pytest.param(F + G + "x = g(1)\n", G + "x = g(1)\n" + F, id="behind a call of its caller"),
        pytest.param("X = 1\nx = [X]\n", "x = [X]\nX = 1\n", id="behind its use"),
        pytest.param(
            F + "def f(a):\n    return 1\n", "def f(a):\n    return 1\n" + F, id="defined twice"
        ),
        pytest.param(
            "@keep\n" + F + "@keep\ndef g():\n    return 1\n",
            "@keep\ndef g():\n    return 1\n@keep\n" + F,
            id="decorated",
        ),
        pytest.param("X = load()\nY = load(2)\n", "Y = load(2)\nX = load()\n", id="calls"),
        pytest.param(
            "def h(a=load()):\n    return a\nY = load()\n",
            "Y = load()\ndef h(a=load()):\n    return a\n",
            id="a default that is computed",
        ),
        pytest.param(
            "class A(Base):\n    pass\nx = scan()\n",
            "x = scan()\nclass A(Base):\n    pass\n",
            id="a class whose base may look",
        ),
        pytest.param(
            "X = 1\ndef s():\n    global X\n    X = 2\ns()\n",
            "def s():\n    global X\n    X = 2\ns()\nX = 1\n",
            id="written elsewhere",
        ),
        pytest.param(
            F + "@register\ndef h():\n    return f(1)\n",
            "@register\ndef h():\n    return f(1)\n" + F,
            id="behind a decorator that may call it",
        ),
        pytest.param(
            F + "if True:\n    x = f(1)\n", "if True:\n    x = f(1)\n" + F, id="behind a block"
        ),
        pytest.param(F + G + "x = dir()\n", G + F + "x = dir()\n", id="names are read"),
        pytest.param(
            "class A:\n    def f(self):\n        return 1\n    g = f\n",
            "class A:\n    g = f\n    def f(self):\n        return 1\n",
            id="a method behind its use",
        ),
        pytest.param(
            "class A(Enum):\n    def f(self):\n        pass\n    def g(self):\n        return 2\n",
            "class A(Enum):\n    def g(self):\n        return 2\n    def f(self):\n        pass\n",
            id="methods of a class with a base",
        ),
        pytest.param(
            "from math import e\nfrom numpy import e\nx = e\n",
            "from numpy import e\nfrom math import e\nx = e\n",
            id="imports of one name",
        ),
    ],
)
def test_an_order_that_may_matter_is_breaking(before: str, after: str, called: Called) -> None:
    assert called(before, after)[0] == "major"


@pytest.mark.parametrize(
    ("names", "bump"),
    [
        pytest.param(("numpy", "json", "tensorflow"), "patch", id="before a framework"),
        pytest.param(("tensorflow", "pandas", "os"), "patch", id="behind a framework"),
        pytest.param(("sklearn", "torch"), "major", id="two frameworks"),
        pytest.param(("numpy", "unknown"), "major", id="what may have effects"),
    ],
)
def test_imports_are_put_in_another_order(
    names: tuple[str, ...], bump: str, called: Called
) -> None:
    lines = [f"import {name}\n" for name in names]
    rest = f"x = {', '.join(names)}\n"

    assert called("".join(lines) + rest, "".join(lines[::-1]) + rest)[0] == bump


def test_a_constant_on_the_other_side_of_an_import_is_a_patch(called: Called) -> None:
    before, after = "import tensorflow\nX = 1\n", "X = 1\nimport tensorflow\n"

    assert called(before, after)[0] == "patch"


def test_a_file_of_ours_is_no_standard_module(called: Called) -> None:
    before, after = "import json\nimport os\nx = os\n", "import os\nx = os\n"

    assert called(before, after)[0] == "patch"
    assert called(before, after, {"src/json.py": "patch()\n"})[0] == "major"


def test_what_a_file_that_is_imported_may_import_back_keeps_its_place(called: Called) -> None:
    other = {"src/other.py": "from .score import f\nx = f(1)\n"}
    before, after = F + "from .other import x\n", "from .other import x\n" + F

    assert called(before, after, other)[0] == "major"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "def f(a):\n    return a[-24:]\n",
            "N = 24\ndef f(a):\n    return a[-N:]\n",
            id="a number",
        ),
        pytest.param(
            "def f(a):\n    return a['t']\n", "C = 't'\ndef f(a):\n    return a[C]\n", id="a text"
        ),
        pytest.param(
            "def f(a, n=24):\n    return a[n]\n",
            "N = 24\ndef f(a, n=N):\n    return a[n]\n",
            id="a default",
        ),
    ],
)
def test_a_value_that_got_a_name_is_a_patch(before: str, after: str, called: Called) -> None:
    assert called(before, after) == ("patch", {"literal_named"})


@pytest.mark.parametrize(
    "after",
    [
        pytest.param("N = 12\ndef f(a):\n    return a[-N:]\n", id="another value"),
        pytest.param("N = 24.0\ndef f(a):\n    return a[-N:]\n", id="another type"),
        pytest.param("N = 24\nN = 12\ndef f(a):\n    return a[-N:]\n", id="bound twice"),
        pytest.param("def f(a):\n    return a[-N:]\nx = f([])\nN = 24\n", id="too late"),
        pytest.param("N = int(24)\ndef f(a):\n    return a[-N:]\n", id="computed"),
        pytest.param(
            "N = 24\ndef f(a):\n    return a[-N:]\ndef s():\n    global N\n    N = 1\n",
            id="written",
        ),
    ],
)
def test_a_name_that_may_hold_something_else_is_breaking(after: str, called: Called) -> None:
    assert called("def f(a):\n    return a[-24:]\n", after)[0] == "major"


def test_a_name_that_another_file_writes_is_breaking(called: Called) -> None:
    before, after = "def f(a):\n    return a[-24:]\n", "N = 24\ndef f(a):\n    return a[-N:]\n"

    assert called(before, after, {"src/o.py": "import score\nscore.N = 1\n"})[0] == "major"


KEPT = "def g(a):\n    return a\n"


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param("def _f(a):\n    return a\n", id="a function"),
        pytest.param("_X = [1, 2]\n", id="a constant"),
        pytest.param("def _f(a):\n    return _f(a)\n", id="read by itself only"),
        pytest.param("def _f(a):\n    return _h(a)\ndef _h(a):\n    return a\n", id="a chain"),
    ],
)
def test_private_code_that_nothing_used_goes_as_a_patch(gone: str, called: Called) -> None:
    assert called(gone + KEPT, KEPT) == ("patch", {"unused_code_changed"})


@pytest.mark.parametrize(
    ("gone", "others"),
    [
        pytest.param("def f(a):\n    return a\n", {}, id="public"),
        pytest.param("_X = load()\n", {}, id="computed"),
        pytest.param("@keep\ndef _f(a):\n    return a\n", {}, id="decorated"),
        pytest.param("class _A:\n    pass\n", {}, id="a class"),
        pytest.param(
            "def _f(a):\n    return a\n", {"src/o.py": "from .score import _f\n"}, id="imported"
        ),
        pytest.param(
            "def _f(a):\n    return a\n",
            {"src/o.py": "import score\nscore._f(1)\n"},
            id="called elsewhere",
        ),
        pytest.param(
            "def _f(a):\n    return a\n", {"run.yml": "entry: score:_f\n"}, id="in a setting"
        ),
        pytest.param("def _f(a):\n    return a\nx = '_f'\n", {}, id="in a text"),
        pytest.param("def _f(a):\n    return a\nx = globals()\n", {}, id="names are read"),
    ],
)
def test_private_code_that_may_be_used_is_breaking(
    gone: str, others: dict[str, str], called: Called
) -> None:
    rest = gone.partition("x = ")
    after = rest[1] + rest[2] + KEPT

    assert called(gone + KEPT, after, others)[0] == "major"


@pytest.mark.parametrize(
    ("unused", "use"),
    [
        ("from sklearn import metrics", "import sklearn\nx = sklearn.metrics.r2_score\n"),
        ("from sklearn.metrics import r2_score", "import sklearn\nx = sklearn.metrics.mse\n"),
        ("import scipy.signal as s", "import scipy\nx = scipy.signal.medfilt\n"),
        ("from logging import handlers", "import logging as l\nx = l.handlers.X\n"),
        ("from collections import abc", "import collections\nx = collections.abc.Sized\n"),
    ],
)
def test_an_import_stays_where_code_reaches_its_module_by_the_package(
    unused: str, use: str, called: Called
) -> None:
    assert called(f"{unused}\n{use}", use)[0] == "major"
    assert called(f"{unused}\nx = 1\n", "x = 1\n")[0] == "patch"


def test_an_import_that_enables_an_experiment_is_used(called: Called) -> None:
    enabled = "from sklearn.experimental import enable_iterative_imputer\n"

    assert called(enabled + "x = 1\n", "x = 1\n")[0] == "major"


def test_classes_of_one_module_may_be_imported_in_any_order(called: Called) -> None:
    assert called("from a import B, C, d\n", "from a import C, B, d\n")[0] == "patch"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("from a import b, c\n", "from a import c, b\n", id="modules"),
        pytest.param("from a import B, C as B\n", "from a import C as B, B\n", id="one name"),
        pytest.param(
            "from a import B\nfrom c import D\n", "from c import D\nfrom a import B\n", id="two"
        ),
    ],
)
def test_the_order_of_imports_that_may_matter_is_breaking(
    before: str, after: str, called: Called
) -> None:
    assert called(before, after)[0] == "major"


def test_methods_stay_where_another_file_lists_them(called: Called) -> None:
    methods = ("    def a(self):\n        return 1\n", "    def b(self):\n        return 2\n")
    before, after = ("class C:\n" + "".join(order) for order in (methods, methods[::-1]))

    assert called(before, after)[0] == "patch"
    assert called(before, after, {"src/other.py": "K = list(C.__dict__)\n"})[0] == "major"


@pytest.mark.parametrize(
    ("before", "after", "bump"),
    [
        pytest.param("from a import B, C", "from a import B", "patch", id="one of two classes"),
        pytest.param("from a import B, c", "from a import B", "major", id="perhaps a module"),
        pytest.param("from a import C", "import a", "major", id="the only class"),
        pytest.param("from a import B", "from a import B, C", "major", id="new and may be absent"),
    ],
)
def test_an_unused_class_goes_where_its_module_is_imported_anyhow(
    before: str, after: str, bump: str, called: Called
) -> None:
    assert called(f"{before}\nx = 1\n", f"{after}\nx = 1\n")[0] == bump
