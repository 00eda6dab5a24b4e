"""Functions written differently that run the same, and those that only look so."""

import re
from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
Judge = Callable[[str, str], tuple[str, set[str]]]
SHARED = {
    "environment/environment.yml": 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n',
    "environment/Dockerfile": "FROM a:1\nCOPY . /opt\n",
}


@pytest.fixture
def judge(make_tree: MakeTree) -> Judge:
    """Return what gives the bump and the rules of a change of `src/score.py`."""

    def judged(before: str, after: str) -> tuple[str, set[str]]:
        base, head = (
            make_tree({**SHARED, "environment/src/score.py": text}) for text in (before, after)
        )
        verdict = classify(base, head, NoAdditions())
        return verdict.required_bump, {finding.rule for finding in verdict.findings}

    return judged


def function(*lines: str, head: str = "def f(x, y):") -> str:
    return "\n    ".join([head, *lines]) + "\n"


SAME = {
    "a name for a value": (
        function("for z in y:", "    x(z, 24)", "return x"),
        function("size = 24", "for z in y:", "    x(z, size)", "return x"),
    ),
    "else after return": (
        function("if x:", "    return y", "else:", "    return x()"),
        function("if x:", "    return y", "return x()"),
    ),
    "elif after return": (
        function("if x:", "    return 1", "elif y:", "    return 2", "return 3"),
        function("if x:", "    return 1", "if y:", "    return 2", "return 3"),
    ),
    "else after raise, and more": (
        function("if x:", "    raise KeyError", "else:", "    y = 2", "return y"),
        function("if x:", "    raise KeyError", "y = 2", "return y"),
    ),
    "else after continue": (
        function("for x in y:", "    if x:", "        continue", "    else:", "        y(x)"),
        function("for x in y:", "    if x:", "        continue", "    y(x)"),
    ),
    "a name for what is returned": (
        function("return x(y)"),
        function("result = x(y)", "return result"),
    ),
    "a name inside a try": (
        function("try:", "    return x(y)", "finally:", "    y()"),
        function("try:", "    result = x(y)", "    return result", "finally:", "    y()"),
    ),
}
OTHER = {
    "else that ran": (
        function("if x:", "    y = 1", "else:", "    y = 2", "return y"),
        function("if x:", "    y = 1", "y = 2", "return y"),
    ),
    "else of a loop": (
        function("for x in y:", "    if x:", "        break", "else:", "    y()"),
        function("for x in y:", "    if x:", "        break", "y()"),
    ),
    "branches turned round": (
        function("if x:", "    return y", "return x"),
        function("if x:", "    return x", "return y"),
    ),
    "elif after no return": (
        function("if x:", "    y = 1", "elif y:", "    y = 2", "return y"),
        function("if x:", "    y = 1", "if y:", "    y = 2", "return y"),
    ),
    "a global name": (
        function("global z", "z = x(y)", "return z"),
        function("global z", "return x(y)"),
    ),
    "a name that finally reads": (
        function("try:", "    z = x(y)", "    return z", "finally:", "    y(z)"),
        function("try:", "    return x(y)", "finally:", "    y(z)"),
    ),
    "a name that an inner function reads": (
        function("def g():", "    return z", "z = x(g)", "return z"),
        function("def g():", "    return z", "return x(g)"),
    ),
    "a name that locals() shows": (
        function("z = y", "return z", "print(locals())"),
        function("return y", "print(locals())"),
    ),
    "a name assigned to twice": (
        function("z = v = x(y)", "return z"),
        function("return x(y)", "v = 1"),
    ),
    "a value that comes too late": (
        function("x(z)", "z = 24", "return z"),
        function("x(24)", "return 24"),
    ),
    "a value in a branch": (
        function("if x:", "    z = 24", "return y(z)"),
        function("return y(24)"),
    ),
    "a value that is counted on": (
        function("z = 0", "for v in y:", "    z += 1", "return x, z"),
        function("for v in y:", "    z += 1", "return x, 0"),
    ),
    "a value of a parameter": (
        function("y = 24", "return x(y)", head="def f(x, y=1):"),
        function("return x(24)", head="def f(x, y=2):"),
    ),
    "a value that can change": (
        function("z = []", "x(z)", "return z"),
        function("x([])", "return []"),
    ),
    "a decorator that reads the code": (
        "@g\n" + function("if x:", "    return y", "else:", "    return x"),
        "@g\n" + function("if x:", "    return y", "return x"),
    ),
    "a base class that reads the code": (
        "class A(B):\n  def f(x):\n    if x:\n      return 1\n    else:\n      return 2\n",
        "class A(B):\n  def f(x):\n    if x:\n      return 1\n    return 2\n",
    ),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_a_function_that_runs_the_same_is_a_patch_both_ways(
    one: str, other: str, judge: Judge
) -> None:
    assert judge(one, other) == judge(other, one) == ("patch", {"statements_rewritten"})


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER)
def test_a_function_that_only_looks_the_same_is_breaking(
    one: str, other: str, judge: Judge
) -> None:
    assert judge(one, other)[0] == judge(other, one)[0] == "major"


