"""Functions written differently that run the same, and those that only look so."""

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
