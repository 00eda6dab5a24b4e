"""What a rollback writes on the deployments that it returns."""

import pytest

from bot.core.production.rolled_back import tag_value

FAMILY = "\U0001f468\u200d\U0001f469"


@pytest.mark.parametrize("text", ["", "#13 Roll back #12: alerts", "x" * 256, "\U0001f468" * 128])
def test_what_a_tag_takes_stays_as_it_is(text: str) -> None:
    assert tag_value(text) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 257, id="one too many"),
        pytest.param(", ".join(f"somebody-{number}" for number in range(100)), id="many people"),
        pytest.param("\U0001f468" * 200, id="characters of two units"),
        pytest.param("x" + FAMILY * 200, id="cut within a character"),
    ],
)
def test_what_is_too_long_for_a_tag_is_cut_and_says_so(text: str) -> None:
    value = tag_value(text)

    assert 254 < len(value.encode("utf-16-le")) / 2 <= 256
    assert value.endswith("…")
    assert text.startswith(value[:-1])
