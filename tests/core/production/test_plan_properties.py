"""What holds of every plan, whatever is desired and whatever is live."""

import random
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from bot.core.asset_id import AssetId, parse_asset_id
from bot.core.config.circuit import CircuitId
from bot.core.config.platform_file import Quotas
from bot.core.config.template import read_template
from bot.core.production.action import WRITTEN, Action, ActionKind, new_deployment
from bot.core.production.blueprint import read_blueprint
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.plan import Known, Limits, Plan, make_plan
from bot.core.tree import REGULAR, File

LIMITS = Limits(100, Quotas(*[1000] * 3))
REGISTRY = "azureml://registries/reg"
TEMPLATE = b"compute: cluster\ncode_configuration: {code: code, scoring_script: driver.py}\n"
BLUEPRINT = read_blueprint(
    read_template(TEMPLATE), {"code/driver.py": File("code/driver.py", REGULAR, "1", b"")}
)
VERSIONS = st.sampled_from(["1.4.0", "1.5.0", "1.5.1", "2.0.0"])
MODEL_VERSIONS = st.sampled_from(["4", "5", "6"])
CIRCUITS = st.builds(
    CircuitId, st.sampled_from(["P001", "P002", "P003"]), st.sampled_from(["C001", "C002", "C003"])
)


def environment(version: str) -> str:
    return f"{REGISTRY}/environments/tf/versions/{version}"


def model(circuit: CircuitId, version: str) -> str:
    return f"{REGISTRY}/models/sensor_{circuit.plant}_{circuit.circuit}/versions/{version}"


@st.composite
def desired(draw: st.DrawFn, circuit: CircuitId) -> DesiredDeployment:
    version, number = draw(VERSIONS), draw(st.none() | MODEL_VERSIONS)
    return DesiredDeployment(
        circuit=circuit,
        endpoint=f"endpoint-{circuit.plant}",
        deployment=f"circuit-{circuit.circuit}",
        environment_id=environment(version),
        environment="tf",
        version=version,
        model_version=number,
        new_model_id=number and model(circuit, number),
    )


@st.composite
def live(draw: st.DrawFn, circuit: CircuitId) -> LiveDeployment:
    return LiveDeployment(
        endpoint=f"Endpoint-{circuit.plant}",
        deployment=f"circuit-{circuit.circuit}",
        environment_id=draw(st.none() | VERSIONS.map(environment)),
        model_id=draw(st.none() | MODEL_VERSIONS.map(lambda number: model(circuit, number))),
        tags=MappingProxyType(draw(st.dictionaries(st.sampled_from("ab"), st.just("x")))),
        provisioning_state=draw(st.sampled_from(["Succeeded", "Failed", "Updating"])),
        kind=draw(st.sampled_from(["model", "model", "component"])),
        rest_digest=draw(st.sampled_from(["d", "e"])),
        unsupported_fields=draw(st.sampled_from([(), (), ("sku",)])),
    )


def fleets(draw: st.DrawFn) -> tuple[list[DesiredDeployment], list[LiveDeployment]]:
    asked = draw(st.sets(CIRCUITS, min_size=1))
    running = draw(st.sets(CIRCUITS))
    return (
        [draw(desired(circuit)) for circuit in sorted(asked)],
        [draw(live(circuit)) for circuit in sorted(running)],
    )


@st.composite
def knowledge(draw: st.DrawFn) -> Known:
    models = [
        parsed
        for circuit in draw(st.sets(CIRCUITS))
        for number in ("4", "5", "6")
        if (parsed := parse_asset_id(model(circuit, number)))
    ]
    tagged: dict[AssetId, str] = {one: draw(VERSIONS) for one in models}
    return Known(
        model_environments=tagged,
        absent_models=draw(st.sets(st.sampled_from(models))) if models else frozenset(),
        unapproved=dict.fromkeys(draw(st.sets(CIRCUITS)), "pushed to main"),
        blueprint=draw(st.sampled_from([None, BLUEPRINT])),
        endpoints=draw(st.none() | st.just(frozenset({"endpoint-p001"}))),
    )


