import pytest

from bot.core.environment import RegisteredEnvironment
from bot.core.leftovers import leftovers

RC = "1.5.1-rc.g0a1b2c3d"


def registered(version: str = RC, pull: str | None = "PR-7") -> RegisteredEnvironment:
    tags = {} if pull is None else {"pr_number": pull}
    return RegisteredEnvironment("e", version, "id", "dev", "digest", tags)


@pytest.mark.parametrize(
    ("one", "is_left"),
    [
        pytest.param(registered(), True, id="a candidate of a closed one"),
        pytest.param(registered(pull="PR-8"), False, id="a candidate of an open one"),
        pytest.param(registered("1.5.1"), False, id="a final version"),
        pytest.param(registered("1.5.1-rc.1"), False, id="somebody's own candidate"),
        pytest.param(registered("1.5.1-rc.g0a1b2c3d4"), False, id="too many digits"),
        pytest.param(registered(pull=None), False, id="of nobody knows whom"),
        pytest.param(registered(pull="7"), False, id="another way to write numbers"),
        pytest.param(registered(pull="PR-07"), False, id="a number with a leading zero"),
    ],
)
def test_only_candidates_of_closed_pull_requests_are_left(
    one: RegisteredEnvironment, *, is_left: bool
) -> None:
    assert leftovers([one], {8, 9}) == ((one,) if is_left else ())


def test_they_are_sorted() -> None:
    later = registered("1.5.2-rc.g0a1b2c3d")

    assert leftovers([later, registered()], ()) == (registered(), later)
