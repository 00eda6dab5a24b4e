from dataclasses import replace

import pytest

from bot.core.asset_id import AssetId, parse_asset_id
from bot.core.config.circuit import CircuitId
from bot.core.production.deployment import tags_after
from bot.core.production.plan import (
    Action,
    ActionKind,
    DesiredDeployment,
    Known,
    Limits,
    LiveDeployment,
    Plan,
    make_plan,
)

WORKSPACE = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
)
LIMITS = Limits(circuits_gone_percent=10)
C001 = CircuitId("P001", "C001")


def environment(version: str, name: str = "tf") -> str:
    return f"azureml://registries/reg/environments/{name}/versions/{version}"


def model(circuit: CircuitId, version: str = "5") -> str:
    return f"{WORKSPACE}/models/sensor_{circuit.plant}_{circuit.circuit}/versions/{version}"


def desired(
    version: str = "1.5.1", circuit: CircuitId = C001, model_version: str | None = None
) -> DesiredDeployment:
    return DesiredDeployment(
        circuit=circuit,
        endpoint=f"endpoint-{circuit.plant}",
        deployment=f"deployment-{circuit.circuit}",
        environment_id=environment(version),
        environment="tf",
        version=version,
        model_version=model_version,
    )


def live(version: str = "1.5.0", circuit: CircuitId = C001) -> LiveDeployment:
    return LiveDeployment(
        endpoint=f"endpoint-{circuit.plant}",
        deployment=f"deployment-{circuit.circuit}",
        environment_id=environment(version),
        model_id=model(circuit),
        tags={},
        provisioning_state="Succeeded",
        kind="model",
        rest_digest="d",
    )


def plan_of(
    wanted: DesiredDeployment | list[DesiredDeployment],
    found: LiveDeployment | list[LiveDeployment],
    known: Known | None = None,
) -> Plan:
    return make_plan(
        wanted if isinstance(wanted, list) else [wanted],
        found if isinstance(found, list) else [found],
        known=known or Known(),
        limits=LIMITS,
    )


def only_action(plan: Plan) -> Action:
    (action,) = plan.actions
    return action


def fleet(count: int) -> list[CircuitId]:
    return [CircuitId(f"P{number // 10:03}", f"C{number:03}") for number in range(count)]


def test_updates_a_deployment_on_another_version() -> None:
    action = only_action(plan_of(desired("1.5.1"), live("1.5.0")))

    assert action.kind is ActionKind.UPDATE
    assert action.reason == "environment tf:1.5.0 → tf:1.5.1"
    assert action.environment_id == environment("1.5.1")
    assert action.model_id == model(C001)


def test_leaves_a_deployment_that_is_as_desired() -> None:
    plan = plan_of(desired("1.5.1"), live("1.5.1"))

    assert only_action(plan).kind is ActionKind.UNCHANGED
    assert plan.updates == ()


DRIFT = "runs tf:1.5.0, which main never asked of it"


def test_leaves_what_was_changed_outside_of_git() -> None:
    plan = plan_of(desired("1.5.1"), live("1.5.0"), Known(drifted={C001: DRIFT}))

    action = only_action(plan)
    assert (action.kind, action.reason) == (ActionKind.DRIFTED, DRIFT)
    assert plan.updates == ()


def test_overwrites_it_where_policy_says_so_and_tells_why() -> None:
    known = Known(drifted={C001: DRIFT}, enforces_drift=True)

    action = only_action(plan_of(desired("1.5.1"), live("1.5.0"), known))

    assert action.kind is ActionKind.UPDATE
    assert action.reason == (
        f"environment tf:1.5.0 → tf:1.5.1 (drift, which policy overwrites: {DRIFT})"
    )


