"""The workflows grant what the identity table says, and run only commands that exist."""

import copy
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

WORKFLOWS = Path(__file__).resolve().parents[1] / ".github" / "workflows"
PULL_REQUEST = {"contents": "write", "pull-requests": "write", "statuses": "write"}
PUBLISHER = {**PULL_REQUEST, "checks": "write"}
REGISTRY = {**PULL_REQUEST, "deployments": "write", "id-token": "write"}
PRODUCTION = {
    "contents": "write",
    "pull-requests": "write",
    "deployments": "write",
    "actions": "read",
    "id-token": "write",
}
CANDIDATE = {
    "contents": "read",
    "pull-requests": "read",
    "statuses": "write",
    "id-token": "write",
}
# Job -> what its token may do, and the environment that its Azure identity is bound to.
IDENTITIES: dict[tuple[str, str], tuple[dict[str, str], str | None]] = {
    ("wake", "wake"): ({}, None),
    ("publish", "publish"): (PUBLISHER, None),
    ("publish", "candidate"): (CANDIDATE, "envbot-dev"),
    ("publish", "cloud"): (REGISTRY, "envbot-registry"),
    ("publish", "refresh"): (PUBLISHER, None),
    ("publish", "finish"): (REGISTRY, "envbot-registry"),
    ("command", "command"): (PUBLISHER, None),
    ("command", "cloud"): (REGISTRY, "envbot-registry"),
    ("command", "apply"): (PRODUCTION, "production"),
    ("command", "candidate"): (CANDIDATE, "envbot-dev"),
    ("command", "refresh"): (PUBLISHER, None),
    ("command", "finish"): (REGISTRY, "envbot-registry"),
    ("apply", "apply"): (PRODUCTION, "production"),
    ("rehearse", "rehearse"): (
        {"contents": "write", "actions": "read", "id-token": "write"},
        "envbot-test",
    ),
    ("schedule", "schedule"): (PUBLISHER, None),
    ("schedule", "drift"): (
        {
            "contents": "read",
            "pull-requests": "read",
            "actions": "read",
            "issues": "write",
            "id-token": "write",
        },
        "envbot-reader",
    ),
    ("schedule", "apply"): (PRODUCTION, "production"),
    ("schedule", "candidate"): (CANDIDATE, "envbot-dev"),
    ("schedule", "cloud"): (REGISTRY, "envbot-registry"),
    ("schedule", "refresh"): (PUBLISHER, None),
}


def read(path: Path) -> dict[Any, Any]:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(workflow, dict)
    return workflow


ALL = {path.stem: read(path) for path in sorted(WORKFLOWS.glob("*.yml"))}
JOBS = [
    pytest.param(workflow, name, job, id=f"{workflow}-{name}")
    for workflow, content in ALL.items()
    for name, job in content["jobs"].items()
]
PRIVILEGED = [case for case in JOBS if case.id != "wake-wake"]


def steps_that_run(job: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for step in job["steps"] if "run" in step]


def test_every_job_of_the_identity_table_exists_and_no_other() -> None:
    jobs = {(workflow, job) for workflow, content in ALL.items() for job in content["jobs"]}

    assert jobs == set(IDENTITIES)


