"""What blocks a head whatever anybody approves: code, person and next step."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import pytest

from bot.core.obstacles import obstacles, standing_in_the_way
from bot.core.review import Review

Reviewed: TypeAlias = Callable[..., Review]
Files: TypeAlias = Mapping[str, str | bytes]

C001 = "config/plants/P001/C001.yml"
SPEC = "environment/environment.yml"
SCORE = "environment/src/score.py"
FEATURES = "environment/src/features.py"


def codes(review: Review) -> list[str]:
    return [one.code for one in obstacles(review, "tom")]


def test_a_complete_release_has_nothing_in_its_way(
    reviewed: Reviewed, release_files: Files
) -> None:
    assert codes(reviewed(release_files)) == []


def twenty(reviewed: Reviewed, *gone: int) -> Review:
    """Return the review of a merge that takes some of twenty circuits away."""
    text = 'plant_id: "P003"\ncircuit_id: "{0}"\ntraining: {{environment_version: "1.5.0"}}\n'
    paths = {f"config/plants/P003/C{number:03}.yml": number for number in range(17)}
    files = {path: text.format(path[-8:-4]) for path in paths}
    return reviewed({path: None for path, number in paths.items() if number in gone}, main=files)


@pytest.mark.parametrize(
    ("gone", "found"),
    [
        pytest.param((0, 1), [], id="a tenth"),
        pytest.param((0, 1, 2), ["TOO_MANY_CIRCUITS_GONE"], id="more than a tenth"),
    ],
)
def test_a_merge_that_takes_too_many_circuits_away_is_blocked_before_it_is_merged(
    reviewed: Reviewed, gone: tuple[int, ...], found: list[str]
) -> None:
    review = twenty(reviewed, *gone)

    assert codes(review) == found
    assert [one.code for one in standing_in_the_way(review, "tom")] == found


def test_no_change_has_nothing_in_its_way(reviewed: Reviewed) -> None:
    assert codes(reviewed()) == []


def test_configs_left_behind_are_counted_with_the_command_that_moves_them(
    reviewed: Reviewed, release_files: Files
) -> None:
    edits = {path: release_files[path] for path in (SPEC, SCORE, C001)}

    (found,) = obstacles(reviewed(edits), "tom")

    assert found.code == "BUMP_OUTSTANDING"
    assert found.headline.startswith("2 configs")
    assert found.next == "`/bump 1.5.1`"


def test_a_wrong_declaration_is_the_authors_and_hides_the_bump(
    reviewed: Reviewed, release_files: Files
) -> None:
    found = obstacles(reviewed({SCORE: release_files[SCORE]}), "tom")

    assert {one.code for one in found} == {"CLASS_MISMATCH"}
    assert {one.resolver for one in found} == {"tom"}


def test_a_bad_file_is_named_and_quoted_harmlessly(reviewed: Reviewed) -> None:
    (found,) = obstacles(reviewed({C001: 'plant_id: "@all <b>"\n'}), "tom")

    assert found.code == "CONFIG_INVALID"
    assert any(C001 in fact and "<b>" in fact for fact in found.facts)
    assert all(fact.startswith("`") and fact.endswith("`") for fact in found.facts)


def test_a_conflict_and_a_moved_base_exclude_each_other(
    reviewed: Reviewed, sample: dict[str, bytes], release_files: Files
) -> None:
    main = {FEATURES: sample[FEATURES] + b"# more\n"}

    assert codes(reviewed(release_files, main=main)) == ["BASE_MOVED"]
    assert codes(reviewed(release_files, main=main, conflicts=True)) == ["MERGE_CONFLICT"]


def test_the_most_fundamental_comes_first(reviewed: Reviewed, release_files: Files) -> None:
    edits = {SCORE: release_files[SCORE], C001: "- not a circuit\n"}

    found = codes(reviewed(edits, conflicts=True))

    assert list(dict.fromkeys(found)) == ["CONFIG_INVALID", "MERGE_CONFLICT", "CLASS_MISMATCH"]


@pytest.mark.parametrize(
    ("edits", "conflicts", "expected"),
    [
        pytest.param({SCORE: "x = 1\n"}, False, [], id="undeclared change"),
        pytest.param({C001: "- not a circuit\n"}, False, ["CONFIG_INVALID"], id="bad file"),
        pytest.param({}, True, ["MERGE_CONFLICT"], id="conflict"),
    ],
)
def test_a_rollback_needs_only_usable_files_and_a_clean_merge(
    reviewed: Reviewed, edits: Files, conflicts: bool, expected: list[str]
) -> None:
    found = standing_in_the_way(reviewed(edits, conflicts=conflicts), "tom")

    assert [one.code for one in found] == expected
