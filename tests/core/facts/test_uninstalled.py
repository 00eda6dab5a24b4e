"""Lists for documentation, tests and development: a patch, unless something may install them."""

from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
SHARED = {
    "environment/environment.yml": 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n',
    "environment/Dockerfile": "FROM a:1\nCOPY . /a\nRUN pip install -r requirements.txt\n",
}
LIST = "environment/test-requirements.txt"


def judged(
    make_tree: MakeTree,
    path: str,
    texts: tuple[str, str],
    others: Mapping[str, str] | None = None,
) -> tuple[str, set[str]]:
    trees = [make_tree(SHARED | dict(others or {}) | {path: text}) for text in texts]
    verdict = classify(trees[0], trees[1], NoAdditions())
    return verdict.required_bump, {f.rule for f in verdict.findings if not f.warns}


@pytest.mark.parametrize(
    "name",
    [
        "docs-requirements.txt",
        "readthedocs_requirements.txt",
        "requirements-dev.txt",
        "requirements.lint.in",
        "test-requirements.txt",
    ],
)
def test_a_name_says_what_a_list_is_for(name: str, make_tree: MakeTree) -> None:
    found = judged(make_tree, f"environment/{name}", ("docker==6.1.3\n", "docker==7.0.0\n"))

    assert found == ("patch", {"uninstalled_package_changed"})


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "requirements-device.txt",
        "requirements-latest.txt",
        "requirements-docker.txt",
    ],
)
def test_another_name_is_of_a_list_that_is_installed(name: str, make_tree: MakeTree) -> None:
    found = judged(make_tree, f"environment/{name}", ("docker==6.1.3\n", "docker==7.0.0\n"))

    assert found == ("major", {"package_major_raised"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("docker\ntox\n", "tox\n", id="removed"),
        pytest.param("docker==6.1.3\n", "docker>=6.1.3\n", id="unpinned"),
        pytest.param("docker\n", "docker\ntenacity==8.0.0\n", id="added"),
        pytest.param("docker\nmock\n", "mock\ndocker\n", id="another order"),
        pytest.param("docker\n", "--pre\ndocker\n", id="an option"),
    ],
)
def test_what_nothing_installs_is_a_patch(before: str, after: str, make_tree: MakeTree) -> None:
    assert judged(make_tree, LIST, (before, after))[0] == "patch"


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        pytest.param("torch==2.0.0\n", "torch==2.1.0\n", "framework_minor_raised", id="framework"),
        pytest.param("numpy==1.22.0\n", "", "model_package_removed", id="numeric package"),
    ],
)
def test_what_models_compute_with_is_judged_as_anywhere(
    before: str, after: str, rule: str, make_tree: MakeTree
) -> None:
    assert judged(make_tree, LIST, (before, after)) == ("major", {rule})


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("RUN pip install -r test-requirements.txt", id="its name"),
        pytest.param("RUN pip install -r $KIND-requirements.txt", id="a variable"),
        pytest.param("RUN pip install -r ${KIND}-requirements.txt", id="a variable in braces"),
        pytest.param("RUN for f in *.txt; do pip install -r $f; done", id="a pattern"),
        pytest.param("RUN find requirements* | xargs -n1 pip install -r", id="names that begin so"),
    ],
)
def test_a_list_that_something_may_install_is_judged_as_installed(
    line: str, make_tree: MakeTree
) -> None:
    installing = {"environment/Dockerfile": f"FROM a:1\nCOPY . /a\n{line}\n"}

    found = judged(make_tree, LIST, ("docker==6.1.3\n", "docker==7.0.0\n"), installing)

    assert found == ("major", {"package_major_raised"})
