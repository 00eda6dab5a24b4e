"""What a change of the environment's Python files is called."""

from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
SHARED = {
    "environment.yml": 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n',
    "Dockerfile": "FROM a:1\nCOPY . /opt\n",
}


@pytest.fixture
def called(make_tree: MakeTree) -> Callable[..., tuple[str, set[str]]]:
    """Return what gives the needed version and the rules of a change of `src/score.py`.

    `others` are files of both sides by their path in `environment/`.
    """

    def call(
        before: str, after: str, others: Mapping[str, str] | None = None
    ) -> tuple[str, set[str]]:
        shared = SHARED | dict(others or {})
        trees = [
            make_tree(
                {f"environment/{path}": data for path, data in shared.items()}
                | {"environment/src/score.py": text}
            )
            for text in (before, after)
        ]
        verdict = classify(trees[0], trees[1], NoAdditions())
        return str(verdict.required_bump), {finding.rule for finding in verdict.findings}

    return call
