"""Requirements files that include others are judged by what they ask for together."""

from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
SPEC = 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'
MAIN, BASE = "environment/requirements.txt", "environment/base.txt"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            {MAIN: "-r base.txt\n", BASE: "numpy==1.22.0\n"},
            {MAIN: "-r base.txt\n", BASE: "numpy==1.23.0\n"},
            [("numeric_minor_raised", BASE)],
            id="a file that only its includer names as a list",
        ),
        pytest.param(
            {MAIN: "six==1.16.0\n", BASE: "numpy==1.22.0\n"},
            {MAIN: "six==1.16.0\n", BASE: "numpy==1.23.0\n"},
            [("unrecognised", BASE)],
            id="a text that nobody includes",
        ),
        pytest.param(
            {MAIN: "-r base.txt\nsix==1.16.0\n", BASE: "numpy==1.22.0\n"},
            {MAIN: "numpy==1.22.0\nsix==1.16.0\n", BASE: "numpy==1.22.0\n"},
            [("comments_changed", MAIN)],
            id="written out",
        ),
        pytest.param(
            {MAIN: "-r base.txt\n", BASE: "numpy==1.22.0\n"},
            {MAIN: "numpy==1.23.0\n", BASE: "numpy==1.22.0\n"},
            [("numeric_minor_raised", MAIN)],
            id="written out and raised",
        ),
        pytest.param(
            {MAIN: "six==1.16.0\n"},
            {MAIN: "six==1.16.0\n-r nowhere.txt\n"},
            [("pip_option_changed", MAIN)],
            id="missing",
        ),
        pytest.param(
            {MAIN: "-r base.txt\n", BASE: "numpy==1.22.0\n"},
            {MAIN: "-r base.txt\n", BASE: "-r requirements.txt\nnumpy==1.22.0\n"},
            [("could_not_analyse", BASE)],
            id="a circle",
        ),
        pytest.param(
            {MAIN: "-c base.txt\nsix\n", BASE: "six==1.15.0\n"},
            {MAIN: "-c base.txt\nsix\n", BASE: "six==1.15.0\nurllib3==2.0.0\n"},
            [("package_pinned", BASE)],
            id="a constraint installs nothing",
        ),
        pytest.param(
            {MAIN: "-c base.txt\nsix\n", BASE: "six==1.15.0\n"},
            {MAIN: "-c base.txt\nsix\n", BASE: "six==1.15.1\n"},
            [("package_patch_raised", BASE)],
            id="a constraint raised",
        ),
        pytest.param(
            {BASE: "numpy==1.22.0\n", "environment/Dockerfile": "RUN pip install -r base.txt\n"},
            {BASE: "numpy==1.23.0\n", "environment/Dockerfile": "RUN pip install -r base.txt\n"},
            [("numeric_minor_raised", BASE)],
            id="named by a Dockerfile",
        ),
        pytest.param(
            {BASE: "a\n", "environment/Dockerfile": "RUN cp -r base.txt /data\n"},
            {BASE: "a\nb\n", "environment/Dockerfile": "RUN cp -r base.txt /data\n"},
            [("unrecognised", BASE)],
            id="copied by a Dockerfile",
        ),
        pytest.param(
            {"environment/src/base.txt": "a\n", MAIN: "-r base.txt\n", BASE: ""},
            {"environment/src/base.txt": "a\nb\n", MAIN: "-r base.txt\n", BASE: ""},
            [("unrecognised", "environment/src/base.txt")],
            id="data of one name beside the code",
        ),
    ],
)
def test_judges_what_files_ask_for_together(
    before: dict[str, str],
    after: dict[str, str],
    expected: list[tuple[str, str]],
    make_tree: MakeTree,
) -> None:
    shared = {"environment/environment.yml": SPEC, "environment/Dockerfile": "FROM a:1\nCOPY . /a"}
    trees = [make_tree({**shared, **files}) for files in (before, after)]

    findings = classify(trees[0], trees[1], NoAdditions()).findings

    assert [(one.rule, one.path) for one in findings if not one.warns] == expected
