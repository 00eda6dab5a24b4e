"""A service that asks for a rest gets it from every thread."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
import requests

from bot.adapters.azureml import AzureCloud, AzureSettings
from bot.adapters.azureml.pacing import PacedAdapter, Pauses, retry_after
from bot.errors import BotError

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

HOST = "management.example"
REST = 0.3


class Time:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def passing() -> Time:
    return Time()


@pytest.fixture
def pauses(passing: Time) -> Pauses:
    return Pauses(passing, passing.sleep)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        pytest.param(429, {"Retry-After": "3"}, [3.0], id="throttled"),
        pytest.param(503, {"retry-after": "3"}, [3.0], id="overloaded"),
        pytest.param(429, {"x-ms-retry-after-ms": "250"}, [0.25], id="in milliseconds"),
        pytest.param(429, {}, [], id="throttled without a word"),
        pytest.param(429, {"Retry-After": "0"}, [], id="no time at all"),
        pytest.param(429, {"Retry-After": "soon"}, [], id="no time that can be read"),
        pytest.param(429, {"Retry-After": "-3"}, [], id="a time that is past"),
        pytest.param(202, {"Retry-After": "3"}, [], id="an operation that goes on"),
        pytest.param(500, {"Retry-After": "3"}, [], id="a failure of one call"),
    ],
)
def test_a_host_is_left_alone_for_as_long_as_it_asks(
    pauses: Pauses, passing: Time, status: int, headers: dict[str, str], expected: list[float]
) -> None:
    pauses.hear(HOST, status, headers)

    pauses.wait(HOST)

    assert passing.slept == expected


def test_other_hosts_are_called_meanwhile(pauses: Pauses, passing: Time) -> None:
    pauses.hear(HOST, 429, {"Retry-After": "3"})

    pauses.wait("other.example")

    assert passing.slept == []


@pytest.mark.parametrize("address", ["https://127.0.0.1/x", "https://127.0.0.1:443/x"])
def test_a_service_is_left_alone_also_where_a_link_names_its_port(
    pauses: Pauses, passing: Time, address: str
) -> None:
    pauses.hear("127.0.0.1", 429, {"Retry-After": "3"})
    adapter = PacedAdapter(pauses, connections=1)

    with pytest.raises(requests.ConnectionError):  # nothing listens there
        adapter.send(requests.Request("GET", address).prepare())

    assert passing.slept == [3.0]


def test_a_shorter_wish_does_not_shorten_a_longer_one(pauses: Pauses, passing: Time) -> None:
    pauses.hear(HOST, 429, {"Retry-After": "3"})
    pauses.hear(HOST, 429, {"Retry-After": "1"})

    pauses.wait(HOST)

    assert passing.slept == [3.0]


def test_a_date_is_waited_for() -> None:
    then = datetime.now(UTC) + timedelta(seconds=60)

    assert 55 < retry_after({"Retry-After": format_datetime(then, usegmt=True)}) <= 60


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda cloud: cloud.deployments("production"), id="of the bot's own reader"),
        pytest.param(lambda cloud: cloud.environment("dev", "tf", "1.0.0"), id="of the SDK"),
    ],
)
def test_one_refusal_slows_every_call_to_the_service(
    place: "Place", settings: AzureSettings, ask: Callable[[AzureCloud], object]
) -> None:
    cloud = AzureCloud(place.platform, replace(settings, retries=0))
    cloud.deployments("production")  # signs in
    place.turn_away("GET */workspaces/*", 429, retry_after=REST)
    with pytest.raises(BotError, match="429"):
        ask(cloud)

    began = time.monotonic()
    cloud.deployment("production", "endpoint", "deployment")

    assert time.monotonic() - began >= REST / 2
