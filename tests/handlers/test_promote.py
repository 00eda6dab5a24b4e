import pytest

from bot.handlers.promote import pause_between_polls


@pytest.mark.parametrize(
    ("waited", "pause"),
    [
        pytest.param(0, 30, id="at first"),
        pytest.param(600, 30, id="ten minutes"),
        pytest.param(1200, 60, id="twenty minutes"),
        pytest.param(36_000, 120, id="ten hours"),
    ],
)
def test_polls_less_often_the_longer_a_test_takes(waited: float, pause: float) -> None:
    assert pause_between_polls(30, waited) == pause
