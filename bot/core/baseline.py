"""Predictions in the environment under test against those in the one that production runs."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias, TypeGuard

from bot.core.config.platform_file import TestSettings
from bot.core.model_test import ModelResult
from bot.core.model_test_request import ModelRef

Prediction: TypeAlias = object
"""What JSON can say of one row: a number, a text, or lists and objects of them."""


class Absence(Enum):
    """What kept a model out of the job, in the words of the job's tags."""

    MODEL = "absent_models"
    SAMPLE = "absent_samples"
    CIRCUIT = "unknown_circuits"
    ENVIRONMENT = "absent_environments"


_WHY_ABSENT: Mapping[Absence, str] = {
    Absence.MODEL: "{model} is not in {place}; whoever trains the model can put it there",
    Absence.SAMPLE: "the sample data of {model} is not in the test workspace; "
    "see `test.sample_data` in config/platform.yml",
    Absence.CIRCUIT: "no circuit is known for {model}, and so no sample data; "
    "see `names` in config/platform.yml",
    Absence.ENVIRONMENT: "the environment that production runs is not in the test workspace; "
    "the platform engineer can register it there",
}


@dataclass(frozen=True, slots=True)
class Score:
    """What the test program wrote about one model in one environment; all of it is untrusted.

    Attributes:
        rows: how many rows the sample has; each was predicted.
        sample: digest of the sample as it was read.
        predictions: of the first rows; the program writes a limited number.
    """

    result: ModelResult
    is_baseline: bool = False
    rows: int = 0
    sample: str = ""
    predictions: tuple[Prediction, ...] = ()


def score_of_absent(why: Absence, model: ModelRef, settings: TestSettings) -> Score:
    """Return the failed score of a model that was not submitted, with the reason."""
    place = "the registry" if settings.models == "registry" else "the test workspace"
    text = _WHY_ABSENT[why].format(model=model.label, place=place)
    result = ModelResult(model.name, model.version, passed=False, why=text)
    return Score(result, is_baseline=why is Absence.ENVIRONMENT)


def judge_scores(scores: Iterable[Score], settings: TestSettings) -> tuple[ModelResult, ...]:
    """Return one result for each score in the environment under test, sorted.

    A model passed if it scored and its predictions are within the tolerance of its baseline. One
    whose baseline failed did not pass, unless the settings say that a baseline is optional.
    """
    candidates: list[Score] = []
    baselines: dict[ModelRef, list[Score]] = {}
    for score in scores:
        if score.is_baseline:
            baselines.setdefault(score.result.ref, []).append(score)
        else:
            candidates.append(score)
    return tuple(sorted(_judge(score, baselines, settings) for score in candidates))


def _judge(
    score: Score, baselines: Mapping[ModelRef, Sequence[Score]], settings: TestSettings
) -> ModelResult:
    if not score.result.passed or settings.baseline == "none":
        return score.result
    before = baselines.get(score.result.ref, ())
    flaws = [one.result.why for one in before if not one.result.passed]
    if not before or flaws:
        if settings.baseline == "optional":
            return score.result
        why = flaws[0] if flaws else "it left no result"
        return _failed(score, f"the baseline itself failed: {why}")
    differences = (_difference(one, score, settings.tolerance) for one in before)
    why = next(filter(None, differences), "")
    return _failed(score, why) if why else score.result


def _failed(score: Score, why: str) -> ModelResult:
    return replace(score.result, passed=False, why=why)


def _difference(before: Score, after: Score, tolerance: float) -> str:
    """Return how the predictions differ by more than `tolerance`; empty when they do not."""
    if before.sample != after.sample:
        return "the baseline was scored on other data"
    if before.rows != after.rows or len(before.predictions) != len(after.predictions):
        return f"{after.rows} predictions, {before.rows} in the baseline"
    if not after.predictions:
        return "there are no predictions to compare"
    rows = zip(before.predictions, after.predictions, strict=True)
    for row, (one, other) in enumerate(rows, start=1):
        distance = _distance(one, other)
        if not distance <= tolerance:
            return f"row {row} differs from the baseline by {distance:.6g}"
    return ""


def _distance(before: Prediction, after: Prediction) -> float:
    """Return the largest absolute difference; infinite where they cannot be compared."""
    one, other = list(_flat(before)), list(_flat(after))
    if len(one) != len(other):
        return math.inf
    pairs = zip(one, other, strict=True)
    return max((_between(first, second) for first, second in pairs), default=math.inf)


def _between(one: Prediction, other: Prediction) -> float:
    if _is_number(one) and _is_number(other):
        return abs(one - other)
    return 0.0 if one == other and type(one) is type(other) else math.inf


def _is_number(value: Prediction) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _flat(value: Prediction) -> Iterator[Prediction]:
    if isinstance(value, dict):
        for key in sorted(value, key=str):
            yield str(key)
            yield from _flat(value[key])
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _flat(part)
    else:
        yield value
