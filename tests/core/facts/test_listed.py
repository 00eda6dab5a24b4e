"""A package that one list adds may be in another one already; then the last one wins."""

from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
SPEC = {"environment/environment.yml": 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'}
START = "FROM a:1\nCOPY . /a\n"


def judged(make_tree: MakeTree, before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    trees = [
        make_tree(SPEC | {f"environment/{path}": text for path, text in files.items()})
        for files in (before, after)
    ]
    findings = classify(trees[0], trees[1], NoAdditions()).findings
    return {finding.rule for finding in findings if not finding.warns}


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param({"requirements.txt": "docker==6.1.3\n"}, id="requirements"),
        pytest.param({"conda.yml": "dependencies:\n  - docker=6.1.3\n"}, id="conda"),
        pytest.param(
            {"conda.yml": "dependencies:\n  - pip:\n      - docker==6.1.3\n"}, id="conda's pip"
        ),
        pytest.param(
            {"gpu.Dockerfile": f"{START}RUN pip install docker==6.1.3\n"}, id="Dockerfile"
        ),
    ],
)
def test_a_second_demand_is_another_range(beside: dict[str, str], make_tree: MakeTree) -> None:
    added = START + "RUN pip install docker==7.0.0\n"

    found = judged(make_tree, beside | {"Dockerfile": START}, beside | {"Dockerfile": added})

    assert found == {"package_range_changed"}


def test_a_later_command_of_one_dockerfile_wins(make_tree: MakeTree) -> None:
    first = START + "RUN pip install docker==6.1.3\nUSER app\n"
    second = first + "RUN pip install docker==7.0.0\n"

    found = judged(make_tree, {"Dockerfile": first}, {"Dockerfile": second})

    assert found == {"package_range_changed"}


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param({"requirements.txt": "dockerfile==6.1.3\n"}, id="another package"),
        pytest.param({"requirements.txt": "docker==7.0.0\n"}, id="the same version"),
        pytest.param({"requirements-dev.txt": "docker==6.1.3\n"}, id="a list for development"),
        pytest.param({"constraints.txt": "docker<8\n"}, id="a constraint"),
    ],
)
def test_a_first_demand_adds_the_package(beside: dict[str, str], make_tree: MakeTree) -> None:
    added = START + "RUN pip install docker==7.0.0\n"

    found = judged(make_tree, beside | {"Dockerfile": START}, beside | {"Dockerfile": added})

    assert found == {"package_added"}
