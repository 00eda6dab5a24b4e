"""What becomes of a circuit that production has no deployment for."""

from dataclasses import replace

import pytest

from bot.core.asset_id import parse_asset_id
from bot.core.config.circuit import CircuitId
from bot.core.config.template import read_template
from bot.core.production.action import Action, ActionKind, new_deployment
from bot.core.production.blueprint import Blueprint, read_blueprint, template_of
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.plan import Known, Limits, Plan, make_plan
from bot.core.tree import EXECUTABLE, REGULAR, SYMLINK, File, Tree
from bot.errors import InvalidFileError

C001 = CircuitId("P001", "C001")
MODEL = "azureml://registries/reg/models/sensor/versions/5"
MODEL_ID = parse_asset_id(MODEL)
ENDPOINT = "endpoint-p001"
TEMPLATE = b"compute: cluster\ncode_configuration: {code: deployment, scoring_script: driver.py}\n"
DRIVER = "deployment/driver.py"
DESIRED = DesiredDeployment(
    circuit=C001,
    endpoint="endpoint-P001",
    deployment="deployment-C001",
    environment_id="azureml://registries/reg/environments/tf/versions/1.5.0",
    environment="tf",
    version="1.5.0",
    model_version="5",
    new_model_id=MODEL,
)


def tree(*files: tuple[str, str, bytes]) -> Tree:
    return {path: File(path, mode, f"{mode} {data!r}", data) for path, mode, data in files}


def blueprint(addition: bytes = b"", driver: bytes = b"pass\n") -> Blueprint:
    return read_blueprint(read_template(TEMPLATE + addition), tree((DRIVER, REGULAR, driver)))


assert MODEL_ID
KNOWN = Known(
    model_environments={MODEL_ID: "1.4.0"}, blueprint=blueprint(), endpoints=frozenset({ENDPOINT})
)


def plan_of(desired: DesiredDeployment = DESIRED, known: Known = KNOWN) -> Plan:
    return make_plan([desired], [], known=known, limits=Limits(10))


def only_action(desired: DesiredDeployment = DESIRED, known: Known = KNOWN) -> Action:
    (action,) = plan_of(desired, known).actions
    return action


def test_a_circuit_without_a_deployment_gets_one() -> None:
    action = only_action()

    assert action.kind is ActionKind.CREATE
    assert action.reason == "new, on tf:1.5.0 with model sensor:5"
    assert plan_of().updates == (action,)
    assert new_deployment(action, {"a": "b"}).model_id == MODEL
    assert new_deployment(action, {"a": "b"}).environment_id == DESIRED.environment_id


def test_says_that_an_endpoint_comes_with_it() -> None:
    action = only_action(known=replace(KNOWN, endpoints=frozenset({"another"})))

    assert action.reason == "new at a new endpoint, on tf:1.5.0 with model sensor:5"


@pytest.mark.parametrize(
    ("desired", "known", "reason"),
    [
        pytest.param(DESIRED, Known(), "there is no such deployment", id="nobody asked"),
        pytest.param(
            DESIRED,
            Known(no_blueprint="main has no template"),
            "there is no such deployment: main has no template",
            id="no template",
        ),
        pytest.param(
            replace(DESIRED, model_version=None, new_model_id=None),
            KNOWN,
            "not there; `deployment.model_version` must say which model it is made with",
            id="no model version",
        ),
        pytest.param(
            DESIRED,
            replace(
                KNOWN, blueprint=blueprint(b"endpoints: existing\n"), endpoints=frozenset({"other"})
            ),
            "not there, nor is endpoint endpoint-P001, and `endpoints: existing` in "
            "config/deployment-template.yml leaves that to people",
            id="no endpoint, and none may be made",
        ),
    ],
)
def test_says_what_is_lacking_to_make_it(
    desired: DesiredDeployment, known: Known, reason: str
) -> None:
    action = only_action(desired, known)

    assert (action.kind, action.reason) == (ActionKind.MISSING, reason)
    assert plan_of(desired, known).updates == ()


