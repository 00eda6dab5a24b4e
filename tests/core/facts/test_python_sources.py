import textwrap
from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

Judge = Callable[..., tuple[str, list[str]]]
MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
SPEC = 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'
SHARED = {
    "environment/environment.yml": SPEC,
    "environment/Dockerfile": "FROM a:1\nCOPY . /opt\n",
}
IMPORT = "import logging\n\nlogger = logging.getLogger(__name__)\n"


@pytest.fixture
def judge(make_tree: MakeTree) -> Judge:
    """Return what gives the class and the rules of a change of `src/score.py`."""

    def judge_change(
        before: str | bytes, after: str | bytes, *others: tuple[str, str]
    ) -> tuple[str, list[str]]:
        trees = [
            make_tree({**SHARED, **dict(others), "environment/src/score.py": text})
            for text in (before, after)
        ]
        verdict = classify(trees[0], trees[1], NoAdditions())
        return verdict.verdict, [finding.rule for finding in verdict.findings]

    return judge_change


def function(*body: str, head: str = "") -> str:
    """Return a module with one function of these lines."""
    lines = textwrap.indent("\n".join(body), "    ")
    return f"{head}def score(model, sensor_id, data):\n{lines}\n    return model.predict(data)\n"


@pytest.mark.parametrize(
    "line",
    [
        'print("scoring")',
        'print(f"scoring {sensor_id}", flush=True)',
        'print("scoring", sensor_id, sep=": ", end="")',
        'print("scoring %s" % sensor_id)',
        'print("{}: {}".format(sensor_id, len(data)))',
        'print(f"{data.shape[0]} rows, {len(data)}, {type(model).__name__}")',
        'print(f"{data!r:>10}")',
        '"""a stray text"""',
        "...",
    ],
)
def test_statements_without_effect_come_and_go(line: str, judge: Judge) -> None:
    assert judge(function(), function(line))[0] == "non-breaking"
    assert judge(function(line), function())[0] == "non-breaking"


