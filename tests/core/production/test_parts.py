"""Which parts of a config a write changes, and which commits each of them comes from."""

from collections.abc import Collection
from datetime import UTC, datetime

import pytest

from bot.core.config.circuit import CircuitConfig, CircuitId
from bot.core.production.asked import Blobs, Step
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.parts import Part, last_changed, parts_of, written_parts

VERSION, MODEL = Part.VERSION, Part.MODEL
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CIRCUIT = CircuitId("P001", "C001")
REGISTRY = "azureml://registries/reg/environments"


def desired(model: str | None = None) -> DesiredDeployment:
    return DesiredDeployment(
        CIRCUIT, "endpoint", "deployment", f"{REGISTRY}/tf/versions/1.5.1", "tf", "1.5.1", model
    )


def live(environment: str | None) -> LiveDeployment:
    return LiveDeployment(
        endpoint="endpoint",
        deployment="deployment",
        environment_id=environment,
        model_id="/subscriptions/s/models/sensor/versions/5",
        tags={},
        provisioning_state="Succeeded",
        kind="model",
        rest_digest="rest",
    )


@pytest.mark.parametrize(
    ("model", "environment", "written"),
    [
        pytest.param(None, f"{REGISTRY}/tf/versions/1.5.0", {VERSION}, id="another version"),
        pytest.param("5", f"{REGISTRY}/tf/versions/1.5.0", {VERSION}, id="the model it has"),
        pytest.param("6", f"{REGISTRY}/tf/versions/1.5.1", {MODEL}, id="another model"),
        pytest.param("6", f"{REGISTRY}/tf/versions/1.5.0", {VERSION, MODEL}, id="both"),
        pytest.param(None, f"{REGISTRY}/other/versions/1.5.1", {VERSION}, id="of another name"),
        pytest.param(None, None, {VERSION}, id="none so far"),
        pytest.param(
            None,
            "azureml://registries/old/environments/tf/versions/1.5.1",
            set(),
            id="the same from another registry",
        ),
        pytest.param("5", f"{REGISTRY}/tf/versions/1.5.1", set(), id="nothing"),
    ],
)
def test_a_write_changes_what_differs(
    model: str | None, environment: str | None, written: set[Part]
) -> None:
    assert written_parts(desired(model), live(environment)) == written


def test_a_new_deployment_is_made_of_all_parts() -> None:
    assert written_parts(desired(), None) == {VERSION, MODEL}


def test_keys_of_a_config_belong_to_the_part_they_decide() -> None:
    assert parts_of(["training.environment_version"]) == {VERSION}
    assert parts_of(["deployment.environment_version"]) == {VERSION}
    assert parts_of(["deployment.model_version", "training.cutoff_date"]) == {MODEL}


def config(blob: str) -> CircuitConfig | None:
    """Read a blob such as `1.5.0`, `1.5.0 6` or `1.5.0>1.4.9 6`, which is held at 1.4.9."""
    if blob in {"", "broken"}:
        return None
    versions, _, model = blob.partition(" ")
    training, _, pin = versions.partition(">")
    return CircuitConfig(CIRCUIT, "path", training, pin or None, model or None)


def steps(*blobs: str) -> list[Step]:
    """Return the steps from one config to the next, oldest first as c1, c2 and so on."""
    made = [
        Step(f"c{number}", NOON, Blobs("reg", before), Blobs("reg", after))
        for number, (before, after) in enumerate(zip(("", *blobs), blobs, strict=False), start=1)
    ]
    return made[::-1]


@pytest.mark.parametrize(
    ("blobs", "wanted", "found"),
    [
        pytest.param(["1.5.0"], [VERSION], {VERSION: "c1", MODEL: "c1"}, id="since it was added"),
        pytest.param(["1.5.0", "1.5.1"], [VERSION], {VERSION: "c2"}, id="changed"),
        pytest.param(
            ["1.5.0", "1.4.9", "1.4.9 6"],
            [VERSION, MODEL],
            {MODEL: "c3", VERSION: "c2"},
            id="each by a commit of its own",
        ),
        pytest.param(
            ["1.5.0", "1.5.1", "1.5.1 6"],
            [VERSION],
            {MODEL: "c3", VERSION: "c2"},
            id="what changed since",
        ),
        pytest.param(
            ["1.5.0", "1.5.0 6", "1.5.1 6"], [VERSION], {VERSION: "c3"}, id="not what was before"
        ),
        pytest.param(
            ["1.5.0", "1.5.0 6", "1.5.1 6"],
            [MODEL],
            {VERSION: "c3", MODEL: "c2"},
            id="an environment since",
        ),
        pytest.param(
            ["1.5.0", "1.4.9 5", "1.5.0"], [VERSION, MODEL], {VERSION: "c3", MODEL: "c3"},
            id="both taken back at once",
        ),
        pytest.param(
            ["1.5.0", "2.0.0>1.5.0"], [VERSION], {VERSION: "c1", MODEL: "c1"},
            id="trained with another, and held",
        ),
        pytest.param(
            ["1.5.0", "", "1.5.0"], [VERSION], {VERSION: "c3", MODEL: "c3"},
            id="removed and added again",
        ),
        pytest.param(
            ["1.5.0", "broken", "1.5.0"], [MODEL], {VERSION: "c3", MODEL: "c3"},
            id="could not be read",
        ),
        pytest.param(["1.5.0"], [], {}, id="nothing is wanted"),
    ],
)  # fmt: skip
def test_each_part_comes_from_the_commit_that_changed_it_last(
    blobs: list[str], wanted: Collection[Part], found: dict[Part, str]
) -> None:
    assert list(last_changed(steps(*blobs), config, wanted).items()) == list(found.items())


def test_what_the_steps_do_not_tell_is_missing() -> None:
    newest = steps("1.5.0", "1.5.1")[:1]

    assert last_changed(newest, config, [MODEL]) == {VERSION: "c2"}
