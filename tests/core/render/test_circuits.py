"""What a pull request says before the merge of the circuits that it moves."""

from collections.abc import Callable, Mapping

import pytest

from bot.core.render.circuits import circuits_section
from bot.core.review import Review

Reviewed = Callable[..., Review]

TEXT = 'plant_id: "P007"\ncircuit_id: "{0}"\ntraining: {{environment_version: "1.5.0"}}\n'
WITH_MODEL = 'deployment: {model_version: "1"}\n'


def new(*numbers: int, ending: str = "") -> Mapping[str, str]:
    names = [f"C{number:03}" for number in numbers]
    return {f"config/plants/P007/{name}.yml": TEXT.format(name) + ending for name in names}


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        pytest.param(
            new(1, 2), "New without `deployment.model_version`: P007/C001, P007/C002.", id="two"
        ),
        pytest.param(new(*range(1, 9)), "P007/C005 and 3 more. ", id="many"),
    ],
)
def test_a_new_circuit_that_cannot_get_a_deployment_is_told(
    reviewed: Reviewed, edits: Mapping[str, str], said: str
) -> None:
    assert said in circuits_section(reviewed(edits))


def test_a_new_circuit_that_names_its_model_is_one_like_others(reviewed: Reviewed) -> None:
    shown = circuits_section(reviewed(new(1, ending=WITH_MODEL)))

    assert "| P007/C001 | — | custom-tf-env:1.5.0 |" in shown
    assert "New without" not in shown


def test_a_new_circuit_is_told_where_nothing_says_what_to_make_of_it(reviewed: Reviewed) -> None:
    edits = {**new(1, ending=WITH_MODEL), "config/deployment-template.yml": None}

    shown = circuits_section(reviewed(edits))

    assert "New without `config/deployment-template.yml`: P007/C001. Where production has" in shown


def test_says_of_how_many_circuits_of_a_plant_how_many_move(reviewed: Reviewed) -> None:
    edits = {**new(1), "config/plants/P001/C002.yml": None}

    shown = circuits_section(reviewed(edits))

    assert "- P001 (1 of 2): C002\n- P007 (1 of 1): C001" in shown


def test_a_circuit_without_a_config_any_more_is_told_to_go_on_running(reviewed: Reviewed) -> None:
    shown = circuits_section(reviewed({"config/plants/P001/C002.yml": None}))

    assert "⚠️ Config removed: P001/C002. envbot deletes nothing: what is deployed goes on" in shown


def test_a_circuit_that_keeps_its_config_is_not_told_as_removed(reviewed: Reviewed) -> None:
    assert "Config removed" not in circuits_section(reviewed(new(1)))


C002 = "config/plants/P001/C002.yml"


def unpinned(sample: dict[str, bytes], *, after: str = "") -> tuple[dict[str, bytes], ...]:
    """Return what a pull request makes of a config that names model 2, and that config."""
    return {C002: sample[C002] + after.encode()}, {
        C002: sample[C002] + b'deployment: {model_version: "2"}\n'
    }


def test_a_model_that_is_no_longer_named_is_told_to_stay(
    reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    head, main = unpinned(sample, after="# As before\n")

    shown = circuits_section(reviewed(head, main=main))

    assert shown.startswith("### Circuits: 0 change · ")
    assert "| P001/C002 | model 2 | the model stays |" in shown
    assert "⚠️ The model stays: P001/C002. Without `deployment.model_version` production" in shown


def test_a_circuit_that_moves_without_its_model_changes_and_is_told_so(
    reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    head, main = unpinned(sample, after='deployment: {environment_version: "1.4.9"}\n')

    shown = circuits_section(reviewed(head, main=main))

    assert shown.startswith("### Circuits: 1 change · ")
    assert "The model stays: P001/C002." in shown


def test_a_model_that_another_replaces_does_not_stay(
    reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    head, main = unpinned(sample, after='deployment: {model_version: "1"}\n')

    assert "The model stays" not in circuits_section(reviewed(head, main=main))
