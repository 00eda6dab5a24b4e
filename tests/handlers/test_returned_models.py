"""What is read of a circuit's model before it goes back to an environment of earlier."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.gates.rollback import CircuitReturn, Rollback
from bot.core.model_test_request import ModelRef
from bot.core.production.deployment import DesiredDeployment
from bot.handlers.context import Context
from bot.handlers.last_changes import desired_at
from bot.handlers.returned_models import ReturnedModels
from tests.handlers.conftest import NOON

C001 = "config/plants/P001/C001.yml"
CIRCUIT = CircuitId("P001", "C001")
SIX = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices"
    "/workspaces/w/models/sensor/versions/6"
)


@dataclass
class Cloud:
    """The part of Azure that knows models' tags."""

    tags: dict[str, str]
    asked: list[str] = field(default_factory=list)

    def model_tags(self, stage: str, model_id: str) -> dict[str, str]:
        assert stage == "production"
        self.asked.append(model_id)
        return self.tags


@dataclass
class Ledger:
    """What tests are on record, by the commit that released."""

    context: Context
    cloud: Cloud
    tested: dict[str, frozenset[ModelRef]] = field(default_factory=dict)

    def tested_by(self, commit: str) -> frozenset[ModelRef] | None:
        return self.tested.get(commit)


@dataclass
class Past:
    """A main whose circuit went from 1.5.0 to 1.5.1 and is to go back."""

    ledger: Ledger
    before: str
    then: DesiredDeployment

    def objection(self, desired: DesiredDeployment) -> str:
        field_name = "training.environment_version"
        back = Rollback(self.before, (CircuitReturn(CIRCUIT, field_name, "1.5.1", "1.5.0"),), ())
        ledger: Any = self.ledger
        return ReturnedModels(ledger).objection(back, desired, SIX)


@pytest.fixture
def make_past(context: Context) -> Callable[..., Past]:
    def make(more: bytes = b"", made_with: str = "1.5.1") -> Past:
        repository, first = context.repository, context.rules.main
        data = repository.read(first, C001)[C001].data.replace(b"1.5.0", b"1.4.0")
        older = repository.commit((first,), {C001: data}, "Begin", at=NOON)
        released = {C001: data.replace(b"1.4.0", b"1.5.0") + more}
        before = repository.commit((older,), {**released}, "Release", at=NOON)
        ledger = Ledger(context, Cloud({"environment_version": made_with}))
        return Past(ledger, before, desired_at(repository, before)[CIRCUIT])

    return make


def test_a_model_that_passed_when_that_version_was_released_goes_back(
    make_past: Callable[..., Past],
) -> None:
    past = make_past()
    past.ledger.tested[past.before] = frozenset({ModelRef("sensor", "6")})

    assert past.objection(past.then) == ""
    assert past.ledger.cloud.asked == []


def test_a_model_that_did_not_is_held(make_past: Callable[..., Past]) -> None:
    past = make_past()
    past.ledger.tested[past.before] = frozenset({ModelRef("sensor", "5")})

    assert "was not among the models that were tested" in past.objection(past.then)


def test_a_model_that_main_named_then_goes_back(make_past: Callable[..., Past]) -> None:
    past = make_past(b'deployment:\n  model_version: "6"\n')
    past.ledger.tested[past.before] = frozenset()

    assert past.objection(past.then) == ""


def test_without_a_test_on_record_the_models_tag_tells(make_past: Callable[..., Past]) -> None:
    past = make_past()

    assert "was made with 1.5.1" in past.objection(past.then)
    assert past.ledger.cloud.asked == [SIX]
