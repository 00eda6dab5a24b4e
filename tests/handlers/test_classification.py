"""What the policy of the base says about a classification, and what an absent one leaves."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.folder import read_folder
from bot.core.classification import Classification
from bot.core.config.layout import POLICY
from bot.core.tree import Tree
from bot.handlers.classification import classify_by_base_policy

CONDA = "environment/conda.yml"
GATES = """\
groups: {owners: [marie]}
gates:
  registry: {groups: [owners], timeout: 24h}
  production: {groups: [owners], timeout: 24h}
  rollback: {groups: [owners], timeout: 60m}
"""
Classify = Callable[[str], Classification]


def _with(tree: Tree, path: str, text: str) -> Tree:
    return {**tree, path: replace(tree[path], oid=f"{hash(text):x}", data=text.encode())}


@pytest.fixture
def classify(checkout: Path) -> Classify:
    """Return what classifies the raise of a library under a policy that says this."""
    tree = read_folder(checkout, "config", "environment")
    conda = tree[CONDA].data.decode() + "      - our-models==1.0.0\n"

    def run(policy: str) -> Classification:
        base = _with(_with(tree, CONDA, conda), POLICY, policy)
        return classify_by_base_policy(
            base, _with(base, CONDA, conda.replace("1.0.0\n", "1.1.0\n"))
        )

    return run


def rules(found: Classification) -> list[str]:
    return [finding.rule for finding in found.verdict.findings]


@pytest.mark.parametrize(
    "addition",
    [
        pytest.param("", id="nothing"),
        pytest.param("packages: {framework: [], numeric: []}\nrequired_notes: []\n", id="empty"),
        pytest.param("bulk_edit: manual\n", id="something else"),
    ],
)
def test_a_policy_that_adds_nothing_leaves_the_floor(classify: Classify, addition: str) -> None:
    assert rules(classify(GATES + addition)) == ["package_minor_raised"]


def test_a_package_of_the_policy_is_judged_by_its_group(classify: Classify) -> None:
    found = classify(GATES + "packages: {framework: [Our_Models]}\n")

    assert rules(found) == ["framework_minor_raised"]


def test_a_note_that_the_policy_requires_blocks(classify: Classify) -> None:
    found = classify(GATES + "required_notes: [change_summary]\n")

    assert "change_summary_missing" in [finding.rule for finding in found.disagreements]


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param("packages: {framework: [our-models]}\n", id="no gates"),
        pytest.param(GATES + "packages: {framework: our-models}\n", id="no list"),
        pytest.param(GATES + "packages: [our-models]\n", id="no groups"),
        pytest.param("- packages\n", id="no mapping"),
        pytest.param("packages: {framework: [our-models]", id="no YAML"),
    ],
)
def test_a_policy_that_cannot_be_read_leaves_the_floor(classify: Classify, policy: str) -> None:
    assert rules(classify(policy)) == ["package_minor_raised"]
