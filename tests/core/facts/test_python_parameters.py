"""Optional parameters that change nothing where they are not given, and near-misses."""

from collections.abc import Callable

import pytest

Called = Callable[..., tuple[str, set[str]]]
BEFORE = "def f(a):\n    return a * 0.5\n"


@pytest.mark.parametrize(
    "after",
    [
        pytest.param("def f(a, n=1):\n    return a * 0.5\n", id="not used"),
        pytest.param("def f(a, n=0.5):\n    return a * n\n", id="for a value"),
        pytest.param("def f(a, *, n=0.5):\n    return a * n\n", id="by keyword only"),
        pytest.param("def f(a, n=0.5, m=None):\n    return a * n\n", id="two"),
        pytest.param("N = 0.5\ndef f(a, n=N):\n    return a * n\n", id="a constant"),
        pytest.param("def f(a, n: float = 0.5) -> float:\n    return a * n\n", id="annotated"),
        pytest.param(
            "def f(a, n=None):\n    if n is not None:\n        a = a + n\n    return a * 0.5\n",
            id="a block that is skipped",
        ),
        pytest.param(
            "def f(a, n=False):\n    if n:\n        raise ValueError\n    return a * 0.5\n",
            id="a flag",
        ),
        pytest.param(
            "def f(a, n=1):\n    if not n:\n        return n\n    else:\n        return a * 0.5\n",
            id="the other branch",
        ),
        pytest.param(
            "def f(a, n=None):\n    return a * (0.5 if n is None else n)\n", id="an expression"
        ),
        pytest.param(
            "def f(a, n='mean'):\n    if n == 'last':\n        a = a[-1]\n    return a * 0.5\n",
            id="a mode",
        ),
        pytest.param(
            "def f(a, n=0):\n    if n > 0 and g(a):\n        a = n\n    return a * 0.5\n", id="and"
        ),
    ],
)
def test_an_optional_parameter_at_the_end_is_minor(after: str, called: Called) -> None:
    bump, rules = called(BEFORE, after)

    assert (bump, "optional_parameter_added" in rules) == ("minor", True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(BEFORE, "def f(a, n):\n    return a * 0.5\n", id="required"),
        pytest.param(BEFORE, "def f(n=1, a=2):\n    return a * 0.5\n", id="in front"),
        pytest.param(BEFORE, "def f(a, n=0.7):\n    return a * n\n", id="another default"),
        pytest.param(BEFORE, "def f(a, n=load()):\n    return a * 0.5\n", id="a computed default"),
        pytest.param(BEFORE, "def f(a, n=[]):\n    return a * 0.5\n", id="a default that changes"),
        pytest.param(BEFORE, "def f(a, n=N):\n    return a * n\nN = 0.5\n", id="a later default"),
        pytest.param(BEFORE, "def f(a, n=1):\n    return a * 0.5 * n\n", id="one factor more"),
        pytest.param(BEFORE, "def f(a, *n):\n    return a * 0.5\n", id="any number"),
        pytest.param(BEFORE, "def f(a, **n):\n    return a * 0.5\n", id="any keyword"),
        pytest.param(
            BEFORE,
            "def f(a, n=1):\n    if n:\n        a = 0\n    return a * 0.5\n",
            id="a block that runs",
        ),
        pytest.param(
            BEFORE,
            "def f(a, n=None):\n    if n != 1:\n        a = 0\n    return a * 0.5\n",
            id="a comparison of sorts",
        ),
        pytest.param(
            BEFORE,
            "def f(a, n=None):\n    if n or g(a):\n        a = 0\n    return a * 0.5\n",
            id="or",
        ),
        pytest.param(
            BEFORE,
            "def f(a, n=None):\n    if n:\n        yield 1\n    return a * 0.5\n",
            id="that makes a generator",
        ),
        pytest.param(
            "def f(a):\n    return a * S\n",
            "def f(a, n=None):\n    if n:\n        S = n\n    return a * S\n",
            id="that makes a global a variable",
        ),
        pytest.param(
            "def f(a):\n    return [S for S in a], S\n",
            "def f(a, n=None):\n    if n:\n        S = n\n    return [S for S in a], S\n",
            id="beside a comprehension of that name",
        ),
        pytest.param(
            "def f(a):\n    return a * n\n",
            "def f(a, n=0.5):\n    return a * n\n",
            id="hides a global",
        ),
        pytest.param(
            "def f(a):\n    return locals()\n", "def f(a, n=1):\n    return locals()\n", id="locals"
        ),
        pytest.param(
            "def f(*a):\n    return a\n", "def f(n=1, *a):\n    return a\n", id="before any number"
        ),
        pytest.param(
            "def f(**a):\n    return a\n",
            "def f(n=1, **a):\n    return a\n",
            id="before any keyword",
        ),
        pytest.param(
            "def f(**a):\n    return a\n",
            "def f(*, n=1, **a):\n    return a\n",
            id="out of keywords",
        ),
        pytest.param(
            "@keep\ndef f(a):\n    return a\n",
            "@keep\ndef f(a, n=1):\n    return a\n",
            id="decorated",
        ),
        pytest.param(
            BEFORE + "x = serve(f)\n",
            "def f(a, n=1):\n    return a * 0.5\nx = serve(f)\n",
            id="handed on",
        ),
        pytest.param(
            "import inspect\n" + BEFORE,
            "import inspect\ndef f(a, n=1):\n    return a * 0.5\n",
            id="signatures are read",
        ),
        pytest.param(
            "def run(a):\n    return a\n",
            "def run(a, n=1):\n    return a\n",
            id="a hook of the host",
        ),
        pytest.param(
            "class A(Layer):\n    def call(self, a):\n        return a\n",
            "class A(Layer):\n    def call(self, a, training=None):\n        return a\n",
            id="a method whose class has a base",
        ),
        pytest.param(
            BEFORE + "def g(a):\n    return f(a)\n",
            "def f(a, n=0.5):\n    return a * n\ndef g(a):\n    return f(a, 0.7)\n",
            id="given by a caller",
        ),
    ],
)
def test_a_parameter_that_may_matter_is_breaking(before: str, after: str, called: Called) -> None:
    assert called(before, after)[0] == "major"


