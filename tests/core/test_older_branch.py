"""When a branch is judged as if it had begun on main's environment."""

from dataclasses import replace

import pytest

from bot.core.older_branch import on_mains_environment
from bot.core.sources import Sources
from bot.core.tree import REGULAR, File, Tree

SPEC, SCORE = "environment/environment.yml", "environment/src/score.py"
POLICY = "config/policy.yml"


def tree(**texts: str) -> Tree:
    paths = {"spec": SPEC, "score": SCORE, "policy": POLICY}
    named = {paths[name]: text.encode() for name, text in texts.items()}
    return {path: File(path, REGULAR, data.hex(), data) for path, data in named.items()}


OLD, NEW = tree(spec="1.5.0", policy="a"), tree(spec="1.5.1", score="pass", policy="a")
OLDER = Sources(
    base=OLD,
    main=NEW,
    head=tree(spec="1.5.0", policy="b"),
    merged=tree(spec="1.5.1", score="pass", policy="b"),
    paths=(POLICY,),
)


def test_a_branch_that_leaves_it_alone_stands_on_mains() -> None:
    found = on_mains_environment(OLDER)

    assert found.base == NEW
    assert found.head == OLDER.merged
    assert found == replace(OLDER, base=found.base, head=found.head)


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param(replace(OLDER, head=tree(spec="1.5.0", score="x")), id="it adds a file"),
        pytest.param(replace(OLDER, head=tree(spec="1.6.0")), id="it edits one"),
        pytest.param(replace(OLDER, head=NEW), id="it makes the same change"),
        pytest.param(replace(OLDER, main=OLD, merged=OLDER.head), id="main has not moved"),
        pytest.param(replace(OLDER, merged=None), id="it conflicts"),
        pytest.param(replace(OLDER, merged=OLDER.head), id="the merge takes main's back"),
        pytest.param(
            replace(OLDER, merged=tree(spec="1.5.1", policy="b")), id="the merge drops a file"
        ),
    ],
)
def test_any_other_stays_as_it_is(sources: Sources) -> None:
    assert on_mains_environment(sources) is sources