def test_overwrites_only_what_has_an_approval() -> None:
    known = Known(drifted={C001: DRIFT}, enforces_drift=True, unapproved={C001: "No gate."})

    assert only_action(plan_of(desired("1.5.1"), live("1.5.0"), known)).kind is (
        ActionKind.UNAPPROVED
    )


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        pytest.param(live("1.5.1"), ActionKind.UNCHANGED, id="set back meanwhile"),
        pytest.param(
            replace(live("1.5.0"), provisioning_state="Updating"),
            ActionKind.REFUSED,
            id="still being written",
        ),
        pytest.param(
            replace(live("1.5.0"), kind="component"), ActionKind.NOT_MANAGED, id="not managed"
        ),
        pytest.param(
            replace(live("1.5.0"), unsupported_fields=("sku",)),
            ActionKind.DRIFTED,
            id="nor could be written",
        ),
        pytest.param(live("2.0.0"), ActionKind.DRIFTED, id="of another MAJOR"),
    ],
)
def test_calls_drift_what_is_live_and_settled_and_differs(
    found: LiveDeployment, kind: ActionKind
) -> None:
    known = Known(drifted={C001: DRIFT})

    assert only_action(plan_of(desired("1.5.1"), found, known)).kind is kind


def test_sees_one_environment_in_two_spellings() -> None:
    found = replace(live(), environment_id=environment("1.5.1").replace("/reg/", "/REG/"))

    assert only_action(plan_of(desired("1.5.1"), found)).kind is ActionKind.UNCHANGED


def test_updates_what_runs_the_same_version_from_another_place() -> None:
    found = replace(live(), environment_id=f"{WORKSPACE}/environments/tf/versions/1.5.1")

    assert only_action(plan_of(desired("1.5.1"), found)).kind is ActionKind.UPDATE


def test_matches_deployments_whatever_the_case_of_their_names() -> None:
    found = replace(live("1.5.1"), endpoint="ENDPOINT-p001", deployment="Deployment-c001")

    assert only_action(plan_of(desired("1.5.1"), found)).kind is ActionKind.UNCHANGED


def test_moves_a_model_to_the_version_the_config_names() -> None:
    action = only_action(plan_of(desired("1.5.0", model_version="6"), live("1.5.0")))

    assert action.kind is ActionKind.UPDATE
    assert action.model_id == model(C001, "6")
    assert action.reason == "model sensor_P001_C001:5 → sensor_P001_C001:6"


def test_keeps_the_model_when_the_config_names_its_version() -> None:
    plan = plan_of(desired("1.5.0", model_version="5"), live("1.5.0"))

    assert only_action(plan).kind is ActionKind.UNCHANGED


def test_writes_again_what_last_ended_in_failure() -> None:
    found = replace(live("1.5.1"), provisioning_state="Failed")

    action = only_action(plan_of(desired("1.5.1"), found))

    assert action.kind is ActionKind.UPDATE
    assert action.reason == "its last update ended as Failed"


def test_lists_what_is_not_there_without_writing_it() -> None:
    plan = plan_of([desired()], [])

    assert only_action(plan).kind is ActionKind.MISSING
    assert plan.updates == ()


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        pytest.param(live(), ActionKind.ORPHAN, id="on our environment"),
        pytest.param(
            replace(live(), environment_id=environment("1", name="other")),
            ActionKind.NOT_MANAGED,
            id="on another environment",
        ),
        pytest.param(
            replace(live(), environment_id=None), ActionKind.NOT_MANAGED, id="on no environment"
        ),
        pytest.param(
            replace(live(), kind="component"), ActionKind.NOT_MANAGED, id="a pipeline component"
        ),
    ],
)
def test_tells_orphans_from_what_is_not_ours(found: LiveDeployment, kind: ActionKind) -> None:
    others = [CircuitId("P002", f"C{number:03}") for number in range(20)]

    plan = plan_of(
        [desired("1.5.0", other) for other in others],
        [found, *(live("1.5.0", other) for other in others)],
    )

    assert plan.counts[kind] == 1
    assert plan.counts[ActionKind.UNCHANGED] == 20
    assert plan.errors == ()


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(replace(live(), kind="component"), id="a pipeline component"),
        pytest.param(replace(live(), environment_id=None), id="no environment"),
    ],
)
def test_does_not_manage_what_has_no_environment(found: LiveDeployment) -> None:
    assert only_action(plan_of(desired(), found)).kind is ActionKind.NOT_MANAGED


def test_does_not_write_what_no_gate_explains() -> None:
    known = Known(unapproved={C001: "pushed to main without a pull request"})

    action = only_action(plan_of(desired(), live(), known))

    assert (action.kind, action.reason) == (
        ActionKind.UNAPPROVED,
        "pushed to main without a pull request",
    )


