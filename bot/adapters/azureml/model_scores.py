"""What the steps of a test wrote, read with care: whoever may submit there can write there."""

import json
from collections.abc import Iterator

from bot.core.baseline import Score
from bot.core.model_test import ModelResult

_LONGEST = 4000


def parse_scores(data: bytes) -> Iterator[Score]:
    """Yield the scores in one file of a step; whatever has not their shape is left out."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return
    for item in content if isinstance(content, list) else [content]:
        if score := _score(item):
            yield score


def _score(item: object) -> Score | None:
    match item:
        case {"name": str(name), "version": str(version), "passed": bool(passed), **rest}:
            why, tail = str(rest.get("why", "")), str(rest.get("log_tail", ""))
            result = ModelResult(name, version, passed, why[:_LONGEST], tail[-_LONGEST:])
            rows, predictions = rest.get("rows"), rest.get("predictions")
            return Score(
                result,
                is_baseline=rest.get("baseline") is True,
                rows=rows if isinstance(rows, int) else 0,
                sample=str(rest.get("sample", ""))[:_LONGEST],
                predictions=tuple(predictions) if isinstance(predictions, list) else (),
            )
    return None
