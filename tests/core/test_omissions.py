"""What should be written about a new version and is not."""

from collections.abc import Mapping

import pytest

from bot.core.environment import EnvironmentSpec
from bot.core.finding import Finding, Verdict
from bot.core.omissions import OMISSIONS, changelog_omission, tag_omissions
from bot.core.tree import REGULAR, File, Tree

BREAKING = Verdict("breaking", "major", requires_retrain=True, findings=())
PATCH = Verdict("non-breaking", "patch", requires_retrain=False, findings=())
NONE = Verdict("none", "none", requires_retrain=False, findings=())
LINES = {"version": 2, "tags": 5, "tags.change_summary": 8, "tags.breaking_changes": 9}
BOTH = {"change_summary": "Log more", "breaking_changes": "TensorFlow 2.14 reads no old models"}


def spec(
    version: str, tags: Mapping[str, str] | None = None, lines: Mapping[str, int] = LINES
) -> EnvironmentSpec:
    return EnvironmentSpec(
        name="custom-tf-env",
        version=version,
        description="",
        tags=BOTH if tags is None else tags,
        build=None,
        image="image:1",
        conda_file=None,
        lines=lines,
    )


BEFORE = spec("1.5.0", {"change_summary": "Score in windows"})


def logs(text: str, path: str = "CHANGELOG.md") -> Tree:
    return {path: File(path, REGULAR, "0" * 40, text.encode())}


def missing_entry(text: str, path: str = "CHANGELOG.md") -> list[Finding]:
    return list(changelog_omission(BEFORE, spec("1.5.1"), logs(text, path), ()))


@pytest.mark.parametrize(
    ("verdict", "tags", "expected"),
    [
        pytest.param(PATCH, BOTH, [], id="all there"),
        pytest.param(PATCH, {"change_summary": "Log more"}, [], id="nothing breaks"),
        pytest.param(PATCH, {}, ["change_summary_missing"], id="no summary"),
        pytest.param(PATCH, {"change_summary": " "}, ["change_summary_missing"], id="a blank one"),
        pytest.param(PATCH, BEFORE.tags, ["change_summary_missing"], id="the one before"),
        pytest.param(
            BREAKING, {"change_summary": "x"}, ["breaking_changes_missing"], id="breaks in silence"
        ),
        pytest.param(
            BREAKING,
            {"breaking_changes": " "},
            ["change_summary_missing", "breaking_changes_missing"],
            id="nothing said",
        ),
        pytest.param(NONE, {}, [], id="nothing changed"),
    ],
)
def test_names_the_tags_that_are_missing(
    verdict: Verdict, tags: Mapping[str, str], expected: list[str]
) -> None:
    found = tag_omissions(verdict, BEFORE, spec("1.5.1", tags), ())

    assert [one.rule for one in found] == expected


def test_a_first_environment_has_no_summary_before_it() -> None:
    assert not list(tag_omissions(PATCH, None, spec("1.0.0"), ()))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(LINES, [8, 9], id="the tags"),
        pytest.param({"tags": 5}, [5, 5], id="where they belong"),
        pytest.param({}, [1, 1], id="the file"),
    ],
)
def test_points_at_where_the_tag_is_or_belongs(
    lines: Mapping[str, int], expected: list[int]
) -> None:
    found = list(tag_omissions(BREAKING, BEFORE, spec("2.0.0", {}, lines), ()))

    assert [one.line for one in found] == expected
    assert {one.path for one in found} == {"environment/environment.yml"}


@pytest.mark.parametrize("required", [(), ("change_summary",), ("breaking_changes", "changelog")])
def test_what_the_policy_requires_blocks_and_the_rest_warns(required: tuple[str, ...]) -> None:
    after = spec("2.0.0", {})
    found = [
        *tag_omissions(BREAKING, BEFORE, after, required),
        *changelog_omission(BEFORE, after, logs("## 1.5.0\n"), required),
    ]

    blocking = {one.rule for one in found if one.blocks}
    names = {"changelog": "changelog_entry_missing"}
    assert blocking == {names.get(one, f"{one}_missing") for one in required}
    assert {one.rule for one in found} == set(OMISSIONS)
    assert all(one.warns for one in found)


@pytest.mark.parametrize(
    "heading",
    [
        "## [1.5.1] - 2026-03-01",
        "## 1.5.1",
        "# v1.5.1",
        "### custom-tf-env 1.5.1 (2026-03-01)",
        "## 1.5.1: more logs",
        "   ## 1.5.1 ##",
        "1.5.1\n-----",
        "Version 1.5.1\n===",
    ],
)
def test_a_heading_that_names_the_version_is_an_entry(heading: str) -> None:
    assert not missing_entry(f"# Changelog\n\n{heading}\n\n- Log more\n\n## 1.5.0\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("## 1.5.10\n", id="a longer number"),
        pytest.param("## 11.5.1\n", id="a longer number before"),
        pytest.param("## 1.5.1.2\n", id="one more part"),
        pytest.param("## 1.5.1-rc.1\n", id="a candidate"),
        pytest.param("## 2.1.5.1\n", id="the end of another"),
        pytest.param("## 1x5y1\n", id="no dots"),
        pytest.param("Since 1.5.1 more is logged.\n", id="a sentence"),
        pytest.param("```\n## 1.5.1\n```\n", id="in a fence"),
        pytest.param("    ## 1.5.1\n", id="in an indented block"),
        pytest.param("##1.5.1\n", id="no heading"),
        pytest.param("## [Unreleased]\n", id="unreleased"),
        pytest.param("", id="empty"),
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert [one.rule for one in missing_entry(text)] == ["changelog_entry_missing"]


def test_the_log_beside_the_environment_will_do() -> None:
    assert not missing_entry("## 1.5.1\n", "environment/CHANGELOG.md")


def test_who_keeps_no_changelog_is_not_warned() -> None:
    assert not list(changelog_omission(BEFORE, spec("1.5.1"), {}, ("change_summary",)))


def test_who_requires_a_changelog_is_told_that_there_is_none() -> None:
    (found,) = changelog_omission(BEFORE, spec("1.5.1"), {}, ("changelog",))

    assert found.blocks
    assert found.message.startswith("CHANGELOG.md does not exist")


def test_the_entry_belongs_above_the_newest_one() -> None:
    (found,) = missing_entry("# Changelog\n\n## [Unreleased]\n\n## [1.5.0]\n\n## [1.4.9]\n")

    assert (found.path, found.line) == ("CHANGELOG.md", 5)


@pytest.mark.parametrize("before", [None, spec("1.5.1")], ids=["none before", "the same version"])
def test_only_a_new_version_needs_an_entry(before: EnvironmentSpec | None) -> None:
    assert not list(changelog_omission(before, spec("1.5.1"), {}, ("changelog",)))