def test_makes_it_at_an_endpoint_that_people_made() -> None:
    known = replace(KNOWN, blueprint=blueprint(b"endpoints: existing\n"))

    assert only_action(known=known).kind is ActionKind.CREATE


@pytest.mark.parametrize(
    ("desired", "known", "code"),
    [
        pytest.param(
            DESIRED, replace(KNOWN, environments=()), "ENV_VERSION_MISSING", id="no environment"
        ),
        pytest.param(
            DESIRED, replace(KNOWN, absent_models={MODEL_ID}), "MODEL_NOT_FOUND", id="no model"
        ),
        pytest.param(
            DESIRED, replace(KNOWN, model_environments={}), "MODEL_MAJOR_MISMATCH", id="no tag"
        ),
        pytest.param(
            replace(DESIRED, version="2.0.0"), KNOWN, "MODEL_MAJOR_MISMATCH", id="another MAJOR"
        ),
    ],
)
def test_does_not_make_what_would_not_work(
    desired: DesiredDeployment, known: Known, code: str
) -> None:
    action = only_action(desired, known)

    assert (action.kind, action.code, action.blueprint) == (ActionKind.REFUSED, code, None)


def test_a_model_without_a_tag_is_told_as_such() -> None:
    action = only_action(known=replace(KNOWN, model_environments={}))

    assert action.reason == (
        "tf:1.5.0 is MAJOR 1, but model sensor:5, which has no tag `environment_version`, "
        "is of MAJOR unknown"
    )


def test_makes_nothing_that_no_gate_explains() -> None:
    action = only_action(known=replace(KNOWN, unapproved={C001: "pushed to main"}))

    assert (action.kind, action.reason) == (ActionKind.UNAPPROVED, "pushed to main")


@pytest.mark.parametrize(
    "made_of",
    [
        pytest.param(blueprint(b"settings: {mini_batch_size: 11}\n"), id="a setting"),
        pytest.param(blueprint(driver=b"print()\n"), id="the driver"),
    ],
)
def test_the_fingerprint_moves_with_what_it_is_made_of(made_of: Blueprint) -> None:
    moved = plan_of(known=replace(KNOWN, blueprint=made_of))

    assert moved.fingerprint != plan_of().fingerprint


def test_what_a_template_says_in_other_words_is_the_same() -> None:
    same = blueprint(b"# as it is\nsettings: {mini_batch_size: 10}\n")

    assert plan_of(known=replace(KNOWN, blueprint=same)).fingerprint == plan_of().fingerprint


def test_nothing_but_a_creation_makes_a_deployment() -> None:
    action = only_action(known=Known())

    with pytest.raises(ValueError, match=r"deployment-C001 is not to be created"):
        new_deployment(action, {})


def test_a_driver_is_its_folder() -> None:
    files = tree(
        (DRIVER, REGULAR, b"a"),
        ("deployment/lib/x.py", EXECUTABLE, b"b"),
        ("other.py", REGULAR, b""),
    )

    found = read_blueprint(read_template(TEMPLATE), files)

    assert found.driver == {"driver.py": b"a", "lib/x.py": b"b"}
    assert found.paths == ("config/deployment-template.yml", "deployment")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param((), "names `deployment/driver.py`, which does not exist", id="no driver"),
        pytest.param(
            ((DRIVER, REGULAR, b""), ("deployment/key", SYMLINK, b"/etc/passwd")),
            "deployment/key: is not a regular file",
            id="a link",
        ),
    ],
)
def test_a_driver_that_cannot_be_used_is_told(
    files: tuple[tuple[str, str, bytes], ...], said: str
) -> None:
    with pytest.raises(InvalidFileError) as raised:
        read_blueprint(read_template(TEMPLATE), tree(*files))

    assert said in str(raised.value)


def test_a_commit_may_have_no_template() -> None:
    assert template_of({}) is None