Fleet = tuple[list[DesiredDeployment], list[LiveDeployment]]
FLEETS = st.composite(fleets)()


def plan_of(
    wanted: Sequence[DesiredDeployment], found: Sequence[LiveDeployment], known: Known
) -> Plan:
    return make_plan(wanted, found, known=known, limits=LIMITS)


@given(FLEETS, knowledge(), st.randoms(use_true_random=False))
def test_the_order_of_the_inputs_is_of_no_matter(
    fleet: Fleet, known: Known, shuffler: random.Random
) -> None:
    wanted, found = list(fleet[0]), list(fleet[1])
    shuffler.shuffle(wanted)
    shuffler.shuffle(found)

    straight, shuffled = plan_of(*fleet, known), plan_of(wanted, found, known)

    assert shuffled == straight
    assert shuffled.fingerprint == straight.fingerprint


@given(FLEETS, knowledge())
def test_every_deployment_desired_or_live_is_named_once_and_with_a_reason(
    fleet: Fleet, known: Known
) -> None:
    wanted, found = fleet

    plan = plan_of(wanted, found, known)

    names = {one.key for one in wanted} | {one.key for one in found}
    assert [action.key for action in plan.actions] == sorted(names)
    assert all(action.reason for action in plan.actions)
    assert sum(plan.counts.values()) == len(plan.actions)
    assert {one.circuit for one in wanted} == {a.circuit for a in plan.actions if a.circuit}


@given(FLEETS, knowledge())
def test_what_an_apply_makes_of_a_plan_leaves_nothing_to_write(fleet: Fleet, known: Known) -> None:
    wanted, found = fleet
    first = plan_of(wanted, found, known)

    second = plan_of(wanted, applied(first, found), known)

    assert second.updates == ()
    written = {action.key for action in first.of_kind(*WRITTEN)}
    kinds = {action.key: action.kind for action in second.actions}
    assert {kinds[key] for key in written} <= {ActionKind.UNCHANGED}


def applied(plan: Plan, found: Sequence[LiveDeployment]) -> list[LiveDeployment]:
    """Return what is live once every write of the plan has succeeded: the model of an apply."""
    now = {one.key: one for one in found}
    for action in plan.of_kind(*WRITTEN):
        now[action.key] = _written(action)
    return list(now.values())


def _written(action: Action) -> LiveDeployment:
    if action.live:
        return replace(
            action.live,
            environment_id=action.environment_id,
            model_id=action.model_id,
            provisioning_state="Succeeded",
        )
    new = new_deployment(action, {})
    return LiveDeployment(
        endpoint=new.endpoint,
        deployment=new.deployment,
        environment_id=new.environment_id,
        model_id=new.model_id,
        tags=new.tags,
        provisioning_state="Succeeded",
        kind="model",
        rest_digest="made",
    )


@given(FLEETS, knowledge())
def test_only_what_has_authority_and_a_settled_state_is_written(fleet: Fleet, known: Known) -> None:
    plan = plan_of(*fleet, known)

    for action in plan.of_kind(*WRITTEN):
        assert action.circuit not in known.unapproved
        assert action.live is None or action.live.is_settled
        assert action.live is None or not action.live.unsupported_fields
        assert action.environment_id is not None


@given(FLEETS, knowledge(), st.data())
def test_the_fingerprint_moves_with_every_fact_of_what_is_written(
    fleet: Fleet, known: Known, data: st.DataObject
) -> None:
    wanted, found = fleet
    plan = plan_of(wanted, found, known)
    seen = [action.live for action in plan.of_kind(*WRITTEN) if action.live]
    if not seen:
        return
    chosen = data.draw(st.sampled_from(seen))
    moved = data.draw(
        st.sampled_from(
            [
                replace(chosen, tags={**chosen.tags, "new": "tag"}),
                replace(chosen, rest_digest="moved"),
                replace(chosen, model_id=model(CircuitId("P9", "C9"), "1")),
                replace(chosen, environment_id=environment("1.3.9")),
                replace(chosen, provisioning_state="Updating"),
            ]
        )
    )

    after = plan_of(wanted, [moved if one is chosen else one for one in found], known)

    assert after.fingerprint != plan.fingerprint