@pytest.mark.parametrize(
    "line",
    [
        'logger.info("scoring %s", sensor_id)',
        'logger.warning(f"scoring {sensor_id}")',
        'logger.exception("failed")',
        'logger.log(logging.INFO, "scoring")',
        'logger.error("failed", exc_info=True, stacklevel=2)',
        'logging.debug("scoring %s of %s", sensor_id, data.shape)',
        "logger.setLevel(logging.DEBUG)",
        'logging.basicConfig(level=logging.INFO, format="%(message)s")',
    ],
)
def test_a_logger_with_its_setup_comes_and_goes(line: str, judge: Judge) -> None:
    found = judge(function('print("scoring")'), function(line, head=IMPORT))

    assert found == ("non-breaking", ["logging_changed"])


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("logger.info(model.fit(data))", id="a call"),
        pytest.param("logger.info(f'{data.pop()}')", id="a call inside an f-string"),
        pytest.param("logger.info((data := data * 2))", id="a walrus"),
        pytest.param("logger.info(data[0])", id="a subscript"),
        pytest.param("logger.info(next(data))", id="a builtin with effect"),
        pytest.param("logger.info(*data)", id="an iterator consumed"),
        pytest.param("logger.info([x for x in data])", id="a comprehension"),
        pytest.param("logger.info((yield data))", id="a yield"),
        pytest.param("logger.info(lambda: data)", id="a lambda"),
        pytest.param("logger.info(data / 2)", id="an operator"),
        pytest.param("logger.info(data == model)", id="a comparison"),
        pytest.param("logger.info(confidence)", id="a name without value"),
        pytest.param("logger.info(later)\nlater = 1", id="a name with its value later"),
        pytest.param("logger.info('%s' % (data, model))", id="a format that does not fit"),
        pytest.param("logger.info('{} {}'.format(data))", id="a format with a value less"),
        pytest.param("logger.info('x', extra={'message': 1})", id="extra"),
        pytest.param("logger.addHandler(model)", id="a handler"),
        pytest.param("logging.basicConfig(filename='log.txt')", id="a file opened"),
        pytest.param("print(data, file=model)", id="printed into something"),
        pytest.param("other.info('x')", id="no logger"),
        pytest.param("x = logger.info('x')", id="a value taken"),
        pytest.param("assert data", id="an assertion"),
    ],
)
def test_statements_that_may_have_an_effect_are_breaking(line: str, judge: Judge) -> None:
    verdict, found = judge(function(head=IMPORT), function(line, head=IMPORT))

    assert (verdict, "could_not_analyse" in found) == ("breaking", False)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("from rich import print\n\n", id="print imported"),
        pytest.param("def print(*values):\n    values[0].clear()\n\n\n", id="print defined"),
        pytest.param("from tools import *\n\n", id="anything imported"),
    ],
)
def test_a_print_that_is_not_the_builtin_is_breaking(head: str, judge: Judge) -> None:
    before, after = function(head=head), function("print(data)", head=head)

    assert judge(before, after)[0] == "breaking"


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("import logging\n\nlogger = make_logger()\n", id="made by something else"),
        pytest.param(f"{IMPORT}logger = None\n", id="bound twice"),
        pytest.param(f"{IMPORT}logger.info = print\n", id="written through"),
        pytest.param("import fake as logging\nlogger = logging.getLogger()\n", id="not logging"),
        pytest.param("logger = logging.getLogger()\nimport logging\n", id="before its import"),
    ],
)
def test_a_logger_that_may_be_something_else_is_breaking(head: str, judge: Judge) -> None:
    verdict, found = judge(function(head=head), function("logger.info('x')", head=head))

    assert (verdict, "could_not_analyse" in found) == ("breaking", False)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("if data:\n    x = 1", "if data:\n    x = 1\nprint(x)", id="if"),
        pytest.param("for x in data:\n    pass", "for x in data:\n    pass\nprint(x)", id="for"),
        pytest.param(
            "try:\n    x = 1\nexcept ValueError:\n    pass",
            "try:\n    x = 1\nexcept ValueError:\n    pass\nprint(x)",
            id="try",
        ),
        pytest.param("x = 1\ndel x", "x = 1\ndel x\nprint(x)", id="deleted"),
    ],
)
def test_a_name_that_has_a_value_only_sometimes_may_not_be_logged(
    before: str, after: str, judge: Judge
) -> None:
    verdict, found = judge(function(before), function(after))

    assert (verdict, "could_not_analyse" in found) == ("breaking", False)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "if data:\n    x = 1\nelse:\n    x = 2",
            "if data:\n    x = 1\nelse:\n    x = 2\nprint(x)",
            id="both branches",
        ),
        pytest.param(
            "try:\n    x = 1\nexcept ValueError:\n    raise",
            "try:\n    x = 1\nexcept ValueError:\n    raise\nprint(x)",
            id="or raises",
        ),
        pytest.param(
            "with data as x:\n    y = 1", "with data as x:\n    y = 1\nprint(x, y)", id="with"
        ),
        pytest.param(
            "for x in data:\n    model.add(x)",
            "for x in data:\n    print(x)\n    model.add(x)",
            id="inside the loop",
        ),
        pytest.param(
            "try:\n    x = 1\nexcept ValueError as e:\n    pass",
            "try:\n    x = 1\nexcept ValueError as e:\n    print(e)",
            id="the exception",
        ),
    ],
)
def test_a_name_that_surely_has_a_value_may_be_logged(
    before: str, after: str, judge: Judge
) -> None:
    assert judge(function(before), function(after)) == ("non-breaking", ["logging_changed"])


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        pytest.param("x = 1\n", "x = (1)  # one\n", "source_reformatted", id="layout"),
        pytest.param("x = u'a'\n", "x = 'a'\n", "source_reformatted", id="prefix"),
        pytest.param("x = 'ab'\n", "x = 'a' 'b'\n", "source_reformatted", id="text in parts"),
        pytest.param(
            "def f():\n    pass\n", 'def f():\n    """F."""\n', "source_reformatted", id="docstring"
        ),
        pytest.param(
            "import os\nimport json\nx = os, json\n",
            "import json\nimport os\nx = os, json\n",
            "unused_import_changed",
            id="imports sorted",
        ),
        pytest.param(
            "import torch\nimport sklearn\nx = torch, sklearn\n",
            "import sklearn\nimport torch\nx = torch, sklearn\n",
            "statement_changed",
            id="imports with effects sorted",
        ),
        pytest.param(
            "import pandas\nx = 1\n", "x = 1\n", "unused_import_changed", id="unused import gone"
        ),
        pytest.param(
            "x = 1\n", "import pandas\nx = 1\n", "import_changed", id="unused import that may fail"
        ),
        pytest.param(
            "import pandas\nx = pandas\n",
            "import numpy\nimport pandas\nx = pandas\n",
            "unused_import_changed",
            id="numpy where pandas is",
        ),
        pytest.param(
            "try:\n    import pandas\nexcept ImportError:\n    pandas = None\n",
            "import numpy\n\ntry:\n    import pandas\nexcept ImportError:\n    pandas = None\n",
            "import_changed",
            id="numpy where pandas may be",
        ),
        pytest.param(
            "from .pandas import a\nx = a\n",
            "import numpy\nfrom .pandas import a\nx = a\n",
            "import_changed",
            id="numpy where a neighbour has a name of pandas",
        ),
        pytest.param(
            "import tensorflow_text\nx = 1\n",
            "x = 1\n",
            "import_removed",
            id="import that registers",
        ),
        pytest.param("x = 1\n", "x = 1.0\n", "constant_changed", id="int to float"),
        pytest.param("x = 1\n", "x = True\n", "constant_changed", id="int to bool"),
        pytest.param("x = a > 1\n", "x = a >= 1\n", "constant_changed", id="comparison"),
        pytest.param(
            "def f(a):\n    return 1\n",
            "def f(a, b):\n    return 1\n",
            "signature_changed",
            id="parameter",
        ),
        pytest.param(
            "def f(a=1):\n    return 1\n",
            "def f(a=2):\n    return 1\n",
            "default_changed",
            id="default",
        ),
        pytest.param(
            "def f():\n    return 1\n",
            "async def f():\n    return 1\n",
            "async_changed",
            id="async",
        ),
        pytest.param(
            "def f():\n    return 1\n",
            "@cache\ndef f():\n    return 1\n",
            "decorator_changed",
            id="decorator",
        ),
        pytest.param(
            "def f():\n    return {'a': 1}\n",
            "def f():\n    return {'b': 1}\n",
            "return_keys_changed",
            id="key",
        ),
        pytest.param("x = 1\ny = x\n", "y = x\nx = 1\n", "statement_changed", id="order"),
        pytest.param("x = 1\n", "x = 1\n__all__ = []\n", "constant_changed", id="exports"),
        pytest.param(
            '"""Doc."""\nx = __doc__\n',
            '"""Text."""\nx = __doc__\n',
            "statement_changed",
            id="docstring read",
        ),
        pytest.param("x = 1\n", "x = 1 +\n", "could_not_analyse", id="no Python"),
        pytest.param("x = 1\n", "# coding: latin-1\nx = 1\n", "odd_encoding", id="encoding"),
        pytest.param(
            "x = 1\n", "# coding: utf-8\nx = 1\n", "source_reformatted", id="encoding utf-8"
        ),
        pytest.param(
            "x = 1\n", "x = 1  # \u202e\n", "source_hides_characters", id="direction reversed"
        ),
        pytest.param("x = 1\n", b"x = '\xff'\n", "could_not_analyse", id="not UTF-8"),
        pytest.param(
            "x = 1\n", "x = " + "(" * 5000 + "1" + ")" * 5000, "could_not_analyse", id="nested"
        ),
        pytest.param("x = 1\n", "x = " + "-" * 50_000 + "1", "could_not_analyse", id="long chain"),
        pytest.param("x = 1\n", "x = 1" + "+1" * 20_000, "could_not_analyse", id="long sum"),
        pytest.param("x = 1\n", "x = 1\n" + "#" * 300_000, "could_not_analyse", id="too large"),
        pytest.param(
            "x = 1\n", "x = [" + "1," * 50_000 + "]\n", "could_not_analyse", id="much code"
        ),
        pytest.param("x = 1\n", "x = 1\0\n", "could_not_analyse", id="a zero byte"),
    ],
)
def test_judges_a_python_file(
    before: str | bytes,
    after: str | bytes,
    rule: str,
    judge: Judge,
) -> None:
    assert set(judge(before, after)[1]) == {rule}