@pytest.mark.parametrize("workflow", ALL.values(), ids=ALL)
def test_a_workflow_grants_nothing_to_all_its_jobs(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {}


@pytest.mark.parametrize(("workflow", "name", "job"), JOBS)
def test_a_job_has_exactly_its_identity(workflow: str, name: str, job: dict[str, Any]) -> None:
    assert (job["permissions"], job.get("environment")) == IDENTITIES[workflow, name]


@pytest.mark.parametrize(("workflow", "name", "job"), JOBS)
def test_a_job_ends_by_itself(workflow: str, name: str, job: dict[str, Any]) -> None:
    assert 0 < job["timeout-minutes"] < 360, (workflow, name)


@pytest.mark.parametrize(("workflow", "name", "job"), PRIVILEGED)
def test_a_job_that_may_write_is_never_cut_off(
    workflow: str, name: str, job: dict[str, Any]
) -> None:
    assert job["concurrency"]["cancel-in-progress"] is False, (workflow, name)


def test_production_has_one_writer_at_a_time() -> None:
    groups = {
        job["concurrency"]["group"]
        for content in ALL.values()
        for job in content["jobs"].values()
        if job.get("environment") == "production"
    }

    assert groups == {"apply"}


def test_whatever_starts_it_an_apply_does_the_same() -> None:
    """But for the page of the fleet, which the schedule has drawn before, and a command has not."""

    def work(workflow: str) -> dict[str, Any]:
        job = copy.deepcopy(ALL[workflow]["jobs"]["apply"])
        job["steps"] = [step for step in job["steps"] if "status.html" not in step.get("run", "")]
        for step in steps_that_run(job):
            step["env"].pop("ENVBOT_COMMANDS", None)
        return {name: part for name, part in job.items() if name not in ("needs", "if")}

    assert work("schedule") == work("command") == work("apply")


def test_an_equal_production_starts_no_apply() -> None:
    condition = ALL["schedule"]["jobs"]["apply"]["if"]

    assert condition == (
        "${{ !cancelled() && "
        "(needs.drift.outputs.apply == 'true' || needs.schedule.outputs.apply_commands) }}"
    )


@pytest.mark.parametrize("job", ["apply", "candidate", "cloud"])
def test_a_job_goes_on_with_the_commands_that_the_schedule_left_to_it(job: str) -> None:
    (step,) = (one for one in steps_that_run(ALL["schedule"]["jobs"][job]) if "if" not in one)

    handed = f"needs.schedule.outputs.{job}_commands"
    assert step["env"]["ENVBOT_COMMANDS"] == f"${{{{ {handed} }}}}"
    assert handed in ALL["schedule"]["jobs"][job]["if"]


@pytest.mark.parametrize(("workflow", "name", "job"), PRIVILEGED)
def test_a_job_with_a_token_runs_the_default_branch(
    workflow: str, name: str, job: dict[str, Any]
) -> None:
    checkout = job["steps"][0]["with"]

    assert checkout["ref"] == "${{ github.event.repository.default_branch }}", (workflow, name)
    assert checkout["persist-credentials"] is False


@pytest.mark.parametrize(("workflow", "name", "job"), JOBS)
def test_no_script_is_built_from_an_event(workflow: str, name: str, job: dict[str, Any]) -> None:
    assert not [step for step in steps_that_run(job) if "${{" in step["run"]], (workflow, name)


@pytest.mark.parametrize(("workflow", "name", "job"), JOBS)
def test_only_jobs_with_an_environment_may_ask_azure_for_a_token(
    workflow: str, name: str, job: dict[str, Any]
) -> None:
    may_ask = "id-token" in job["permissions"]

    assert may_ask == ("environment" in job), (workflow, name)
    assert may_ask == ("AZURE_CLIENT_ID" in steps_that_run(job)[-1].get("env", {}))


@pytest.mark.parametrize(("workflow", "name", "job"), PRIVILEGED)
def test_outputs_come_from_envbot(workflow: str, name: str, job: dict[str, Any]) -> None:
    last = [step for step in steps_that_run(job) if "if" not in step][-1]

    assert last["id"] == "envbot", (workflow, name)
    assert last["run"] == f"envbot event --job {name}"
    for output, value in job.get("outputs", {}).items():
        assert value == f"${{{{ steps.envbot.outputs.{output} }}}}"


@pytest.mark.parametrize(("workflow", "name", "job"), JOBS)
def test_what_runs_whatever_happened_only_shows_the_fleet(
    workflow: str, name: str, job: dict[str, Any]
) -> None:
    shows = [step for step in steps_that_run(job) if "if" in step]

    assert bool(shows) == ((workflow, name) in {("apply", "apply"), ("schedule", "drift")})
    for step in shows:
        assert step["run"] == "envbot status --format html --output artifacts/status.html"
        assert step["continue-on-error"] is True


def test_wake_runs_nothing() -> None:
    job = ALL["wake"]["jobs"]["wake"]

    assert job["steps"] == [{"run": "true"}]


@pytest.mark.parametrize(
    "path", sorted(WORKFLOWS.parent.rglob("*.yml")), ids=lambda path: path.name
)
def test_every_action_is_pinned_with_its_version_beside_it(path: Path) -> None:
    uses = re.findall(r"\buses: (?!\./)(.*)", path.read_text(encoding="utf-8"))

    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use) for use in uses), uses


def test_the_command_line_knows_every_job_that_a_workflow_runs() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "bot", "event", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    jobs = {job for _, job in IDENTITIES} - {"wake"}

    assert "--job" in shown
    assert not [job for job in jobs if not re.search(rf"\b{job}\b", shown)]
