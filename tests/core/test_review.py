"""What a head means for the fleet, from trees alone."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

import pytest

from bot.core.config.platform import read_platform
from bot.core.obstacles import obstacles
from bot.core.review import Review, release_content

Reviewed: TypeAlias = Callable[..., Review]
Files: TypeAlias = Mapping[str, str | bytes]

C001 = "config/plants/P001/C001.yml"
SPEC = "environment/environment.yml"
SCORE = "environment/src/score.py"


def test_a_head_like_main_has_nothing_to_release(reviewed: Reviewed) -> None:
    found = reviewed()

    assert found.nothing_to_release
    assert not found.environment_changes
    assert not found.is_ruled
    assert found.agrees
    assert found.planned == ()
    assert found.bump is None
    assert found.target_versions == frozenset()


@pytest.mark.parametrize(
    ("path", "ruled"),
    [
        pytest.param("README.md", False, id="readme"),
        pytest.param("docs/operations.md", False, id="document"),
        pytest.param("evidence/1.5.0.ipynb", False, id="evidence"),
        pytest.param("tests/test_new.py", False, id="test"),
        pytest.param("bot/cli.py", True, id="the bot's own code"),
        pytest.param("requirements.lock", True, id="what the bot is installed from"),
        pytest.param(".github/actions/envbot/action.yml", True, id="how it is installed"),
        pytest.param("config/deployment-template.yml.old", True, id="beside the rules"),
        pytest.param("deployment/batch_driver.py", True, id="a deployment's code"),
        pytest.param("environment/notes.txt", True, id="environment"),
        pytest.param("environments/notes.txt", True, id="beside the environment"),
        pytest.param("docs.py", True, id="beside the documents"),
        pytest.param(".github/workflows/extra.yml", True, id="workflow"),
        pytest.param(".github/CODEOWNERS", True, id="owners"),
    ],
)
def test_only_people_decide_on_what_rules(reviewed: Reviewed, path: str, ruled: bool) -> None:
    found = reviewed({path: "text\n"})

    assert found.is_ruled is ruled
    assert found.nothing_to_release is not ruled


@pytest.mark.parametrize("path", ["config/policy.yml", "config/platform.yml"])
def test_a_comment_in_the_rules_is_ruled_too(
    reviewed: Reviewed, sample: dict[str, bytes], path: str
) -> None:
    found = reviewed({path: sample[path] + b"# more\n"})

    assert found.is_ruled
    assert not found.nothing_to_release


def test_an_approval_is_bound_to_what_rules(reviewed: Reviewed, sample: dict[str, bytes]) -> None:
    policy = sample["config/policy.yml"]
    one, other = (reviewed({"config/policy.yml": policy + tail}) for tail in (b"# a\n", b"# b\n"))

    assert one.content != other.content
    assert one.content == reviewed({"config/policy.yml": policy + b"# a\n"}).content


def test_documents_do_not_void_an_approval(reviewed: Reviewed, release_files: Files) -> None:
    with_page = {**release_files, "docs/operations.md": b"more\n"}

    assert reviewed(with_page).content == reviewed(release_files).content


def test_another_registry_moves_every_circuit(reviewed: Reviewed, sample: dict[str, bytes]) -> None:
    platform = sample["config/platform.yml"].replace(b"registry: amlregcc01", b"registry: other")

    found = reviewed({"config/platform.yml": platform})

    assert {change.field for change in found.planned} == {"environment_place"}
    assert len(found.planned) == len(found.fleet.circuits)


def test_a_complete_patch_release_plans_every_circuit(
    reviewed: Reviewed, release_files: Files
) -> None:
    found = reviewed(release_files)

    assert found.agrees
    assert found.environment_changes
    assert not found.nothing_to_release
    assert [str(change.circuit) for change in found.planned] == [
        "P001/C001",
        "P001/C002",
        "P002/C001",
    ]
    assert found.target_versions == {"1.5.1"}
    assert found.bump is not None
    assert found.bump.files == {}
    assert found.candidate == f"1.5.1-rc.g{found.env_digest[:8]}"
    assert not found.is_major
    assert not found.base_moved


def test_a_release_that_is_not_bumped_yet_says_what_is_left(
    reviewed: Reviewed, release_files: Files
) -> None:
    found = reviewed({path: release_files[path] for path in (SPEC, SCORE)})

    assert found.bump is not None
    assert len(found.bump.files) == 3
    assert found.planned == ()
    assert not found.nothing_to_release


def test_a_mended_tag_is_no_environment_change(
    reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    edited = sample[SPEC].replace(b"change_summary:", b"summary:")

    found = reviewed({SPEC: edited})

    assert found.verdict.verdict == "none"
    assert not found.environment_changes
    assert found.is_ruled


def test_a_version_alone_is_an_environment_change(
    reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    found = reviewed({SPEC: sample[SPEC].replace(b'"1.5.0"', b'"1.5.1"')})

    assert found.verdict.verdict == "none"
    assert found.environment_changes


@pytest.mark.parametrize(
    ("version", "major"), [("1.5.1", False), ("1.99.0", False), ("2.0.0", True), ("0.9.0", True)]
)
def test_a_major_is_told_by_the_version_alone(
    reviewed: Reviewed, sample: dict[str, bytes], version: str, major: bool
) -> None:
    edited = sample[SPEC].replace(b'"1.5.0"', f'"{version}"'.encode())

    assert reviewed({SPEC: edited}).is_major is major


def test_a_circuit_that_comes_and_one_that_goes_are_planned(
    reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    other = "config/plants/P001/C009.yml"

    found = reviewed({C001: None, other: sample[C001].replace(b"C001", b"C009")})

    assert [(str(one.circuit), one.field, one.after) for one in found.planned] == [
        ("P001/C001", "circuit", None),
        ("P001/C009", "circuit", "custom-tf-env:1.5.0"),
    ]
    assert found.target_versions == {"1.5.0"}


def test_a_changed_model_version_names_no_environment_version(
    reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    found = reviewed({C001: sample[C001] + b'deployment:\n  model_version: "6"\n'})

    assert [one.field for one in found.planned] == ["model_version"]
    assert found.target_versions == frozenset()
    assert not found.nothing_to_release


def test_training_settings_change_nothing_in_production(
    reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    found = reviewed({C001: sample[C001].replace(b"24", b"48")})

    assert found.nothing_to_release


def test_what_main_did_meanwhile_is_not_planned(
    reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    moved = sample["config/plants/P002/C001.yml"].replace(b"1.5.0", b"1.4.0")

    found = reviewed(
        {C001: sample[C001].replace(b"1.5.0", b"1.4.0")},
        main={"config/plants/P002/C001.yml": moved},
    )

    assert [str(one.circuit) for one in found.planned] == ["P001/C001"]


def test_another_environment_on_main_has_moved_the_base(
    reviewed: Reviewed, sample: dict[str, bytes], release_files: Files
) -> None:
    features = "environment/src/features.py"

    found = reviewed(release_files, main={features: sample[features] + b"\n# more\n"})

    assert found.base_moved
    assert not found.conflicts


def test_another_config_on_main_has_not_moved_the_base(
    reviewed: Reviewed, sample: dict[str, bytes], release_files: Files
) -> None:
    template = "config/deployment-template.yml"

    assert not reviewed(release_files, main={template: sample[template] + b"#\n"}).base_moved


PINNED = b'deployment:\n  model_version: "2"\n'


def test_an_older_branch_that_leaves_the_environment_alone_releases_none(
    reviewed: Reviewed, sample: dict[str, bytes], release_files: Files
) -> None:
    policy = {"config/policy.yml": sample["config/policy.yml"] + b"# more\n"}

    found = reviewed(policy, main=release_files)

    assert not found.environment_changes
    assert found.agrees
    assert not found.base_moved
    assert found.content.env_digest == reviewed(release_files).content.env_digest
    assert found.content.version == "1.5.1"


def test_an_older_branch_that_touches_documents_alone_has_nothing_to_release(
    reviewed: Reviewed, release_files: Files
) -> None:
    found = reviewed({"docs/note.md": "more\n"}, main=release_files)

    assert found.nothing_to_release
    assert obstacles(found, "ada") == ()


def test_an_older_branch_may_change_a_circuit_that_main_left_alone(
    reviewed: Reviewed, sample: dict[str, bytes], release_files: Files
) -> None:
    others = {path: data for path, data in release_files.items() if path != C001}

    found = reviewed({C001: sample[C001] + PINNED}, main=others)

    assert [change.field for change in found.planned] == ["model_version"]
    assert not found.base_moved
    assert found.content.version == "1.5.1"


def test_a_model_that_would_meet_mains_new_environment_waits_for_main_to_be_merged_in(
    reviewed: Reviewed, sample: dict[str, bytes], release_files: Files
) -> None:
    pinned = sample[C001] + PINNED
    together = {C001: pinned.replace(b"1.5.0", b"1.5.1")}

    found = reviewed({C001: pinned}, main=release_files, together=together)

    assert [change.field for change in found.planned] == ["model_version"]
    assert not found.environment_changes
    [refusal] = obstacles(found, "ada")
    assert refusal.code == "BASE_MOVED"
    assert refusal.next == "Merge main into the branch and push."


def test_approving_a_commit_that_does_not_show_mains_new_environment_is_not_approving_it(
    reviewed: Reviewed, sample: dict[str, bytes], release_files: Files
) -> None:
    pinned = sample[C001] + PINNED
    together = {C001: pinned.replace(b"1.5.0", b"1.5.1")}
    platform = read_platform(sample["config/platform.yml"])
    alone = reviewed({C001: pinned}).sources
    seeing = reviewed({**release_files, **together}, main=release_files)

    blind = replace(seeing.sources, base=alone.base, head=alone.head)

    assert release_content(blind, platform) != seeing.content


def test_a_conflict_is_told_and_releases_nothing_silently(reviewed: Reviewed) -> None:
    found = reviewed(conflicts=True)

    assert found.conflicts
    assert not found.base_moved
    assert not found.nothing_to_release


def test_one_bad_file_stops_the_bulk_edit(reviewed: Reviewed, release_files: Files) -> None:
    edits = {path: release_files[path] for path in (SPEC, SCORE)}

    found = reviewed({**edits, C001: "plant_id: [\n"})

    assert found.bump is None
    assert {problem.path for problem in found.problems} == {C001}
    assert not found.agrees
    assert not found.nothing_to_release


@pytest.mark.parametrize("content", [None, "name: [\n", "- a\n"], ids=["gone", "cut", "a list"])
def test_an_environment_that_cannot_be_read_is_a_problem(
    reviewed: Reviewed, content: str | None
) -> None:
    found = reviewed({SPEC: content})

    assert found.after is None
    assert found.env_digest == ""
    assert found.candidate == ""
    assert {problem.path for problem in found.problems} == {SPEC}
    assert not found.agrees


def test_an_approval_is_bound_to_the_same_content_whatever_the_review_adds(
    reviewed: Reviewed, sample: dict[str, bytes], release_files: Files
) -> None:
    found = reviewed(release_files)
    platform = read_platform(sample["config/platform.yml"])

    assert release_content(found.sources, platform) == found.content


def test_the_evidence_is_the_notebook_of_the_new_version(
    reviewed: Reviewed, release_files: Files
) -> None:
    other = reviewed({**release_files, "evidence/1.5.0.ipynb": "{}"})
    its_own = reviewed({**release_files, "evidence/1.5.1.ipynb": "{}"})

    assert other.evidence.decision == "missing"
    assert its_own.evidence.decision == "incomplete"
