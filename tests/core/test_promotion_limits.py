import pytest

from bot.core.problem import Problem
from bot.core.promotion_limits import (
    REGISTRY_WRITE,
    Hop,
    RegistryLimits,
    allows,
    limit_of,
    region_of,
)

OPEN = RegistryLimits("reg", is_private=False, regions=frozenset({"canadacentral"}))
PRIVATE = OPEN._replace(is_private=True)
UNPINNED = (Problem("environment/conda.yml", 7, 0, "`numpy` is asked for as any version", "Pin."),)
SHARE = Hop(
    key="workspace_to_registry",
    strategy="share",
    to="reg",
    registry=OPEN,
    may_write=True,
    users={"dev": "Canada Central", "production": "canadacentral"},
    unpinned=(),
)
RECREATE = SHARE._replace(strategy="recreate")
IN_TEST = RECREATE._replace(key="registry_to_test", to="ws", registry=None, users={})


@pytest.mark.parametrize(
    "hop",
    [
        pytest.param(SHARE, id="share"),
        pytest.param(SHARE._replace(registry=PRIVATE), id="share with a private registry"),
        pytest.param(SHARE._replace(unpinned=UNPINNED), id="share what is not pinned"),
        pytest.param(SHARE._replace(may_write=None), id="Azure does not say who may"),
        pytest.param(RECREATE, id="recreate"),
        pytest.param(IN_TEST, id="recreate in a workspace"),
    ],
)
def test_nothing_stops_a_hop_that_can_come_to_its_end(hop: Hop) -> None:
    assert limit_of(hop) is None


@pytest.mark.parametrize(
    ("hop", "code", "said"),
    [
        pytest.param(
            SHARE._replace(may_write=False),
            "PROMOTION_FORBIDDEN",
            "registries/assets/write",
            id="no right",
        ),
        pytest.param(
            IN_TEST._replace(may_write=False),
            "PROMOTION_FORBIDDEN",
            "workspaces/environments/versions/write",
            id="no right in a workspace",
        ),
        pytest.param(
            RECREATE._replace(registry=PRIVATE),
            "REGISTRY_PRIVATE",
            "`promotion.workspace_to_registry` is `recreate`",
            id="private",
        ),
        pytest.param(
            RECREATE._replace(unpinned=UNPINNED),
            "RECREATE_UNPINNED",
            "environment/conda.yml:7: `numpy`",
            id="not pinned",
        ),
        pytest.param(
            SHARE._replace(users={"production": "West Europe"}),
            "REGISTRY_REGION_MISSING",
            "The production workspace is in westeurope.",
            id="no region",
        ),
    ],
)
def test_what_stops_a_hop_is_told_with_its_values(hop: Hop, code: str, said: str) -> None:
    refusal = limit_of(hop)

    assert refusal is not None
    assert refusal.code == code
    assert said in refusal.facts[0]
    assert refusal.next


def test_only_the_first_of_many_places_are_told() -> None:
    refusal = limit_of(RECREATE._replace(unpinned=UNPINNED * 13))

    assert refusal is not None
    assert len(refusal.facts) == 11
    assert refusal.facts[-1] == "And 3 more."


@pytest.mark.parametrize("text", ["Canada Central", "canadacentral", "CanadaCentral"])
def test_a_region_has_one_spelling(text: str) -> None:
    assert region_of(text) == "canadacentral"


@pytest.mark.parametrize(
    ("actions", "denied", "expected"),
    [
        pytest.param([REGISTRY_WRITE], [], True, id="by name"),
        pytest.param(["microsoft.machinelearningservices/registries/*"], [], True, id="any case"),
        pytest.param(["*"], [], True, id="owner"),
        pytest.param(["*"], ["*/write"], False, id="taken out again"),
        pytest.param(["*/read"], [], False, id="reader"),
        pytest.param([], [], False, id="nothing"),
        pytest.param(["Microsoft.MachineLearningServices/registries"], [], False, id="a beginning"),
    ],
)
def test_roles_allow_what_they_name(
    actions: list[str],
    denied: list[str],
    expected: bool,
) -> None:
    roles = [{"actions": ["*/read"], "notActions": []}, {"actions": actions, "notActions": denied}]

    assert allows(roles, REGISTRY_WRITE) is expected
