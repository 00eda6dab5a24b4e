"""What needs GitHub or Azure says in one sentence why it could not, and ends with 1."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Envbot

CLOSED = "https://127.0.0.1:1"
GITHUB = {"GITHUB_REPOSITORY": "plants/fleet", "GITHUB_TOKEN": "token"}
AZURE = {
    "ARM_CLOUD_METADATA_URL": f"{CLOSED}/metadata/endpoints",
    "AZURE_AUTHORITY_HOST": CLOSED,
    "AZURE_TENANT_ID": "00000000-0000-0000-0000-000000000002",
    "AZURE_CLIENT_ID": "envbot-reader",
    "AZURE_CLIENT_SECRET": "secret",
}
NEED_BOTH = [
    pytest.param(("plan",), id="plan"),
    pytest.param(("status",), id="status"),
    pytest.param(("drift",), id="drift"),
    pytest.param(("apply", "--plan", "0a1b2c3d4e5f"), id="apply"),
    pytest.param(("retry", "--failed"), id="retry"),
    pytest.param(("promote", "registry", "--pull", "1"), id="promote"),
]
# The fleet is read from git and Azure alone.
NEED_GITHUB = [case for case in NEED_BOTH if case.id != "status"]


def set_all(patch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        patch.setenv(name, value)


def could_not(envbot: "Envbot", *arguments: str) -> str:
    """Return the one line that envbot ended with."""
    ended = envbot(*arguments)
    assert ended.code == 1
    assert ended.out == ""
    assert "Traceback" not in ended.err
    last = ended.err.splitlines()[-1]
    assert "Done before: " in last
    assert "Not done: " in last
    return last


@pytest.mark.parametrize("arguments", NEED_GITHUB)
@pytest.mark.parametrize("missing", GITHUB)
def test_a_missing_variable_is_named(
    envbot: "Envbot",
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    missing: str,
) -> None:
    del repository
    set_all(monkeypatch, GITHUB)
    monkeypatch.delenv(missing)

    assert missing in could_not(envbot, *arguments)


@pytest.mark.parametrize("arguments", NEED_BOTH)
def test_outside_of_a_repository_git_says_so(
    envbot: "Envbot",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    set_all(monkeypatch, GITHUB)

    assert "git fetch failed" in could_not(envbot, *arguments)


@pytest.mark.parametrize("setting", ["ENVBOT_POLL_SECONDS", "ENVBOT_LEASE_SECONDS"])
def test_a_setting_that_is_no_number_is_named(
    envbot: "Envbot", repository: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    del repository
    set_all(monkeypatch, GITHUB | {setting: "soon"})

    assert setting in could_not(envbot, "plan")


def test_a_remote_that_is_away_is_named(
    envbot: "Envbot", repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, GITHUB)
    (repository.parent / "origin.git").rename(repository.parent / "gone.git")

    assert "git fetch failed" in could_not(envbot, "plan")


@pytest.mark.parametrize("arguments", NEED_BOTH[:3])
def test_azure_out_of_reach_is_said_within_seconds(
    envbot: "Envbot",
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    del repository
    set_all(monkeypatch, GITHUB | AZURE | {"GITHUB_API_URL": CLOSED})
    began = time.monotonic()

    last = could_not(envbot, *arguments)

    assert last.startswith("Azure: ")
    assert time.monotonic() - began < 30


def test_an_event_without_an_event_is_refused(
    envbot: "Envbot", repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del repository
    monkeypatch.setenv("GITHUB_JOB", "publish")

    assert "GITHUB_EVENT_NAME" in could_not(envbot, "event")


def test_an_event_without_a_job_is_a_wrong_command_line(envbot: "Envbot") -> None:
    assert envbot("event").code == 2


@pytest.mark.parametrize(
    "payload", [None, "", "{", "[]", '"push"'], ids=["no file", "empty", "cut", "list", "text"]
)
def test_an_event_that_cannot_be_read_is_refused(
    envbot: "Envbot", repository: Path, monkeypatch: pytest.MonkeyPatch, payload: str | None
) -> None:
    path = repository.parent / "event.json"
    if payload is not None:
        path.write_text(payload)
    set_all(
        monkeypatch,
        GITHUB | {"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(path)},
    )

    assert "push event" in could_not(envbot, "event", "--job", "publish")


def test_github_out_of_reach_is_said_within_seconds(
    envbot: "Envbot", repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository.parent / "event.json"
    path.write_text(json.dumps({"ref": "refs/heads/main"}))
    event = {"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(path)}
    set_all(monkeypatch, GITHUB | event | {"GITHUB_API_URL": CLOSED})
    began = time.monotonic()

    last = could_not(envbot, "event", "--job", "publish")

    assert last.startswith("GitHub could not be reached")
    assert time.monotonic() - began < 30
