"""The four worked examples of the seed's environment strategy, each with its whole comment.

`UPDATE_GOLDEN=1` writes the golden files anew.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.core.config.policy import read_policy
from bot.core.gates.approval import Conversation
from bot.core.render.summary import summary_markdown
from bot.core.review import Review
from bot.core.standing import Progress, Situation, stand
from tests.sample_pull import PULL

OPENED = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPEC = "environment/environment.yml"
CONDA = "environment/conda.yml"
SCORE = "environment/src/score.py"
PREPROCESSING = "environment/src/preprocessing.py"
PULL = replace(
    PULL,
    title="Change the environment",
    author="ada",
    head="4be1d27" + "0" * 33,
    head_branch="change",
    base="c09aa10" + "0" * 33,
    created_at=OPENED,
)

CONFIDENCE = b'''\
def calculate_confidence_interval(predictions):
    """New optional utility for confidence bounds."""
    return np.percentile(predictions, [2.5, 97.5])


def run(mini_batch'''
Z_SCORE = b"""\
            spread = self.std[column] or 1.0
            scaled[column] = (readings[column] - self.mean[column]) / spread
"""
MIN_MAX = b"""\
            low, high = readings[column].min(), readings[column].max()
            scaled[column] = (readings[column] - low) / (high - low)
"""
LOGGED = b'logger.info(f"Prediction for sensor {sensor_id}: {result}, confidence: {confidence}")'
LOGGING = (
    (b"import json\nimport os\n", b"import json\nimport logging\nimport os\n"),
    (
        b'MODEL_FOLDER = "model"\n',
        b'MODEL_FOLDER = "model"\n\nlogger = logging.getLogger(__name__)\n',
    ),
    (b'print(f"Prediction: {result}")', LOGGED),
)
NEW_FUNCTION = (
    (b"import pandas as pd\n", b"import numpy as np\nimport pandas as pd\n"),
    (b"\n    import numpy as np\n", b""),
    (b"def run(mini_batch", CONFIDENCE),
)
SCALING = ((Z_SCORE, MIN_MAX),)


class Example(NamedTuple):
    """One worked example: what is edited, and what the seed says of it."""

    path: str
    edits: tuple[tuple[bytes, bytes], ...]
    version: str
    breaking: bool


EXAMPLES = {
    "1_logging_improvement": Example(SCORE, LOGGING, "1.5.1", breaking=False),
    "2_tensorflow_upgrade": Example(
        CONDA, ((b"tensorflow==2.13.0", b"tensorflow==2.14.0"),), "2.0.0", breaking=True
    ),
    "3_new_utility_function": Example(SCORE, NEW_FUNCTION, "1.6.0", breaking=False),
    "4_feature_preprocessing_change": Example(PREPROCESSING, SCALING, "2.0.0", breaking=True),
}


@pytest.fixture(params=list(EXAMPLES.values()), ids=list(EXAMPLES))
def example(request: pytest.FixtureRequest) -> Example:
    chosen: Example = request.param
    return chosen


@pytest.fixture
def review(
    example: Example, reviewed: Callable[..., Review], sample: Mapping[str, bytes]
) -> Review:
    edited = sample[example.path]
    for before, after in example.edits:
        assert before in edited, f"{before!r} is not in {example.path}"
        edited = edited.replace(before, after, 1)
    said = {True: b'"true"', False: b'"false"'}
    spec = sample[SPEC].replace(b'"1.5.0"', f'"{example.version}"'.encode())
    spec = spec.replace(
        b'backward_compatible: "true"', b"backward_compatible: " + said[not example.breaking]
    ).replace(b'requires_retrain: "false"', b"requires_retrain: " + said[example.breaking])
    head = {example.path: edited, SPEC: spec}
    bump = reviewed(head).bump
    assert bump is not None, "the bulk edit is part of the release"
    return reviewed({**head, **bump.files})


def test_the_seed_and_the_verdict_agree(example: Example, review: Review) -> None:
    verdict = review.verdict

    assert (verdict.verdict == "breaking") is example.breaking
    assert verdict.requires_retrain is example.breaking
    assert review.required_version == example.version
    assert review.agrees


def test_the_whole_comment_reads_well(
    example: Example,
    review: Review,
    sample: Mapping[str, bytes],
    golden_folder: Path,
) -> None:
    nobody = Conversation("ada", (), (), {}, (), {}, review.content)
    policy = read_policy(sample["config/policy.yml"])
    found = stand(PULL, review, None, Situation(nobody, Progress(), None), policy, OPENED)
    comment = summary_markdown(found).replace(review.env_digest[:8], "DIGEST00")

    golden = golden_folder / f"{_name_of(example)}.md"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(comment, encoding="utf-8")
    assert comment == golden.read_text(encoding="utf-8")


@pytest.fixture
def golden_folder() -> Path:
    return Path(__file__).with_name("golden")


def _name_of(example: Example) -> str:
    return next(name for name, one in EXAMPLES.items() if one is example)