ADDED = "\n\ndef bounds(values):\n    return min(values), max(values)\n"


@pytest.mark.parametrize(
    ("before", "addition"),
    [
        pytest.param(function(), ADDED, id="a function"),
        pytest.param(
            function(), "\n\nasync def bounds(values, width=2):\n    return width\n", id="async"
        ),
        pytest.param(
            function(), "\n\ndef bounds(values: list) -> tuple:\n    return 1\n", id="builtin types"
        ),
        pytest.param(
            function(),
            "\n\nimport math\n\n\ndef bounds(x):\n    return math.floor(x)\n",
            id="with an import",
        ),
    ],
)
def test_a_new_function_that_nothing_can_notice_is_minor(
    before: str, addition: str, judge: Judge
) -> None:
    assert judge(before, before + addition) == ("non-breaking", ["function_added"])


@pytest.mark.parametrize(
    ("before", "addition"),
    [
        pytest.param(function(), ADDED + "\n\nresult = bounds([1])\n", id="called"),
        pytest.param(
            function(), "\n\n@register\ndef bounds(values):\n    return 1\n", id="decorated"
        ),
        pytest.param(
            function(), "\n\ndef bounds(values=load()):\n    return 1\n", id="default computed"
        ),
        pytest.param(
            function(),
            "\n\ndef bounds(values: np.ndarray):\n    return 1\n",
            id="annotation evaluated",
        ),
        pytest.param(
            function("len(data)"), "\n\ndef len(values):\n    return 1\n", id="hides a builtin"
        ),
        pytest.param(function("bounds(data)"), ADDED, id="name was read before"),
        pytest.param(function() + ADDED, ADDED, id="defined twice"),
        pytest.param(function(), "\n\ndef __getattr__(name):\n    return 1\n", id="module hook"),
        pytest.param(function(), "\n\ndef init():\n    return 1\n", id="Azure ML hook"),
        pytest.param(function(), "\n\ndef input_fn(x):\n    return x\n", id="hook of a server"),
        pytest.param("from tools import *\n\n" + function(), ADDED, id="names unknown"),
    ],
)
def test_a_new_function_that_something_may_notice_is_breaking(
    before: str, addition: str, judge: Judge
) -> None:
    verdict, found = judge(before, before + addition)

    assert (verdict, "could_not_analyse" in found) == ("breaking", False)


def test_a_name_that_another_file_imports_is_not_unused(
    judge: Judge,
) -> None:
    other = ("environment/src/other.py", "from .score import json\n")

    assert judge("import json\nx = 1\n", "x = 1\n", other)[0] == "breaking"


def test_a_function_of_a_name_that_another_file_takes_by_star_is_breaking(
    judge: Judge,
) -> None:
    other = ("environment/src/other.py", "from .score import *\n")

    assert judge(function(), function() + ADDED, other)[0] == "breaking"


def test_points_at_the_statement_that_differs(make_tree: MakeTree) -> None:
    before = function("if data:", "    data = data - data.mean()")
    after = function("if data:", "    data = data - data.min()")
    trees = [make_tree({**SHARED, "environment/src/score.py": text}) for text in (before, after)]

    finding = classify(trees[0], trees[1], NoAdditions()).findings[0]

    assert (finding.path, finding.line) == ("environment/src/score.py", 3)
    assert "data = data - data.mean() → data = data - data.min()" in finding.message
