"""Which updates a retry of what failed tries again."""

from dataclasses import replace

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.action import Action, ActionKind
from bot.core.production.deployment import LiveDeployment
from bot.core.production.journal import Journal, JournalEntry
from bot.core.production.retry import not_tried_again, untried

BEFORE = LiveDeployment(
    endpoint="plant",
    deployment="circuit",
    environment_id="azureml://registries/reg/environments/tf/versions/1.5.0",
    model_id="/subscriptions/s/models/sensor/versions/5",
    tags={},
    provisioning_state="Succeeded",
    kind="model",
    rest_digest="rest",
)
ENTRY = JournalEntry(
    "P001", "C001", "Plant", "circuit", BEFORE.environment_id, BEFORE.model_id, {}, "rest"
)
JOURNAL = Journal("m", "m", "f", "run", "2026-03-01T12:00:00+00:00", (ENTRY,))
DRIFTED = replace(BEFORE, environment_id=f"{BEFORE.environment_id}.9")
OVERWRITING = replace(JOURNAL, overwritten=(replace(ENTRY, environment_id=DRIFTED.environment_id),))
UNTRIED = "no apply has tried it yet; `/retry` without `--failed` does"
CHANGED = "it was changed after it failed; `/retry` without `--failed` writes it"


def update(live: LiveDeployment | None) -> Action:
    circuit = CircuitId("P001", "C001")
    return Action(ActionKind.UPDATE, "plant", "circuit", circuit, "", "", None, None, live)


@pytest.mark.parametrize(
    ("live", "journal", "expected"),
    [
        pytest.param(BEFORE, JOURNAL, "", id="as it was before the apply"),
        pytest.param(replace(BEFORE, tags={"a": "b"}), JOURNAL, "", id="but for tags"),
        pytest.param(
            replace(BEFORE, provisioning_state="Failed", rest_digest="other"),
            JOURNAL,
            "",
            id="its last update failed",
        ),
        pytest.param(None, JOURNAL, "", id="not there yet"),
        pytest.param(DRIFTED, OVERWRITING, "", id="as it was before drift was overwritten"),
        pytest.param(BEFORE, OVERWRITING, "", id="as it was before the first run"),
        pytest.param(BEFORE, None, UNTRIED, id="nothing was ever applied"),
        pytest.param(BEFORE, replace(JOURNAL, entries=()), UNTRIED, id="not in that apply"),
        pytest.param(
            replace(BEFORE, environment_id="tf:1.4.0"), JOURNAL, CHANGED, id="another environment"
        ),
        pytest.param(replace(BEFORE, model_id="m:6"), JOURNAL, CHANGED, id="another model"),
        pytest.param(replace(BEFORE, rest_digest="other"), JOURNAL, CHANGED, id="other settings"),
    ],
)
def test_what_an_apply_tried_and_nobody_changed_since_is_tried_again(
    live: LiveDeployment | None, journal: Journal | None, expected: str
) -> None:
    found = [why for _, why in not_tried_again([update(live)], journal)]

    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("live", "journal", "expected"),
    [
        pytest.param(BEFORE, JOURNAL, True, id="as it was before the apply"),
        pytest.param(
            replace(BEFORE, provisioning_state="Failed"), JOURNAL, True, id="its last update failed"
        ),
        pytest.param(None, JOURNAL, True, id="not made"),
        pytest.param(DRIFTED, OVERWRITING, False, id="it drifts as it did before"),
        pytest.param(None, None, False, id="never to be made"),
        pytest.param(BEFORE, None, False, id="nothing was ever applied"),
        pytest.param(BEFORE, replace(JOURNAL, entries=()), False, id="not in that apply"),
        pytest.param(replace(BEFORE, model_id="m:6"), JOURNAL, False, id="changed since"),
    ],
)
def test_what_no_apply_has_tried_is_told_from_what_it_has_tried_in_vain(
    live: LiveDeployment | None, journal: Journal | None, *, expected: bool
) -> None:
    assert (list(untried([update(live)], journal)) == []) is expected
