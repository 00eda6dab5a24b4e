"""The summary of a large fleet: within GitHub's limit, nothing left out without a count."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.core.config.policy import read_policy
from bot.core.gates.approval import Conversation
from bot.core.render.summary import page_markdown, summary_markdown
from bot.core.review import Review
from bot.core.standing import Progress, Situation, Standing, stand
from tests.sample_pull import PULL

OPENED = datetime(2026, 3, 1, 12, tzinfo=UTC)
SPEC = "environment/environment.yml"
Standings = Callable[[int, int], Standing]


@pytest.fixture
def standing_of(reviewed: Callable[..., Review], sample: dict[str, bytes]) -> Standings:
    """Return what tells where a bump of so many circuits stands, so many of them unlike."""

    def run(circuits: int, unlike: int) -> Standing:
        main, head = {}, {SPEC: sample[SPEC].replace(b'"1.5.0"', b'"1.5.1"')}
        for number in range(circuits):
            plant, circuit = f"P{100 + number // 20}", f"C{number % 20:03}"
            path = f"config/plants/{plant}/{circuit}.yml"
            version = f"1.4.{number}" if number < unlike else "1.5.0"
            text = (
                f'plant_id: "{plant}"\ncircuit_id: "{circuit}"\n'
                f'training:\n  environment_version: "{version}"\n'
            )
            main[path], head[path] = text, text.replace(version, "1.5.1").encode()
        review = reviewed(head, main=main)
        nobody = Conversation("tom", (), (), {}, (), {}, review.content)
        policy = read_policy(sample["config/policy.yml"])
        return stand(PULL, review, None, Situation(nobody, Progress(), None), policy, OPENED)

    return run


@pytest.mark.parametrize("unlike", [0, 3, 200])
def test_500_changed_circuits_fit_into_a_comment(standing_of: Standings, unlike: int) -> None:
    text = summary_markdown(standing_of(500, unlike))

    assert len(text) <= 60_000
    assert "### Circuits: 500 change" in text
    assert "### What to do now" in text
    assert "Shortened" not in text


def test_the_unlike_circuits_come_first_by_name(standing_of: Standings) -> None:
    text = summary_markdown(standing_of(500, 3))

    rows = re.findall(
        r"^\| (.+?) \| (.+?) \| .+? \|$", text.partition("### Circuits")[2], re.MULTILINE
    )
    assert [row[0] for row in rows[2:6]] == [
        "P100/C000",
        "P100/C001",
        "P100/C002",
        "497 circuits in 25 plants",
    ]


def test_what_a_table_leaves_out_is_counted(standing_of: Standings) -> None:
    assert "… 161 more kinds of change" in summary_markdown(standing_of(500, 200))


def test_20000_circuits_keep_the_next_step_in_the_comment(standing_of: Standings) -> None:
    text = summary_markdown(standing_of(20_000, 5))

    assert len(text) <= 60_000
    assert "more plants; `envbot review --format json` lists them" in text
    assert "### What to do now" in text


def test_no_line_of_the_comment_is_wider_than_a_phone_folds(standing_of: Standings) -> None:
    """Tables of a phone scroll sideways; what stands outside of them must not."""
    outside = re.sub(r"^\|.*$|<details>.*?</details>", "", summary_markdown(standing_of(500, 3)))

    assert max(len(word) for word in outside.split()) <= 160


def test_the_page_of_the_run_shows_what_the_comment_only_counts(standing_of: Standings) -> None:
    standing = standing_of(500, 200)

    assert "more kinds of change" not in page_markdown(standing)
    assert len(page_markdown(standing)) > len(summary_markdown(standing))