def test_needs_no_gate_for_what_changes_nothing() -> None:
    known = Known(unapproved={C001: "pushed to main"})

    assert only_action(plan_of(desired("1.5.0"), live("1.5.0"), known)).kind is ActionKind.UNCHANGED


@pytest.mark.parametrize(
    ("found", "code"),
    [
        pytest.param(
            replace(live(), unsupported_fields=("sku",)), "UNSUPPORTED_FIELDS", id="lost fields"
        ),
        pytest.param(
            replace(live(), provisioning_state="Updating"), "DEPLOYMENT_BUSY", id="updating"
        ),
        pytest.param(
            replace(live(), provisioning_state="Dreaming"), "DEPLOYMENT_BUSY", id="unknown state"
        ),
        pytest.param(live("2.0.0"), "MODEL_MAJOR_MISMATCH", id="live on another MAJOR"),
    ],
)
def test_refuses_one_deployment(found: LiveDeployment, code: str) -> None:
    plan = plan_of(desired("1.5.1"), found)

    assert (only_action(plan).kind, only_action(plan).code) == (ActionKind.REFUSED, code)
    assert plan.errors == ()


def test_refuses_a_model_version_where_no_model_is() -> None:
    found = replace(live(), model_id=None)

    assert only_action(plan_of(desired("1.5.0", model_version="6"), found)).code == "MODEL_UNKNOWN"


def tagged(version: str, environment_version: str) -> Known:
    parsed = parse_asset_id(model(C001, version))
    assert parsed
    return Known(model_environments={parsed: environment_version})


@pytest.mark.parametrize(
    ("wanted", "known", "kind"),
    [
        pytest.param(
            desired("2.0.0", model_version="6"),
            tagged("6", "2.0.0"),
            ActionKind.UPDATE,
            id="a release across MAJOR moves both",
        ),
        pytest.param(
            desired("2.0.0"), tagged("5", "1.5.0"), ActionKind.REFUSED, id="only the environment"
        ),
        pytest.param(
            desired("1.5.1", model_version="6"),
            tagged("6", "2.0.0"),
            ActionKind.REFUSED,
            id="only the model",
        ),
        pytest.param(
            desired("2.0.0", model_version="6"),
            Known(),
            ActionKind.REFUSED,
            id="an untagged new model",
        ),
        pytest.param(
            desired("2.0.0"), tagged("5", "2.1.0"), ActionKind.UPDATE, id="the tag beats the live"
        ),
        pytest.param(
            desired("2.0.0"), tagged("5", "nonsense"), ActionKind.REFUSED, id="an unreadable tag"
        ),
    ],
)
def test_holds_an_environment_and_a_model_to_one_major(
    wanted: DesiredDeployment, known: Known, kind: ActionKind
) -> None:
    assert only_action(plan_of(wanted, live("1.5.0"), known)).kind is kind


def test_stops_before_any_write_when_a_version_is_not_available() -> None:
    known = Known(environments={AssetId("registries/reg", "tf", "1.5.0")})
    other = CircuitId("P001", "C002")

    plan = plan_of(
        [desired("1.5.1"), desired("1.5.0", other)], [live(), live("1.4.0", other)], known
    )

    assert [error.code for error in plan.errors] == ["ENV_VERSION_MISSING"]
    assert plan.counts[ActionKind.UPDATE] == 1
    assert plan.updates == ()


def test_does_not_ask_for_the_availability_of_what_runs_already() -> None:
    assert plan_of(desired("1.5.0"), live("1.5.0"), Known(environments=())).errors == ()


