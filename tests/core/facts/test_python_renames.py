"""Names that were changed everywhere they stand, and those that something else may see."""

from collections.abc import Callable

import pytest

Called = Callable[..., tuple[str, set[str]]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x = a\n    return x, b", "y = a\n    return y, b", id="a variable"),
        pytest.param("for x in a:\n        b(x)", "for row in a:\n        b(row)", id="of a loop"),
        pytest.param("return [x for x in a]", "return [row for row in a]", id="of a comprehension"),
        pytest.param(
            "x = [x for x in a]\n    return x",
            "y = [x for x in a]\n    return y",
            id="one of two of the same name",
        ),
        pytest.param(
            "try:\n        b()\n    except E as e:\n        b(e)",
            "try:\n        b()\n    except E as error:\n        b(error)",
            id="of an exception",
        ),
        pytest.param(
            "with b() as f:\n        return f.read()",
            "with b() as handle:\n        return handle.read()",
            id="of a with",
        ),
        pytest.param(
            "return sorted(a, key=lambda x: x[1])",
            "return sorted(a, key=lambda pair: pair[1])",
            id="of a lambda",
        ),
        pytest.param("x, y = a\n    return y, x", "y, x = a\n    return x, y", id="two swapped"),
        pytest.param(
            "x = a\n    def inner(c):\n        return c + x\n    return inner",
            "y = a\n    def inner(c):\n        return c + y\n    return inner",
            id="seen by an inner function",
        ),
        pytest.param(
            "return [y for x in a for y in x]", "return [x for y in a for x in y]", id="nested"
        ),
        pytest.param(
            "return any((m := x) for x in a) and m",
            "return any((n := x) for x in a) and n",
            id="a walrus in a comprehension",
        ),
        pytest.param("x = a\n    del x", "y = a\n    del y", id="deleted"),
        pytest.param(
            "x = a\n    return x.query('b > 1')",
            "y = a\n    return y.query('b > 1')",
            id="beside a query of columns",
        ),
    ],
)
def test_a_variable_with_another_name_is_a_patch(before: str, after: str, called: Called) -> None:
    texts = [f"def f(a, b):\n    {body}\n" for body in (before, after)]

    assert called(texts[0], texts[1]) == ("patch", {"local_renamed"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "x = 1\n    return G + x", "G = 1\n    return G + G", id="onto a global that it reads"
        ),
        pytest.param(
            "x = 1\n    return len(a) + x", "len = 1\n    return len(a) + len", id="onto a builtin"
        ),
        pytest.param("x = b\n    return a, x", "a = b\n    return a, a", id="onto a parameter"),
        pytest.param("x = 1\n    return x", "y = 1\n    return x", id="not everywhere"),
        pytest.param(
            "x = 1\n    y = 2\n    return x", "x = 1\n    y = 2\n    return y", id="to another"
        ),
        pytest.param(
            "x, y = a\n    return x - y", "x, y = a\n    return y - x", id="one side of two swapped"
        ),
        pytest.param(
            "x = 1\n    y = 2\n    return x, y",
            "x = 1\n    x = 2\n    return x, x",
            id="two into one",
        ),
        pytest.param(
            "x = 1\n    return [x for y in a]", "y = 1\n    return [y for y in a]", id="captured"
        ),
        pytest.param(
            "x = 1\n    return lambda y: x", "y = 1\n    return lambda y: y", id="by a lambda"
        ),
        pytest.param(
            "x = 1\n    return locals()", "y = 1\n    return locals()", id="locals are read"
        ),
        pytest.param(
            "x = 1\n    return eval('x')", "y = 1\n    return eval('x')", id="text is evaluated"
        ),
        pytest.param(
            "x = 1\n    return a.query('c > @x')",
            "y = 1\n    return a.query('c > @x')",
            id="a query reads it",
        ),
        pytest.param(
            "x = 1\n    return a.query(b)", "y = 1\n    return a.query(b)", id="an unknown query"
        ),
        pytest.param(
            "x = 1\n    return f'{x=}'", "y = 1\n    return f'{y=}'", id="an f-string shows it"
        ),
        pytest.param(
            "global x\n    x = 1\n    return x", "global y\n    y = 1\n    return y", id="global"
        ),
        pytest.param(
            "x = 1\n    def inner():\n        nonlocal x\n        x = 2\n    return inner",
            "y = 1\n    def inner():\n        nonlocal y\n        y = 2\n    return inner",
            id="nonlocal",
        ),
        pytest.param(
            "class C:\n        x = 1\n    return C",
            "class C:\n        y = 1\n    return C",
            id="class",
        ),
        pytest.param(
            "def inner(c):\n        return c\n    return inner",
            "def inner(d):\n        return d\n    return inner",
            id="a parameter of an inner function",
        ),
        pytest.param("return a(x=1)", "return a(y=1)", id="a keyword"),
        pytest.param("return a.x", "return a.y", id="an attribute"),
        pytest.param(
            "g = lambda x: x\n    return g(x=1)",
            "g = lambda y: y\n    return g(x=1)",
            id="a lambda called by keyword",
        ),
        pytest.param(
            "import os\n    return os", "import os as o\n    return o", id="an import inside"
        ),
    ],
)
def test_another_name_that_means_something_else_is_breaking(
    before: str, after: str, called: Called
) -> None:
    texts = [f"G = load()\ndef f(a, b):\n    {body}\n" for body in (before, after)]

    assert called(texts[0], texts[1])[0] == "major"


