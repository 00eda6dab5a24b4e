"""`envbot classify`: folders or revisions in, a verdict out, in a form that machines read."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Envbot

Edit = Callable[[Path], None]


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def log_more(environment: Path) -> None:
    source = environment / "src" / "score.py"
    source.write_text("# How readings become predictions.\n" + source.read_text())


def raise_tensorflow(environment: Path) -> None:
    replace(environment / "conda.yml", "tensorflow==2.13.0", "tensorflow==2.14.0")


def declare(version: str) -> Edit:
    def edit(environment: Path) -> None:
        replace(environment / "environment.yml", 'version: "1.5.0"', f'version: "{version}"')

    return edit


def declare_breaking(environment: Path) -> None:
    declare("2.0.0")(environment)
    path = environment / "environment.yml"
    replace(path, 'backward_compatible: "true"', 'backward_compatible: "false"')
    replace(path, 'requires_retrain: "false"', 'requires_retrain: "true"')


@pytest.fixture
def sides(project: Path) -> tuple[Path, Path]:
    """Return two folders that hold environment/ and config/ alike."""
    head = project.parent / "head"
    shutil.copytree(project, head)
    return project, head


def classified(envbot: "Envbot", *arguments: str | Path, code: int) -> dict[str, Any]:
    ended = envbot("classify", *arguments, "--format", "json")
    assert ended.code == code, ended.err
    content: dict[str, Any] = json.loads(ended.out)
    return content


def test_the_json_form_has_the_published_keys(envbot: "Envbot", sides: tuple[Path, Path]) -> None:
    base, head = sides
    raise_tensorflow(head / "environment")
    declare("1.5.1")(head / "environment")

    found = classified(envbot, "--base-dir", base, "--head-dir", head, code=100)

    assert found["verdict"] == "breaking"
    assert found["required_bump"] == "major"
    assert found["requires_retrain"] is True
    assert found["agrees"] is False
    assert found["declared"] == {
        "name": "custom-tf-env",
        "before": "1.5.0",
        "after": "1.5.1",
        "backward_compatible": True,
        "requires_retrain": False,
    }
    finding = next(one for one in found["findings"] if one["rule"] == "framework_minor_raised")
    assert set(finding) == {"rule", "impact", "path", "line", "message"}
    assert finding["impact"] == "breaking"
    assert finding["path"] == "environment/conda.yml"
    line = (head / finding["path"]).read_text().splitlines()[finding["line"] - 1]
    assert "tensorflow==2.14.0" in line
    assert {one["rule"] for one in found["disagreements"]} == {
        "version_too_low",
        "class_tag_disagrees",
        "retrain_tag_disagrees",
    }


@pytest.mark.parametrize(
    ("edits", "meaning", "code"),
    [
        pytest.param((), ("none", "none"), 0, id="nothing"),
        pytest.param((log_more, declare("1.5.1")), ("non-breaking", "patch"), 0, id="patch"),
        pytest.param((log_more,), ("non-breaking", "patch"), 100, id="patch undeclared"),
        pytest.param((raise_tensorflow, declare_breaking), ("breaking", "major"), 0, id="major"),
        pytest.param((raise_tensorflow, declare("1.6.0")), ("breaking", "major"), 100, id="minor"),
    ],
)
def test_the_exit_code_says_whether_the_declaration_agrees(
    envbot: "Envbot",
    sides: tuple[Path, Path],
    edits: tuple[Edit, ...],
    meaning: tuple[str, str],
    code: int,
) -> None:
    base, head = sides
    for edit in edits:
        edit(head / "environment")

    found = classified(envbot, "--base-dir", base, "--head-dir", head, code=code)

    assert (found["verdict"], found["required_bump"]) == meaning
    assert found["agrees"] is (code == 0)
    assert bool(found["disagreements"]) is (code == 100)


def test_a_folder_may_be_the_environment_itself(envbot: "Envbot", sides: tuple[Path, Path]) -> None:
    base, head = sides
    raise_tensorflow(head / "environment")
    whole = classified(envbot, "--base-dir", base, "--head-dir", head, code=100)
    inner = [side / "environment" for side in sides]

    alone = classified(envbot, "--base-dir", inner[0], "--head-dir", inner[1], code=100)

    assert alone == whole


def test_a_folder_without_an_environment_has_nothing_to_compare_with(
    envbot: "Envbot", sides: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()

    found = classified(envbot, "--base-dir", tmp_path / "empty", "--head-dir", sides[1], code=0)

    assert found["declared"]["before"] == ""
    assert "environment_introduced" in {one["rule"] for one in found["findings"]}


def test_a_head_whose_environment_cannot_be_read_does_not_pass(
    envbot: "Envbot", sides: tuple[Path, Path]
) -> None:
    base, head = sides
    (head / "environment" / "environment.yml").write_text("name: [\n")

    found = classified(envbot, "--base-dir", base, "--head-dir", head, code=100)

    assert found["declared"] is None
    assert (found["verdict"], found["agrees"]) == ("breaking", False)


def test_a_folder_that_is_not_there_is_named(envbot: "Envbot", sides: tuple[Path, Path]) -> None:
    ended = envbot("classify", "--base-dir", sides[0], "--head-dir", "nowhere")

    assert ended.code == 1
    assert "nowhere" in ended.err


def test_revisions_are_compared_from_where_they_parted(
    envbot: "Envbot", repository: Path, git: Callable[..., str]
) -> None:
    git(repository, "switch", "--quiet", "-c", "logging")
    log_more(repository / "environment")
    declare("1.5.1")(repository / "environment")
    git(repository, "commit", "--quiet", "-am", "Say more")
    git(repository, "switch", "--quiet", "main")
    raise_tensorflow(repository / "environment")
    git(repository, "commit", "--quiet", "-am", "Main went on")
    git(repository, "push", "--quiet", "origin", "main")

    found = classified(envbot, "--head", "logging", code=0)

    assert found["verdict"] == "non-breaking"
    assert found["declared"]["after"] == "1.5.1"


def test_the_work_tree_does_not_count(envbot: "Envbot", repository: Path) -> None:
    raise_tensorflow(repository / "environment")

    assert classified(envbot, code=0)["verdict"] == "none"


def test_an_unknown_revision_is_named(envbot: "Envbot", repository: Path) -> None:
    del repository

    ended = envbot("classify", "--base", "nowhere")

    assert ended.code == 1
    assert "nowhere" in ended.err
    assert "Traceback" not in ended.err


def test_the_groups_of_the_base_policy_count_and_the_heads_do_not(
    envbot: "Envbot", sides: tuple[Path, Path]
) -> None:
    base, head = sides
    replace(head / "config" / "policy.yml", "tooling: []", "tooling: [tensorflow]")
    raise_tensorflow(head / "environment")

    found = classified(envbot, "--base-dir", base, "--head-dir", head, code=100)

    assert "framework_minor_raised" in {one["rule"] for one in found["findings"]}


def test_without_a_readable_policy_the_built_in_groups_count(
    envbot: "Envbot", sides: tuple[Path, Path]
) -> None:
    base, head = sides
    (base / "config" / "policy.yml").write_text("groups: nobody\n")
    raise_tensorflow(head / "environment")

    found = classified(envbot, "--base-dir", base, "--head-dir", head, code=100)

    assert "framework_minor_raised" in {one["rule"] for one in found["findings"]}


@pytest.mark.parametrize("shape", ["text", "markdown"])
def test_people_are_told_rule_file_and_verdict(
    envbot: "Envbot", sides: tuple[Path, Path], shape: str
) -> None:
    base, head = sides
    raise_tensorflow(head / "environment")

    ended = envbot("classify", "--base-dir", base, "--head-dir", head, "--format", shape)

    assert ended.code == 100
    for fact in ("framework_minor_raised", "environment/conda.yml", "breaking", "major"):
        assert fact in ended.out
