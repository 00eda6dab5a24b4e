"""How much code is read: exactly as much as the limits say, then it is refused."""

import ast
import json
from collections.abc import Callable

import pytest

from bot.core.evidence import notebook_limits as limits
from bot.core.evidence.checklist import check_notebook
from bot.core.evidence.notebook import MAX_SHOWN, UnreadableNotebookError, read_notebook
from bot.core.evidence.notebook_limits import (
    Steps,
    TooMuchCodeError,
    limit_characters,
    limit_nodes,
)
from bot.core.evidence.notebook_trace import follow


def test_reads_as_many_characters_as_the_limit() -> None:
    limit_characters(["x" * (limits.MAX_CHARACTERS - 1), "y"])

    with pytest.raises(TooMuchCodeError, match="longer than 200000 characters"):
        limit_characters(["x" * limits.MAX_CHARACTERS, "y"])


def test_reads_as_many_parts_as_the_limit() -> None:
    limit_nodes([ast.Pass()] * limits.MAX_NODES)

    with pytest.raises(TooMuchCodeError, match="more than 40000 parts"):
        limit_nodes([ast.Pass()] * (limits.MAX_NODES + 1))


def test_takes_as_many_steps_as_the_limit() -> None:
    steps = Steps(limits.MAX_STEPS - 1)
    steps.take()

    with pytest.raises(TooMuchCodeError, match="too complicated"):
        steps.take()


def showing(characters: int) -> bytes:
    output = {"output_type": "stream", "name": "stdout", "text": "[" * (characters // 2)}
    cell = {"cell_type": "code", "source": "x", "outputs": [output, output], "metadata": {}}
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}}
    return json.dumps(content | {"cells": [cell | {"execution_count": 1}]}).encode()


def test_reads_as_much_shown_text_as_the_limit() -> None:
    assert len(read_notebook(showing(MAX_SHOWN)).cells) == 1

    with pytest.raises(UnreadableNotebookError, match="more than 500000 characters"):
        read_notebook(showing(MAX_SHOWN + 2))


@pytest.mark.parametrize(
    "nested",
    [
        pytest.param(lambda depth: "f(" * depth + "1" + ")" * depth, id="calls"),
        pytest.param(lambda depth: "print(" * depth + "1" + ")" * depth, id="prints"),
        pytest.param(
            lambda depth: "def f(x):\n    return x\n" + "f(" * depth + "1" + ")" * depth,
            id="calls of a function of the notebook",
        ),
    ],
)
def test_what_calls_cost_grows_no_faster_than_the_square_of_their_depth(
    nested: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = list[int]()
    take = Steps.take

    def count(steps: Steps, number: int = 1) -> None:
        taken.append(number)
        take(steps, number)

    monkeypatch.setattr(Steps, "take", count)
    costs = []
    for depth in (20, 40):
        taken.clear()
        follow([(1, ast.parse(nested(depth)).body)])
        costs.append(sum(taken))

    assert costs[1] <= 4 * costs[0]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        pytest.param(
            "\n".join("print(" + "f(" * 80 + "1" + ")" * 80 + ")" for _ in range(5_000)),
            f"The code is longer than {limits.MAX_CHARACTERS} characters.",
            id="400,000 nested calls",
        ),
        pytest.param(
            "f()\n" * 20_000,
            f"The code has more than {limits.MAX_NODES} parts.",
            id="many statements",
        ),
        pytest.param(
            "\n".join(f"def f{i}():\n    f{i + 1}()\n    f{i + 1}()" for i in range(40)) + "\nf0()",
            "The code is too complicated to be followed.",
            id="calls that double",
        ),
        pytest.param(
            "".join(f"v{i} = 1\n" for i in range(400)) + "if a:\n    b = 1\n" * 400,
            "The code is too complicated to be followed.",
            id="many names and branches",
        ),
    ],
)
def test_says_why_so_much_code_is_not_read(source: str, why: str) -> None:
    cell = {"cell_type": "code", "source": source, "outputs": [], "metadata": {}}
    content = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [cell | {"execution_count": 1}],
    }

    report = check_notebook(
        json.dumps(content).encode(), environment="env", version="1.5.1", candidate=None
    )

    assert why in [item.why for item in report.refused]
