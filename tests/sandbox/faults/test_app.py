"""A struck server does to a call what its plan says, over a real connection."""

from collections.abc import Iterator

import pytest
import requests
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.sandbox.faults.app import StruckApp
from bot.sandbox.faults.plan import Fault, Plan, Strike
from bot.sandbox.faults.wire import AZURE, GITHUB, Wire
from faults.servers import Servers, running_servers


class Counter:
    """An application that answers with how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.asked.append(await request.body())
        await PlainTextResponse(str(len(self.asked)))(scope, receive, send)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("servers")) as servers:
        yield servers


def served(servers: Servers, *faults: Fault, kind: str = GITHUB) -> tuple[Counter, Wire]:
    """Serve a counter whose first calls are struck; None lets one pass."""
    app, plan = Counter(), Plan(Strike(number, one) for number, one in enumerate(faults, 1))
    wire = Wire(plan)
    servers.github.serving.app = StruckApp(app, kind, wire)
    return app, wire


def ask(servers: Servers, method: str = "GET") -> requests.Response:
    return requests.request(method, f"{servers.github.url}/api/v3/x", data=b"sent", timeout=0.5)


def test_a_call_that_is_not_struck_passes_whole(servers: Servers) -> None:
    app, wire = served(servers)

    assert ask(servers, "POST").text == "1"
    assert app.asked == [b"sent"]
    assert [(call.number, call.status, call.body) for call in wire.calls] == [(1, 200, b"sent")]


@pytest.mark.parametrize(
    ("fault", "status", "asked"),
    [
        pytest.param(Fault.TOO_MANY, 429, 0, id="429"),
        pytest.param(Fault.FAILED, 500, 0, id="500"),
        pytest.param(Fault.FAILED_APPLIED, 500, 1, id="500 applied"),
        pytest.param(Fault.UNAVAILABLE, 503, 0, id="503"),
        pytest.param(Fault.UNAUTHORIZED, 401, 0, id="401"),
        pytest.param(Fault.MALFORMED, 200, 1, id="malformed"),
    ],
)
def test_an_answer_is_replaced(servers: Servers, fault: Fault, status: int, asked: int) -> None:
    app, _ = served(servers, fault)

    assert ask(servers).status_code == status
    assert len(app.asked) == asked


def test_only_a_rate_limit_with_a_wait_names_one(servers: Servers) -> None:
    served(servers, Fault.TOO_MANY, Fault.TOO_MANY_WAIT)

    assert [ask(servers).headers.get("retry-after") for _ in range(2)] == [None, "0"]


def test_azure_refuses_in_azures_words(servers: Servers) -> None:
    served(servers, Fault.UNAVAILABLE, kind=AZURE)

    assert ask(servers).json()["error"]["code"] == "ServiceUnavailable"


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        pytest.param(Fault.RESET, 0, id="before"),
        pytest.param(Fault.RESET_APPLIED, 1, id="after it was applied"),
    ],
)
def test_a_reset_is_no_answer(servers: Servers, fault: Fault, asked: int) -> None:
    app, _ = served(servers, fault)

    with pytest.raises(requests.ConnectionError):
        ask(servers)

    assert len(app.asked) == asked


def test_a_timeout_is_no_answer_in_time(servers: Servers) -> None:
    app, _ = served(servers, Fault.TIMEOUT_APPLIED)

    with pytest.raises(requests.ReadTimeout):
        ask(servers)

    assert len(app.asked) == 1


def test_a_stale_read_shows_what_was_read_first(servers: Servers) -> None:
    app, wire = served(servers)
    wire.plan = Plan([Strike(3, Fault.STALE)])

    assert [ask(servers).text for _ in range(4)] == ["1", "2", "1", "3"]
    assert len(app.asked) == 3


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        pytest.param(Fault.KILLED_BEFORE, 0, id="before"),
        pytest.param(Fault.KILLED_UNANSWERED, 1, id="applied, not answered"),
    ],
)
def test_who_is_killed_gets_no_answer(servers: Servers, fault: Fault, asked: int) -> None:
    app, wire = served(servers, fault)
    killed: list[int] = []
    wire.kill = lambda: killed.append(len(app.asked))

    with pytest.raises(requests.ConnectionError):
        ask(servers)

    assert killed == [asked]
