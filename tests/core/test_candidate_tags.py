from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.candidate_tags import Registration, base_reference, candidate_tags, whole_tags
from bot.core.environment import read_environment
from bot.core.resolved_image import BaseImage
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
REGISTRATION = Registration(
    env_digest="d" * 64,
    git_commit_sha="a1b2c3d4",
    registered_at=datetime(2026, 1, 9, 10, 30, tzinfo=UTC),
    registered_by="jane",
    pr_number=1234,
    base=BaseImage(f"sha256:{'b' * 64}"),
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
        "base_image_digest": f"sha256:{'b' * 64}",
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


def test_is_complete_without_a_word_of_the_author(make_tree: MakeTree) -> None:
    tree = make_tree(
        {"environment/environment.yml": 'name: e\nversion: "1.0.0"\nimage: example.com/x:1\n'}
    )

    tags = candidate_tags(tree, read_environment(tree), REGISTRATION)

    asked = ("backward_compatible", "requires_retrain", "change_summary", "breaking_changes")
    assert [tags[name] for name in asked] == ["", "", "", ""]


def test_takes_no_word_of_the_author_for_what_it_knows_itself(sample: Tree) -> None:
    spec = replace(read_environment(sample), tags={"pr_number": "PR-1", "env_digest": "0" * 64})

    tags = candidate_tags(sample, spec, REGISTRATION)

    assert (tags["pr_number"], tags["env_digest"]) == ("PR-1234", "d" * 64)
    assert whole_tags(spec, tags) == tags


def test_a_base_that_nobody_could_resolve_is_called_so(sample: Tree) -> None:
    base = BaseImage("", "the registry does not answer")

    tags = candidate_tags(sample, read_environment(sample), replace(REGISTRATION, base=base))

    assert tags["base_image_digest"] == "not resolved: the registry does not answer"


def test_a_long_summary_is_cut_and_known_whole(sample: Tree) -> None:
    summary = "Score readings. " * 100
    spec = replace(read_environment(sample), tags={"change_summary": summary})

    tags = candidate_tags(sample, spec, REGISTRATION)

    assert len(tags["change_summary"]) <= 1000
    assert whole_tags(spec, tags) == {**tags, "change_summary": summary}


def test_the_base_is_what_the_last_stage_begins_with(sample: Tree) -> None:
    base = base_reference(sample, read_environment(sample))

    assert base == "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04:20241216.v1"
