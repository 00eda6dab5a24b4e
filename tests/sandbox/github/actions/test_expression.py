"""The expressions of workflow files."""

from typing import Any

import pytest

from bot.sandbox.github.actions.expression import ExpressionError, evaluate, holds, insert

CONTEXTS: dict[str, Any] = {
    "github": {
        "event": {
            "issue": {"number": 7, "pull_request": {"url": "x"}},
            "comment": {"body": "/Promote registry", "user": {"type": "User"}},
        },
        "ref": "refs/heads/main",
    },
    "needs": {"publish": {"result": "success", "outputs": {"candidate": "true"}}},
    "results": ["success"],
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("'it''s'", "it's", id="text"),
        pytest.param("1 == 1.0", True, id="numbers"),
        pytest.param("'A' == 'a'", True, id="texts whatever their case"),
        pytest.param("null == ''", True, id="null is empty"),
        pytest.param("'1' == 1", True, id="text as number"),
        pytest.param("'x' == 1", False, id="no number"),
        pytest.param("github.event.absent.deeper == null", True, id="absent"),
        pytest.param("github.event.absent || github.ref", "refs/heads/main", id="first that holds"),
        pytest.param("true && 'last'", "last", id="last of and"),
        pytest.param("false || true && false", False, id="and binds tighter"),
        pytest.param("!(true && false)", True, id="not"),
        pytest.param("startsWith(github.event.comment.body, '/promote')", True, id="startsWith"),
        pytest.param("endsWith('abc', 'b')", False, id="endsWith"),
        pytest.param("contains('abc', 'B')", True, id="contains"),
        pytest.param("github.event.comment.user.type != 'Bot'", True, id="unequal"),
    ],
)
def test_means_what_github_says(expression: str, value: object) -> None:
    assert evaluate(expression, CONTEXTS) == value


@pytest.mark.parametrize(
    "expression",
    [
        "format('x', 1)",
        "env.PATH",
        "github.event[0]",
        "1 +",
        "(true",
        "true true",
        "github.*",
        "'a",
    ],
)
def test_refuses_what_it_does_not_know(expression: str) -> None:
    with pytest.raises(ExpressionError, match="In the expression"):
        evaluate(expression, CONTEXTS)


@pytest.mark.parametrize(
    ("condition", "results", "expected"),
    [
        pytest.param("", ["success"], True, id="none, all well"),
        pytest.param("", ["failure"], False, id="none, one failed"),
        pytest.param("", ["skipped"], False, id="none, one skipped"),
        pytest.param("needs.publish.outputs.candidate == 'true'", ["success"], True, id="output"),
        pytest.param("needs.publish.outputs.candidate == 'true'", ["failure"], False, id="failed"),
        pytest.param("always() && true", ["failure", "cancelled"], True, id="always"),
        pytest.param("failure()", ["failure"], True, id="failure"),
        pytest.param("cancelled()", ["success"], False, id="not cancelled"),
        pytest.param("${{ github.ref == 'refs/heads/main' }}", ["success"], True, id="wrapped"),
    ],
)
def test_a_condition_asks_for_success_unless_told_otherwise(
    condition: str, results: list[str], expected: bool
) -> None:
    assert holds(condition, {**CONTEXTS, "results": results}) is expected


def test_values_are_put_into_texts() -> None:
    text = "cmd-${{ github.event.issue.number }}-${{ github.absent }}-${{ true }}"

    assert insert(text, CONTEXTS) == "cmd-7--true"
