"""Texts made to be slow: each is judged in bounded time, and what is not understood is breaking."""

import time
from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
SPEC = 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'
SIZE = 60_000
SECONDS = 2.0  # CPU, for one text of at most 64 KiB


def filled(part: str) -> str:
    """Return a part repeated up to the size of a large file."""
    return part * (SIZE // len(part))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("RUN a\n" * 490, "RUN b\nRUN a\n" * 245, id="instructions in two orders"),
        pytest.param(f"RUN {filled('a;')}", f"RUN {filled('b;a;')}", id="commands in two orders"),
        pytest.param(
            f"RUN {'a;b;' * 60}\n" * 80, f"RUN {'b;a;a;' * 40}\n" * 80, id="commands of many RUN"
        ),
        pytest.param(
            f"RUN pip install {filled('a==1 ')}",
            f"RUN pip install {filled('b==1 ')}",
            id="packages",
        ),
        pytest.param(
            f"ENV A={'x' * 1900}\nRUN pip install {filled('$A ')}", "RUN a", id="variables"
        ),
        pytest.param(
            "ENV A=xxxxxxxx\n"
            + "".join(f"ENV A{'A' * n}=${'A' * n}${'A' * n}${'A' * n}\n" for n in range(1, 40)),
            "RUN a",
            id="variables that grow",
        ),
        pytest.param(f"RUN {filled('<<A ')}\n{filled('A')}", "RUN a", id="heredocs"),
        pytest.param(f"RUN {filled(chr(39))}", "RUN a", id="quotes"),
        pytest.param(f"RUN a{filled(chr(92) + chr(10))}", "RUN b", id="continuations"),
        pytest.param(
            "".join(f"ARG A{n}=1\n" for n in range(480)) + f"RUN {filled('A1 ')}",
            "".join(f"ARG A{n}=2\n" for n in range(480)) + f"RUN {filled('A1 ')}",
            id="arguments",
        ),
        pytest.param(f"FROM {filled('cuda1.')}:1", f"FROM {filled('python3.')}:2", id="image"),
    ],
)
def test_a_dockerfile_costs_a_bounded_time(before: str, after: str, make_tree: MakeTree) -> None:
    assert verdict_in_time(make_tree, "environment/Dockerfile", before, after) == "breaking"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(filled("a==1\n"), filled("b==1\n"), id="one package again and again"),
        pytest.param(f"a{filled('>=1,')}", f"a{filled('<1,')}", id="bounds"),
        pytest.param(f"a==1 {filled('--hash=x ')}", f"a==1 {filled('--hash=y ')}", id="hashes"),
        pytest.param(filled("-r x\n"), filled("-c x\n"), id="includes"),
        pytest.param(f"a; {'(' * 900}", "a; python_version > '3'", id="brackets"),
        pytest.param(f"a{filled(' ')}b", f"a{filled(' ')}c", id="spaces"),
        pytest.param(
            "".join(f"a{n}>=1,<2\n" for n in range(4000)),
            "".join(f"a{n}>=1,<3\n" for n in range(4000)),
            id="ranges",
        ),
    ],
)
def test_a_requirements_file_costs_a_bounded_time(
    before: str, after: str, make_tree: MakeTree
) -> None:
    assert verdict_in_time(make_tree, "environment/requirements.txt", before, after) == "breaking"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "".join(f"k{n}: 'dependencies: [a=1]'\n" for n in range(2000)),
            "".join(f"k{n}: 'dependencies: [a=2]'\n" for n in range(2000)),
            id="texts that hold packages",
        ),
        pytest.param(
            "".join(f"k{n}: {{a: 1}}\n" for n in range(3500)),
            "".join(f"k{n}: {{a: 2}}\n" for n in range(3500)),
            id="settings",
        ),
    ],
)
def test_a_settings_file_costs_a_bounded_time(before: str, after: str, make_tree: MakeTree) -> None:
    assert verdict_in_time(make_tree, "environment/job.yml", before, after) == "breaking"


def verdict_in_time(make_tree: MakeTree, path: str, before: str, after: str) -> str:
    shared = {"environment/environment.yml": SPEC, "environment/Dockerfile": "FROM a:1\n"}
    trees = [make_tree({**shared, path: text}) for text in (before, after)]

    started = time.process_time()
    verdict = classify(trees[0], trees[1], NoAdditions())

    assert time.process_time() - started < SECONDS
    return verdict.verdict
