"""Verdict and declaration side by side, for two trees."""

from collections.abc import Callable, Mapping

import pytest

from bot.core.classification import classify_trees
from bot.core.config.policy import PackageGroups
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]

SPEC = "environment/environment.yml"
CONDA = "environment/conda.yml"


def test_a_declared_patch_agrees(
    sample: dict[str, bytes], release_files: Mapping[str, str | bytes], make_tree: MakeTree
) -> None:
    found = classify_trees(
        make_tree(sample), make_tree({**sample, **release_files}), PackageGroups()
    )

    assert found.agrees
    assert found.verdict.verdict == "non-breaking"
    assert found.declaration is not None
    assert (found.declaration.before, found.declaration.after) == ("1.5.0", "1.5.1")


def test_a_breaking_change_declared_as_a_patch_disagrees(
    sample: dict[str, bytes], make_tree: MakeTree
) -> None:
    edits = {
        SPEC: sample[SPEC].replace(b'"1.5.0"', b'"1.5.1"'),
        CONDA: sample[CONDA].replace(b"tensorflow==2.13.0", b"tensorflow==2.14.0"),
    }

    found = classify_trees(make_tree(sample), make_tree({**sample, **edits}), PackageGroups())

    assert not found.agrees
    assert found.verdict.requires_retrain
    too_low = next(one for one in found.disagreements if one.rule == "version_too_low")
    assert "2.0.0" in too_low.message


@pytest.mark.parametrize("content", [None, b"name: [\n"], ids=["gone", "cut"])
def test_an_environment_that_cannot_be_read_declares_nothing_and_passes_never(
    sample: dict[str, bytes], make_tree: MakeTree, content: bytes | None
) -> None:
    head = {path: data for path, data in sample.items() if path != SPEC}
    if content is not None:
        head[SPEC] = content

    found = classify_trees(make_tree(sample), make_tree(head), PackageGroups())

    assert found.declaration is None
    assert found.verdict.verdict == "breaking"
    assert not found.agrees
