"""What a step writes to GITHUB_OUTPUT."""

import pytest

from bot.sandbox.github.actions.outputs import read_outputs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", {}, id="nothing"),
        pytest.param("a=1\nb=x=y\n", {"a": "1", "b": "x=y"}, id="lines"),
        pytest.param("a=1\na=2\n", {"a": "2"}, id="the last counts"),
        pytest.param("a<<END\n1\n2=3\nEND\nb=4\n", {"a": "1\n2=3", "b": "4"}, id="several lines"),
        pytest.param("a=b<<c\n", {"a": "b<<c"}, id="arrows in a value"),
    ],
)
def test_reads_names_and_values(text: str, expected: dict[str, str]) -> None:
    assert read_outputs(text) == expected


def test_refuses_a_line_that_is_neither() -> None:
    with pytest.raises(ValueError, match="without `=`"):
        read_outputs("oops\n")
