"""The verdict that counts where somebody gave the change another class."""

from datetime import UTC, datetime

import pytest

from bot.core.finding import Finding, Impact, Verdict
from bot.core.override import Override, overridden

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TIGHTENING = Override(1, "ada", AT, breaking=True, reason="it moves predictions")
LOOSENING = Override(2, "lise", AT, breaking=False, reason="only a text differs")


def finding(impact: Impact, *, blocks: bool = False) -> Finding:
    return Finding("some_rule", impact, "environment/src/score.py", 3, "what", blocks=blocks)


BREAKING = Verdict("breaking", "major", requires_retrain=True, findings=(finding(Impact.BREAKING),))
PATCH = Verdict("non-breaking", "patch", requires_retrain=False, findings=(finding(Impact.PATCH),))
NONE = Verdict("none", "none", requires_retrain=False, findings=())


def test_without_an_override_what_was_found_counts() -> None:
    assert overridden(BREAKING, None) is BREAKING


@pytest.mark.parametrize("found", [PATCH, NONE], ids=["non-breaking", "none"])
def test_breaking_asks_for_a_major_version_and_retraining(found: Verdict) -> None:
    counts = overridden(found, TIGHTENING)

    assert (counts.verdict, counts.required_bump, counts.requires_retrain) == (
        "breaking",
        "major",
        True,
    )


@pytest.mark.parametrize(
    ("beside", "bump"),
    [
        pytest.param((), "patch", id="nothing"),
        pytest.param((finding(Impact.PATCH),), "patch", id="a patch"),
        pytest.param((finding(Impact.MINOR),), "minor", id="a minor"),
    ],
)
def test_non_breaking_asks_for_what_is_found_beside(beside: tuple[Finding, ...], bump: str) -> None:
    found = Verdict(
        "breaking", "major", requires_retrain=True, findings=(*BREAKING.findings, *beside)
    )

    counts = overridden(found, LOOSENING)

    assert (counts.verdict, counts.required_bump, counts.requires_retrain) == (
        "non-breaking",
        bump,
        False,
    )


@pytest.mark.parametrize("override", [TIGHTENING, LOOSENING], ids=["tightening", "loosening"])
@pytest.mark.parametrize("found", [BREAKING, PATCH], ids=["breaking", "non-breaking"])
def test_what_blocks_goes_on_blocking(found: Verdict, override: Override) -> None:
    blocked = Verdict(
        found.verdict,
        found.required_bump,
        found.requires_retrain,
        (*found.findings, finding(Impact.NONE, blocks=True)),
    )

    assert overridden(blocked, override).blocking == blocked.blocking


@pytest.mark.parametrize(
    ("found", "override"),
    [
        pytest.param(BREAKING, TIGHTENING, id="breaking"),
        pytest.param(PATCH, LOOSENING, id="non-breaking"),
        pytest.param(NONE, LOOSENING, id="none"),
    ],
)
def test_an_override_to_what_was_found_changes_nothing(found: Verdict, override: Override) -> None:
    assert overridden(found, override) is found
