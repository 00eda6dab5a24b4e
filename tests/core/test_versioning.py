import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.versioning import Level, level_between, parse_version, required_version, same_major

NUMBERS = st.integers(min_value=0, max_value=30)
VERSIONS = st.builds("{}.{}.{}".format, NUMBERS, NUMBERS, NUMBERS)


@pytest.mark.parametrize(
    ("level", "version"),
    [
        pytest.param(Level.MAJOR, "2.0.0", id="breaking"),
        pytest.param(Level.MINOR, "1.6.0", id="minor"),
        pytest.param(Level.PATCH, "1.5.4", id="patch"),
        pytest.param(Level.NONE, "1.5.3", id="nothing"),
    ],
)
def test_requires_the_next_version_of_the_level(level: Level, version: str) -> None:
    assert required_version("1.5.3", level) == version


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        pytest.param("1.5.0", "1.5.0", Level.NONE, id="same"),
        pytest.param("1.5.0", "1.5.3", Level.PATCH, id="patch, numbers skipped"),
        pytest.param("1.5.9", "1.10.0", Level.MINOR, id="compared as numbers, not as text"),
        pytest.param("1.5.0", "3.0.0", Level.MAJOR, id="major"),
        pytest.param("1.5.0", "1.4.9", None, id="backwards"),
    ],
)
def test_tells_by_how_much_a_version_rises(before: str, after: str, level: Level | None) -> None:
    assert level_between(before, after) == level


@given(VERSIONS, st.sampled_from([Level.PATCH, Level.MINOR, Level.MAJOR]))
def test_the_required_version_rises_by_the_required_level(current: str, level: Level) -> None:
    assert level_between(current, required_version(current, level)) == level


@pytest.mark.parametrize(
    "text",
    ["", "1.5", "v1.5.0", "1.05.0", "latest", "1.5.1-rc.g0a1b2c3d", "1.5.1+build", "1.5.1\n"],
)
def test_refuses_what_is_not_a_released_version(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_version(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("1.5.0", "1.9.9", True), ("1.5.0", "2.0.0", False), ("1.0.0", "10.0.0", False)],
)
def test_versions_serve_the_same_models_inside_a_major(one: str, other: str, same: bool) -> None:
    assert same_major(one, other) is same