@pytest.mark.parametrize("package", ["numexpr", "duckdb", "inspect", "statsmodels.formula.api"])
def test_where_a_package_reads_variables_by_name_none_is_renamed(
    package: str, called: Called
) -> None:
    texts = [f"import {package}\ndef f(a):\n    {x} = a\n    return {x}, {x}\n" for x in "xy"]

    assert called(texts[0], texts[1])[0] == "major"


def test_a_parameter_keeps_its_name(called: Called) -> None:
    assert called("def f(a):\n    return a\n", "def f(b):\n    return b\n")[0] == "major"


PRIVATE = "def _f(a):\n    return a\n\n\ndef g(x):\n    return {call}\n"


def test_a_parameter_of_a_private_function_called_by_position_is_renamed(called: Called) -> None:
    before = PRIVATE.format(call="_f(x)")

    assert called(before, before.replace("(a)", "(b)").replace("return a", "return b")) == (
        "patch",
        {"local_renamed"},
    )


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("_f(a=x)", id="by keyword"),
        pytest.param("_f(**x)", id="by keywords"),
        pytest.param("map(_f, x)", id="handed on"),
        pytest.param("_f", id="returned"),
    ],
)
def test_a_parameter_that_may_be_given_by_name_keeps_it(call: str, called: Called) -> None:
    before = PRIVATE.format(call=call)

    after = before.replace("def _f(a)", "def _f(b)").replace("return a", "return b")

    assert called(before, after)[0] == "major"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "def _f(a):\n    return a\ndef g(x):\n    return _f(x)\n",
            "def _g(a):\n    return a\ndef g(x):\n    return _g(x)\n",
            id="a function",
        ),
        pytest.param(
            "_X = load()\ndef g(x):\n    return x + _X\n",
            "_Y = load()\ndef g(x):\n    return x + _Y\n",
            id="a constant",
        ),
    ],
)
def test_a_private_name_that_nothing_else_knows_is_renamed(
    before: str, after: str, called: Called
) -> None:
    assert called(before, after) == ("patch", {"private_renamed"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "def _f(a):\n    return a\nx = {'f': _f}\n",
            "def _g(a):\n    return a\nx = {'f': _g}\n",
            id="a function kept as a value",
        ),
        pytest.param(
            "def _f(a):\n    return a\nx = _f(1), '_f'\n",
            "def _g(a):\n    return a\nx = _g(1), '_f'\n",
            id="a text holds it",
        ),
        pytest.param(
            "def _f(a):\n    return a\nx = _f(1)\n",
            "def _g(a):\n    return a\nx = _f(1)\n",
            id="a call",
        ),
        pytest.param(
            "_g = 1\ndef _f(a):\n    return a\nx = _f(1)\n",
            "_g = 1\ndef _g(a):\n    return a\nx = _g(1)\n",
            id="onto a name in use",
        ),
        pytest.param(
            "@keep\ndef _f(a):\n    return a\nx = _f(1)\n",
            "@keep\ndef _g(a):\n    return a\nx = _g(1)\n",
            id="decorated",
        ),
        pytest.param(
            "def _f(a):\n    return a\nx = globals()\n",
            "def _g(a):\n    return a\nx = globals()\n",
            id="names are read",
        ),
        pytest.param("class _A:\n    pass\n", "class _B:\n    pass\n", id="a class"),
        pytest.param(
            "def f(a):\n    return a\nx = f(1)\n",
            "def g(a):\n    return a\nx = g(1)\n",
            id="a public function",
        ),
    ],
)
def test_a_name_that_something_may_know_keeps_it(before: str, after: str, called: Called) -> None:
    assert called(before, after)[0] == "major"


@pytest.mark.parametrize(
    "other", ["from .score import _f\n", "# _f of score\n", "import score\nscore._f(1)\n"]
)
def test_a_private_name_in_another_file_keeps_it(other: str, called: Called) -> None:
    before = "def _f(a):\n    return a\nx = _f(1)\n"

    assert called(before, before.replace("_f", "_g"), {"src/other.py": other})[0] == "major"
