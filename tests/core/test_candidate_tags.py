from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.candidate_tags import Registration, candidate_tags
from bot.core.environment import read_environment
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
REGISTRATION = Registration(
    env_digest="d" * 64,
    git_commit_sha="a1b2c3d4",
    registered_at=datetime(2026, 1, 9, 10, 30, tzinfo=UTC),
    registered_by="jane",
    pr_number=1234,
)


@pytest.fixture
def sample(checkout: Path, make_tree: MakeTree) -> Tree:
    """Return the sample environment of the repository."""
    root = checkout / "environment"
    files = [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return make_tree({f.relative_to(checkout).as_posix(): f.read_bytes() for f in files})


def test_carries_the_tags_that_the_strategy_requires(sample: Tree) -> None:
    tags = candidate_tags(sample, read_environment(sample), REGISTRATION)

    assert tags == {
        "backward_compatible": "true",
        "requires_retrain": "false",
        "change_summary": "Score readings in windows of the circuit's own sequence length",
        "breaking_changes": "",
        "tensorflow_version": "2.13.0",
        "python_version": "3.9.18",
        "cuda_version": "",
        "openmpi_version": "4.1.0",
        "source_code_version": "1.5.0",
        "env_digest": "d" * 64,
        "git_commit_sha": "a1b2c3d4",
        "registered_at": "2026-01-09T10:30:00Z",
        "registered_by": "jane",
        "pr_number": "PR-1234",
    }


def test_leaves_a_version_empty_that_no_file_pins(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "environment/environment.yml": (
                'name: e\nversion: "1.0.0"\nimage: example.com/cuda11.8-ubuntu22.04:1\n'
            ),
            "environment/requirements.txt": "tensorflow>=2\n",
        }
    )

    tags = candidate_tags(tree, read_environment(tree), REGISTRATION)

    assert (tags["tensorflow_version"], tags["cuda_version"]) == ("", "11.8")
