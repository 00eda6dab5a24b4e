import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.errors import BotError
from bot.sandbox.azureml.client_environment import READY_FILE
from bot.sandbox.azureml.control import Control
from bot.sandbox.azureml.workspaces import WorkspaceSpec
from bot.sandbox.process import RunningServer, is_running, start

MODULE = "bot.sandbox.azureml"
WORKSPACE = WorkspaceSpec("s1", "g1", "ws1", "dev", "westeurope")


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RunningServer]:
    running = start(MODULE, tmp_path / "state", READY_FILE)
    yield running
    if is_running(running.pid):
        running.stop()


def get(server: RunningServer, path: str, **headers: str) -> requests.Response:
    bundle = server.facts["ca_bundle"]
    return requests.get(f"{server.url}{path}", headers=headers, verify=bundle, timeout=10)


def test_an_operation_it_does_not_have_is_an_error_that_names_it_and_is_counted(
    own_server: RunningServer,
) -> None:
    answer = get(own_server, "/subscriptions/s1/providers/Microsoft.Compute/skus")

    assert answer.status_code == 501
    message = answer.json()["error"]["message"]
    assert message.endswith("GET /subscriptions/s1/providers/Microsoft.Compute/skus")
    assert Control(own_server.state).unknown() == [
        "GET /subscriptions/s1/providers/Microsoft.Compute/skus"
    ]


def test_a_method_it_does_not_have_is_counted_too(own_server: RunningServer) -> None:
    bundle = own_server.facts["ca_bundle"]
    requests.options(f"{own_server.url}/metadata/endpoints", verify=bundle, timeout=10)

    assert Control(own_server.state).unknown() == ["OPTIONS /metadata/endpoints"]


def test_a_call_without_an_api_version_is_refused(place: Any) -> None:
    answer = place.azure.send("GET", f"{place.path('dev')}?x=1")

    assert answer.json()["error"]["code"] == "MissingApiVersionParameter"


def test_a_workspace_that_does_not_exist_is_not_found(azure: Any) -> None:
    path = WORKSPACE.scope.arm_id

    answers = [azure.send("GET", path), azure.send("GET", f"{path}/environments")]

    codes = [answer.json()["error"]["code"] for answer in answers]
    assert codes == ["ResourceNotFound", "ParentResourceNotFound"]


@pytest.mark.parametrize(
    "host",
    [pytest.param("0.0.0.0", id="every address"), pytest.param("192.0.2.1", id="another host")],  # noqa: S104 - what it must refuse
)
def test_refuses_to_listen_beyond_loopback(tmp_path: Path, host: str) -> None:
    command = [sys.executable, "-m", MODULE, "--state", str(tmp_path), "--host", host]

    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    assert ended.returncode == 1
    assert "loopback only" in ended.stderr
    assert not (tmp_path / READY_FILE).exists()


def test_refuses_a_name_that_merely_resolves_to_loopback(own_server: RunningServer) -> None:
    answer = get(own_server, "/metadata/endpoints", Host="rebound.example:443")

    assert answer.status_code == 421


def test_the_door_is_closed_to_pages_of_a_browser(own_server: RunningServer) -> None:
    assert get(own_server, "/sandbox/log").status_code == 403


def test_state_survives_a_crash_and_a_restart(
    own_server: RunningServer, look_at: Callable[[RunningServer], Any]
) -> None:
    path = f"{WORKSPACE.scope.arm_id}/environments/custom-tf-env/versions/1.5.0"
    Control(own_server.state).add_workspace(WORKSPACE)
    Control(own_server.state).script(page_size=7)
    look_at(own_server).send("PUT", path, {"properties": {"image": "base@sha256:1"}})
    own_server.kill()

    again = start(MODULE, own_server.state, READY_FILE)

    answer = look_at(again).send("GET", path)
    script = Control(again.state).script()
    again.stop()
    assert answer.json()["properties"]["image"] == "base@sha256:1"
    assert script["page_size"] == 7


def test_a_reset_forgets_resources_and_keeps_identities(own_server: RunningServer) -> None:
    control = Control(own_server.state)
    control.add_workspace(WORKSPACE)
    get(own_server, "/metadata/endpoints")
    identities = (own_server.state / "azureml-identities.json").read_bytes()

    control.reset()

    assert control.log() == []
    assert (own_server.state / "azureml-identities.json").read_bytes() == identities


def test_the_log_says_who_asked_for_what(place: Any) -> None:
    before = len(place.azure.control.log())

    list(place.client("dev", "envbot-dev").environments.list("custom-tf-env"))

    *_, entry = place.azure.control.log()[before:]
    assert (entry["method"], entry["status"], entry["client"]) == ("GET", 200, "envbot-dev")
    assert f"{place.path('dev')}/environments/custom-tf-env/versions" in entry["target"]


def test_a_server_that_cannot_start_says_why(tmp_path: Path, own_server: RunningServer) -> None:
    port = own_server.url.rpartition(":")[2]

    with pytest.raises(BotError, match="Address already in use"):
        start(MODULE, tmp_path / "other", READY_FILE, "--port", port)


def test_a_stopped_server_is_gone_and_has_nothing_to_say(own_server: RunningServer) -> None:
    with requests.Session() as idle:
        bundle = own_server.facts["ca_bundle"]
        idle.get(f"{own_server.url}/metadata/endpoints", verify=bundle, timeout=10)
        own_server.stop()

    assert not is_running(own_server.pid)
    assert (own_server.state / f"{READY_FILE}.log").read_text() == ""


def test_every_call_takes_as_long_as_the_script_says(own_server: RunningServer) -> None:
    get(own_server, "/metadata/endpoints?api-version=2019-05-01")
    Control(own_server.state).script(latency=0.3)

    answer = get(own_server, "/metadata/endpoints?api-version=2019-05-01")

    assert answer.elapsed.total_seconds() >= 0.3
