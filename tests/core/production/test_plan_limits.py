"""What is wrong with a plan as a whole: quotas, and what git alone can tell before a merge."""

from dataclasses import replace

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.config.platform import read_platform
from bot.core.config.platform_file import Quotas
from bot.core.config.policy import read_policy
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.plan_limits import (
    Limits,
    broken_limits,
    limits_broken_by_merge,
    limits_of,
)

LIMITS = Limits(10, Quotas(endpoints=3, deployments=6, deployments_per_endpoint=4))


def wanted(plant: str, number: int = 1) -> DesiredDeployment:
    return DesiredDeployment(
        circuit=CircuitId(plant, f"C{number:03}"),
        endpoint=f"endpoint-{plant}",
        deployment=f"circuit-C{number:03}",
        environment_id="azureml://registries/reg/environments/tf/versions/1.5.0",
        environment="tf",
        version="1.5.0",
        model_version="5",
    )


def live(plant: str, number: int = 1) -> LiveDeployment:
    one = wanted(plant, number)
    return LiveDeployment(
        endpoint=one.endpoint,
        deployment=one.deployment,
        environment_id=one.environment_id,
        model_id=None,
        tags={},
        provisioning_state="Succeeded",
        kind="model",
        rest_digest="",
    )


def plant(name: str, count: int) -> list[DesiredDeployment]:
    return [wanted(name, number) for number in range(count)]


def there(name: str, count: int) -> list[LiveDeployment]:
    return [live(name, number) for number in range(count)]


@pytest.mark.parametrize(
    ("desired", "found", "facts"),
    [
        pytest.param(plant("P1", 4), there("P1", 3), [], id="as many as the quota"),
        pytest.param(
            plant("P1", 5),
            there("P1", 4),
            ["endpoint `endpoint-p1` would hold 5 deployments"],
            id="one more at an endpoint",
        ),
        pytest.param(plant("P1", 5), there("P1", 5), [], id="what is live proves a higher quota"),
        pytest.param(
            [*plant("P1", 5), wanted("P2")],
            there("P1", 5),
            [],
            id="another endpoint may grow beside a full one",
        ),
        pytest.param(
            [*plant("P1", 4), *plant("P2", 3)],
            [*there("P1", 4), *there("P2", 2)],
            ["there would be 7 deployments"],
            id="one more in all",
        ),
        pytest.param(plant("P1", 9), there("P1", 9), [], id="nothing new"),
    ],
)
def test_only_what_is_new_can_exceed_a_quota(
    desired: list[DesiredDeployment], found: list[LiveDeployment], facts: list[str]
) -> None:
    broken = broken_limits(desired, found, LIMITS)

    assert [one.headline for one in broken] == facts
    assert {one.code for one in broken} <= {"QUOTA_EXCEEDED"}


@pytest.mark.parametrize(
    ("existing", "facts"),
    [
        pytest.param(["endpoint-p1"], [], id="none of the others"),
        pytest.param(["endpoint-p1", "empty"], [], id="one that is empty"),
        pytest.param(
            ["endpoint-p1", "empty", "idle"],
            ["there would be 4 endpoints"],
            id="two that are empty",
        ),
        pytest.param(
            ["endpoint-p1", "endpoint-p2", "empty", "idle"], [], id="the new one's is there already"
        ),
    ],
)
def test_endpoints_without_a_deployment_count(existing: list[str], facts: list[str]) -> None:
    broken = broken_limits([wanted("P1"), wanted("P2")], [live("P1")], LIMITS, existing)

    assert [one.headline for one in broken] == facts


def test_a_raised_quota_is_written_to_the_platform(sample: dict[str, bytes]) -> None:
    platform = sample["config/platform.yml"] + b"quotas: {deployments: 2000}\n"
    policy = read_policy(sample["config/policy.yml"])

    found = limits_of(read_platform(platform), policy)

    assert found == Limits(10, Quotas(deployments=2000))


TEN = [wanted("P1", number) for number in range(10)]


@pytest.mark.parametrize(
    ("merged", "codes"),
    [
        pytest.param(TEN, [], id="nothing moves"),
        pytest.param(TEN[1:], [], id="one of ten goes"),
        pytest.param(TEN[2:], ["TOO_MANY_CIRCUITS_GONE"], id="two of ten go"),
        pytest.param([], ["NO_CIRCUITS"], id="all go"),
        pytest.param(
            [*TEN, replace(TEN[0], circuit=CircuitId("P1", "X"))],
            ["DUPLICATE_DEPLOYMENT"],
            id="a name that is taken",
        ),
        pytest.param([*TEN, replace(wanted("P2"), deployment="x")], ["BAD_NAME"], id="a bad name"),
        pytest.param(
            [*TEN, wanted("P1", 11)], ["QUOTA_EXCEEDED"], id="more than the endpoint holds"
        ),
    ],
)
def test_git_alone_tells_which_limits_a_merge_would_break(
    merged: list[DesiredDeployment], codes: list[str]
) -> None:
    limits = Limits(10, Quotas(deployments_per_endpoint=10))

    assert [one.code for one in limits_broken_by_merge(TEN, merged, limits)] == codes


def test_what_main_has_wrong_already_is_not_the_merges() -> None:
    base = [*TEN, replace(wanted("P2"), deployment="x")]

    assert limits_broken_by_merge(base, [*base, wanted("P3")], Limits(10)) == ()
