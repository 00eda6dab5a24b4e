from dataclasses import replace

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.planned_change import (
    PlannedChange,
    actions_digest,
    naming_models,
    planned_changes,
)

C001, C002 = CircuitId("P001", "C001"), CircuitId("P001", "C002")


def desired(version: str, circuit: CircuitId = C001, registry: str = "reg") -> DesiredDeployment:
    return DesiredDeployment(
        circuit=circuit,
        endpoint="endpoint",
        deployment=f"deployment-{circuit.circuit}",
        environment_id=f"azureml://registries/{registry}/environments/tf/versions/{version}",
        environment="tf",
        version=version,
        model_version=None,
    )


BASE = [desired("1.5.0"), desired("1.5.0", C002)]


@pytest.mark.parametrize(
    ("merged", "expected"),
    [
        pytest.param(BASE, [], id="nothing"),
        pytest.param(list(reversed(BASE)), [], id="another order"),
        pytest.param(
            [desired("1.5.1"), BASE[1]],
            [(C001, "environment", "tf:1.5.0", "tf:1.5.1")],
            id="a version",
        ),
        pytest.param(
            [replace(BASE[0], model_version="6"), BASE[1]],
            [(C001, "model_version", None, "6")],
            id="a model",
        ),
        pytest.param(
            [desired("1.5.0", registry="other"), BASE[1]],
            [(C001, "environment_place", "registries/reg", "registries/other")],
            id="the registry",
        ),
        pytest.param([BASE[0]], [(C002, "circuit", "tf:1.5.0", None)], id="a circuit goes"),
        pytest.param(
            [*BASE, desired("1.5.0", CircuitId("P001", "C003"))],
            [(CircuitId("P001", "C003"), "circuit", None, "tf:1.5.0")],
            id="a circuit comes",
        ),
    ],
)
def test_names_what_a_merge_changes(
    merged: list[DesiredDeployment], expected: list[tuple[object, ...]]
) -> None:
    assert [tuple(change) for change in planned_changes(BASE, merged)] == expected


def test_sorts_changes_by_circuit_and_field() -> None:
    merged = [desired("1.5.1", C002), replace(desired("1.5.1"), model_version="6")]

    changes = planned_changes(BASE, merged)

    assert [(change.circuit, change.field) for change in changes] == [
        (C001, "environment"),
        (C001, "model_version"),
        (C002, "environment"),
    ]


def test_the_digest_is_of_the_changes_and_not_of_their_order() -> None:
    changes = planned_changes(BASE, [desired("1.5.1"), desired("1.5.1", C002)])

    assert actions_digest(reversed(changes)) == actions_digest(changes)


def test_the_digest_tells_one_change_from_another() -> None:
    one = PlannedChange(C001, "environment", "tf:1.5.0", "tf:1.5.1")

    assert (
        len({actions_digest([]), actions_digest([one]), actions_digest([one._replace(after="")])})
        == 3
    )


@pytest.mark.parametrize(
    ("merged", "named"),
    [
        pytest.param(BASE, [], id="nothing"),
        pytest.param([replace(BASE[0], model_version="6"), BASE[1]], [C001], id="a model"),
        pytest.param([replace(BASE[0], version="1.5.1")], [], id="a version, and a circuit goes"),
        pytest.param(
            [*BASE, replace(desired("1.5.0", CircuitId("P001", "C003")), model_version="1")],
            [CircuitId("P001", "C003")],
            id="a circuit comes",
        ),
        pytest.param(
            [*BASE, desired("1.5.0", CircuitId("P001", "C003"))], [], id="one comes without a model"
        ),
    ],
)
def test_tells_for_which_circuits_a_merge_names_a_model(
    merged: list[DesiredDeployment], named: list[CircuitId]
) -> None:
    found = naming_models(planned_changes(BASE, merged), merged)

    assert [one.circuit for one in found] == named


def test_a_model_that_was_named_before_is_named_anew_for_a_deployment_of_another_name() -> None:
    before = replace(BASE[0], model_version="6")
    same = replace(before, environment_id=desired("1.5.1").environment_id, version="1.5.1")
    other = replace(before, deployment="deployment-of-another-name")

    assert naming_models(planned_changes([before], [same]), [same]) == ()
    assert naming_models(planned_changes([before], [other]), [other]) == (other,)