def test_a_function_that_another_file_hands_on_keeps_its_parameters(called: Called) -> None:
    other = {"src/o.py": "from .score import f\nx = serve(f)\n"}

    assert called(BEFORE, "def f(a, n=1):\n    return a * 0.5\n", other)[0] == "major"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "b = f(a)\n    return b, b",
            "start = time.time()\n    b = f(a)\n    took = round(time.time() - start, 2)\n"
            "    logger.info('%s ms', took * 1000)\n    return b, b",
            id="how long it took",
        ),
        pytest.param(
            "b = f(a)\n    return b, b",
            "rows = len(a)\n    b = f(a)\n    print(f'{rows - len(b)} less')\n    return b, b",
            id="how many there were",
        ),
        pytest.param(
            "try:\n        f(a)\n    except OSError:\n        pass",
            "try:\n        f(a)\n    except OSError as error:\n        logger.warning('%s', error)",
            id="which exception it was",
        ),
    ],
)
def test_a_measure_that_is_only_logged_is_a_patch(before: str, after: str, called: Called) -> None:
    head = "import logging\nimport time\nlogger = logging.getLogger()\nx = time.time()\n"
    texts = [f"{head}def g(a):\n    {body}\n" for body in (before, after)]

    assert called(texts[0], texts[1])[0] == "patch"


@pytest.mark.parametrize(
    "after",
    [
        pytest.param("n = next(a)\n    print(n)", id="a value taken with effect"),
        pytest.param("n = len(a)\n    print(n)\n    a = n", id="used as well"),
        pytest.param("n = a[0]\n    print(n)", id="a subscript"),
        pytest.param("n = len(a)\n    print(n / 0)", id="a division by nothing"),
        pytest.param("n = 'a'\n    print(n - len(a))", id="a text less a number"),
        pytest.param("n = len(a)\n    n = 'a'\n    print(n + 1)", id="not always a number"),
        pytest.param("print(n)\n    n = len(a)", id="before it has a value"),
        pytest.param("if a:\n        n = 1\n    print(n)", id="with a value only sometimes"),
        pytest.param("global n\n    n = len(a)\n    print(n)", id="a global"),
        pytest.param("n = 1\n    print(n)\n    a.query(b)", id="where variables are read by name"),
        pytest.param("class A:\n        n = 1\n        print(n)", id="of a class"),
    ],
)
def test_a_measure_that_does_more_is_breaking(after: str, called: Called) -> None:
    texts = [
        f"def g(a, b):\n    {body}\n    return a, b\n" for body in ("f(a)", f"f(a)\n    {after}")
    ]

    assert called(texts[0], texts[1])[0] == "major"
