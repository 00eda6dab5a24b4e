"""`/override` as people type it."""

import pytest

from bot.core.commands.command import Command, Invalid, parse


@pytest.mark.parametrize(
    ("line", "given"),
    [
        pytest.param(
            '/override class breaking --reason "values move"',
            ("breaking", "values move"),
            id="tightening",
        ),
        pytest.param(
            "/override class non-breaking --reason=typo", ("non-breaking", "typo"), id="one word"
        ),
        pytest.param(
            "/override \u2014reason \u201conly a text\u201d class non-breaking",
            ("non-breaking", "only a text"),
            id="as a phone types it",
        ),
    ],
)
def test_is_understood(line: str, given: tuple[str, str]) -> None:
    command = parse(line)

    assert isinstance(command, Command)
    assert (command.arguments["class"], command.arguments["reason"]) == given


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param("/override class breaking", "REASON is missing", id="no reason"),
        pytest.param('/override class breaking --reason " "', "must be a reason", id="a blank one"),
        pytest.param(
            f"/override class breaking --reason {'x' * 301}", "must be a reason", id="a long one"
        ),
        pytest.param("/override class safe --reason x", "CLASS must be", id="another class"),
        pytest.param("/override breaking --reason x", "SUBJECT must be", id="no subject"),
        pytest.param("/override class --reason x", "CLASS is missing", id="no class"),
        pytest.param("/override class breaking --reason values move", "more words", id="no quotes"),
    ],
)
def test_says_what_does_not_fit(line: str, why: str) -> None:
    command = parse(line)

    assert isinstance(command, Invalid)
    assert why in command.why