@pytest.mark.parametrize(
    ("wanted", "found", "codes"),
    [
        pytest.param([], [live()], ["NO_CIRCUITS"], id="empty config"),
        pytest.param(
            [desired(circuit=circuit) for circuit in fleet(89)],
            [live(circuit=circuit) for circuit in fleet(100)],
            ["TOO_MANY_CIRCUITS_GONE"],
            id="11 of 100 gone",
        ),
        pytest.param(
            [desired(circuit=circuit) for circuit in fleet(90)],
            [live(circuit=circuit) for circuit in fleet(100)],
            [],
            id="10 of 100 gone",
        ),
        pytest.param(
            [
                desired(),
                replace(
                    desired(circuit=CircuitId("P1", "C1")),
                    endpoint="endpoint-p001",
                    deployment="DEPLOYMENT-C001",
                ),
            ],
            [live()],
            ["DUPLICATE_DEPLOYMENT"],
            id="two circuits, one deployment",
        ),
        pytest.param(
            [desired(circuit=CircuitId("P001", f"C{number:03}")) for number in range(21)],
            [],
            ["QUOTA_EXCEEDED"],
            id="21 deployments of an endpoint",
        ),
        pytest.param(
            [desired(circuit=CircuitId("P001", f"C{number:03}")) for number in range(20)],
            [],
            [],
            id="20 deployments of an endpoint",
        ),
        pytest.param(
            [desired(circuit=circuit) for circuit in fleet(501)],
            [],
            ["QUOTA_EXCEEDED"],
            id="501 deployments",
        ),
        pytest.param([desired(circuit=c) for c in fleet(500)], [], [], id="500 deployments"),
    ],
)
def test_errors_stop_the_whole_plan(
    wanted: list[DesiredDeployment], found: list[LiveDeployment], codes: list[str]
) -> None:
    plan = plan_of(wanted, found)

    assert [error.code for error in plan.errors] == codes


@pytest.mark.parametrize(
    ("name", "is_good"),
    [
        pytest.param("abc", True, id="short"),
        pytest.param("a" * 32, True, id="32 characters"),
        pytest.param("a-b-C-1", True, id="single dashes"),
        pytest.param("ab", False, id="2 characters"),
        pytest.param("a" * 33, False, id="33 characters"),
        pytest.param("1abc", False, id="a digit first"),
        pytest.param("a--b", False, id="two dashes"),
        pytest.param("abc-", False, id="a dash last"),
        pytest.param("a_bc", False, id="an underscore"),
        pytest.param("abc\n", False, id="a line end"),
    ],
)
def test_checks_names_before_any_write(name: str, is_good: bool) -> None:
    plan = plan_of([replace(desired(), deployment=name)], [])

    assert [error.code for error in plan.errors] == ([] if is_good else ["BAD_NAME"])


def test_counts_every_kind_also_what_is_not_there() -> None:
    assert plan_of(desired("1.5.0"), live("1.5.0")).counts == {
        kind: int(kind is ActionKind.UNCHANGED) for kind in ActionKind
    }


@pytest.mark.parametrize(
    "moved",
    [
        pytest.param(replace(live(), environment_id=environment("1.4.0")), id="environment"),
        pytest.param(replace(live(), model_id=model(C001, "4")), id="model"),
        pytest.param(replace(live(), tags={"owner": "ann"}), id="a tag"),
        pytest.param(replace(live(), rest_digest="e"), id="another setting"),
        pytest.param(replace(live(), provisioning_state="Updating"), id="refused now"),
    ],
)
def test_the_fingerprint_moves_with_all_that_an_apply_relies_on(moved: LiveDeployment) -> None:
    assert plan_of(desired(), moved).fingerprint != plan_of(desired(), live()).fingerprint


def test_the_fingerprint_moves_with_the_desired_version() -> None:
    assert plan_of(desired("1.5.2"), live()).fingerprint != plan_of(desired(), live()).fingerprint


def test_the_fingerprint_does_not_know_spellings() -> None:
    spelt = replace(live(), model_id=model(C001).replace("resourceGroups", "resourcegroups"))

    assert plan_of(desired(), spelt).fingerprint == plan_of(desired(), live()).fingerprint


def test_a_part_of_the_plan_holds_the_chosen_circuits_and_every_error() -> None:
    other = CircuitId("P001", "C002")
    plan = plan_of([desired(), replace(desired(circuit=other), deployment="x")], [live()])

    part = plan.only({C001})

    assert [action.circuit for action in part.actions] == [C001]
    assert part.errors == plan.errors
    assert len(part.errors) == 1


def test_a_part_of_the_plan_has_the_fingerprint_of_the_whole() -> None:
    other = CircuitId("P001", "C002")
    plan = plan_of([desired(), replace(desired(circuit=other), deployment="x")], [live()])

    assert plan.only({C001}).only(set()).fingerprint == plan.fingerprint


def test_a_write_keeps_the_tags_of_others_and_replaces_ours() -> None:
    tags = {"owner": "ann", "rolled_back_at": "then"}

    assert tags_after(tags, {"envbot_release": "r2"}) == {"owner": "ann", "envbot_release": "r2"}
