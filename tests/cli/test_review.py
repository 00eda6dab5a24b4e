"""`envbot review`: what a pull request means, from git alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Envbot

Git = Callable[..., str]


@pytest.fixture
def branch(repository: Path, git: Git) -> Path:
    """Return the repository, on a branch that begins at main."""
    git(repository, "switch", "--quiet", "-c", "change")
    return repository


def reviewed(envbot: "Envbot", code: int) -> dict[str, Any]:
    ended = envbot("review", "--format", "json")
    assert ended.code == code, ended.err
    content: dict[str, Any] = json.loads(ended.out)
    return content


def release_patch(root: Path) -> None:
    source = root / "environment" / "src" / "score.py"
    source.write_text("# How readings become predictions.\n" + source.read_text())
    spec = root / "environment" / "environment.yml"
    spec.write_text(spec.read_text().replace('version: "1.5.0"', 'version: "1.5.1"'))


def test_a_branch_without_changes_means_nothing(envbot: "Envbot", branch: Path) -> None:
    del branch

    found = reviewed(envbot, 0)

    assert (found["verdict"], found["planned"], found["blocked"]) == ("none", [], [])


def test_a_new_version_asks_for_the_bump_and_the_evidence(
    envbot: "Envbot", branch: Path, git: Git
) -> None:
    release_patch(branch)
    git(branch, "commit", "--quiet", "-am", "Say more")

    found = reviewed(envbot, 100)

    assert found["verdict"] == "non-breaking"
    assert found["blocked"] == ["BUMP_OUTSTANDING"]
    assert found["evidence"] == "missing"
    assert found["candidate"] == f"1.5.1-rc.g{found['env_digest'][:8]}"
    assert found["planned"] == []


def test_after_the_bump_every_circuit_is_planned(envbot: "Envbot", branch: Path, git: Git) -> None:
    release_patch(branch)
    assert envbot("bump", "--to", "1.5.1").code == 0
    git(branch, "commit", "--quiet", "-am", "Release 1.5.1")

    found = reviewed(envbot, 0)

    assert found["blocked"] == []
    assert [(one["circuit"], one["after"]) for one in found["planned"]] == [
        ("P001/C001", "custom-tf-env:1.5.1"),
        ("P001/C002", "custom-tf-env:1.5.1"),
        ("P002/C001", "custom-tf-env:1.5.1"),
    ]


def test_a_bad_config_is_named_with_its_line_and_blocks(
    envbot: "Envbot", branch: Path, git: Git
) -> None:
    file = branch / "config" / "plants" / "P001" / "C001.yml"
    file.write_text(file.read_text() + 'plant_id: "P001"\n')
    git(branch, "commit", "--quiet", "-am", "Break it")

    found = reviewed(envbot, 100)

    assert found["blocked"] == ["CONFIG_INVALID"]
    assert found["problems"][0].startswith("config/plants/P001/C001.yml:9:1: ")


def test_a_symlink_among_the_configs_is_named(envbot: "Envbot", branch: Path, git: Git) -> None:
    link = branch / "config" / "plants" / "P001" / "C009.yml"
    link.symlink_to("C001.yml")
    git(branch, "add", ".")
    git(branch, "commit", "--quiet", "-m", "Link")

    assert "config/plants/P001/C009.yml" in reviewed(envbot, 100)["problems"][0]


@pytest.mark.parametrize("shape", ["text", "markdown"])
def test_people_are_told_what_blocks(envbot: "Envbot", branch: Path, git: Git, shape: str) -> None:
    release_patch(branch)
    git(branch, "commit", "--quiet", "-am", "Say more")

    ended = envbot("review", "--format", shape)

    assert ended.code == 100
    for fact in ("non-breaking", "BUMP_OUTSTANDING", "/bump 1.5.1"):
        assert fact in ended.out


def test_a_conflict_with_main_blocks(envbot: "Envbot", branch: Path, git: Git) -> None:
    for name, cutoff in (("change", "2026-01-01"), ("main", "2026-02-02")):
        git(branch, "switch", "--quiet", name)
        file = branch / "config" / "plants" / "P001" / "C001.yml"
        file.write_text(file.read_text().replace("2025-12-09", cutoff))
        git(branch, "commit", "--quiet", "-am", f"Train until {cutoff}")
    git(branch, "push", "--quiet", "origin", "main")
    git(branch, "switch", "--quiet", "change")

    assert reviewed(envbot, 100)["blocked"] == ["MERGE_CONFLICT"]


def test_rules_are_those_of_the_base(envbot: "Envbot", branch: Path, git: Git) -> None:
    (branch / "config" / "policy.yml").write_text("groups: nobody\n")
    git(branch, "commit", "--quiet", "-am", "Break the policy")

    assert "config/policy.yml:1" in reviewed(envbot, 100)["problems"][0]


def test_outside_of_a_repository_it_says_so(
    envbot: "Envbot", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    ended = envbot("review")

    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert "not a git repository" in ended.err