NOTHING = {
    "at the end": ("x()", "return None"),
    "at the end, bare": ("x()", "return"),
    "after a branch": ("if x:", "    return y", "return None"),
}


@pytest.mark.parametrize("lines", NOTHING.values(), ids=NOTHING)
def test_a_return_of_nothing_at_the_end_says_nothing(lines: tuple[str, ...], judge: Judge) -> None:
    assert judge(function(*lines[:-1]), function(*lines)) == ("patch", {"statements_rewritten"})


def test_a_return_of_nothing_in_a_branch_counts(judge: Judge) -> None:
    before = function("if x:", "    y()", "z()")
    after = function("if x:", "    y()", "    return None", "z()")

    assert judge(before, after)[0] == "major"


HANDLERS = "def f(x):\n    try:\n        x()\n    except A{}:\n        return 1\n"
READ = "    except B as e:\n        return {}\n"


@pytest.mark.parametrize(
    ("rest", "bump"),
    [
        pytest.param("", "patch", id="read nowhere"),
        pytest.param(READ.format("str(e)"), "patch", id="read where another handler binds it"),
        pytest.param(READ.format("lambda: e"), "major", id="read later"),
        pytest.param("    return e\n", "major", id="read after it"),
        pytest.param("def g():\n    return e\n", "major", id="read elsewhere"),
    ],
)
def test_the_name_of_an_exception_may_go_where_nothing_reads_it(
    rest: str, bump: str, judge: Judge
) -> None:
    assert judge(HANDLERS.format(" as e") + rest, HANDLERS.format("") + rest)[0] == bump


def test_an_exception_caught_inside_takes_the_name_with_it(judge: Judge) -> None:
    inside = (
        "    except A as e:\n        try:\n            x()\n        except B{}:\n            pass\n"
    )
    text = "def f(x):\n    try:\n        x()\n" + inside + "        return e\n"

    assert judge(text.format(" as e"), text.format(""))[0] == "major"


SUPER = "class C(B):\n    def f(self, x):\n        return {}\n"


@pytest.mark.parametrize(
    ("call", "bump"),
    [
        ("super(C, self).f(x)", "patch"),
        ("super(B, self).f(x)", "major"),
        ("super(C, x).f(x)", "major"),
        ("[super(C, self).f(y) for y in x]", "major"),
    ],
)
def test_a_call_of_super_may_leave_out_its_own_class(call: str, bump: str, judge: Judge) -> None:
    short = re.sub(r"super\(.*?\)", "super()", call)

    assert judge(SUPER.format(call), SUPER.format(short))[0] == bump


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("C = g(C)\n", id="class replaced"),
        pytest.param("def super(*_):\n    pass\n", id="super replaced"),
    ],
)
def test_a_call_of_super_stays_where_a_name_means_something_else(more: str, judge: Judge) -> None:
    long, short = (SUPER.format(f"super({a}).f(x)") for a in ("C, self", ""))

    assert judge(long + more, short + more)[0] == "major"


def test_a_call_of_super_stays_in_a_decorated_class(judge: Judge) -> None:
    long, short = ("@d\n" + SUPER.format(f"super({a}).f(x)") for a in ("C, self", ""))

    assert judge(long, short)[0] == "major"


def test_object_as_a_base_is_none(judge: Judge) -> None:
    one, other = (f"class A{base}:\n    x = 1\n" for base in ("", "(object)"))

    assert judge(one, other) == judge(other, one) == ("patch", {"source_reformatted"})
    assert judge("object = B\n" + one, "object = B\n" + other)[0] == "major"
