"""Which models ran before a merge, as journals tell it."""

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.earlier_models import earlier_models
from bot.core.production.journal import Journal, JournalEntry

ONE, TWO = (CircuitId("P001", f"C00{number}") for number in (1, 2))
PLACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"


def model_of(circuit: CircuitId) -> str:
    return f"sensor_{circuit.circuit}"


def model_id(circuit: CircuitId, version: str) -> str:
    return f"{PLACE}/models/{model_of(circuit)}/versions/{version}"


def journal(models: dict[CircuitId, str | None]) -> Journal:
    entries = tuple(
        JournalEntry(*circuit, "endpoint", f"d-{circuit.circuit}", None, model, {}, "")
        for circuit, model in models.items()
    )
    return Journal("r", "m" * 40, "f", "run", "2026-03-01T12:00:00+00:00", entries)


def test_the_first_journal_that_knows_a_circuit_decides() -> None:
    journals = [
        journal({ONE: model_id(ONE, "1")}),
        journal({ONE: model_id(ONE, "2"), TWO: model_id(TWO, "7")}),
    ]

    assert earlier_models(journals, {ONE, TWO}, model_of) == {ONE: "1", TWO: "7"}


def test_no_more_journals_are_read_than_are_needed() -> None:
    journals = iter([journal({ONE: model_id(ONE, "1")}), journal({})])

    earlier_models(journals, {ONE}, model_of)

    assert len(list(journals)) == 1


def test_circuits_that_nobody_asked_about_are_left_out() -> None:
    known = journal({ONE: model_id(ONE, "1"), TWO: model_id(TWO, "7")})

    assert earlier_models([known], {TWO}, model_of) == {TWO: "7"}


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(None, id="none"),
        pytest.param(model_id(TWO, "1"), id="the model of another circuit"),
        pytest.param(model_id(ONE, "1.0"), id="no version that a config can name"),
        pytest.param(model_id(ONE, "१"), id="a digit that is none of ours"),
        pytest.param("a model", id="no id"),
    ],
)
def test_what_a_config_could_not_name_is_not_known(model: str | None) -> None:
    journals = [journal({ONE: model}), journal({ONE: model_id(ONE, "1")})]

    assert earlier_models(journals, {ONE}, model_of) == {}


def test_without_a_journal_nothing_is_known() -> None:
    assert earlier_models([], {ONE}, model_of) == {}
