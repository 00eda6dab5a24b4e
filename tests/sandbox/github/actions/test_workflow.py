"""Workflow files as values."""

from pathlib import Path

import pytest

from bot.sandbox.github.actions.workflow import Concurrency, WorkflowError, read_workflow

REAL = sorted((Path(__file__).parents[4] / ".github" / "workflows").glob("*.yml"))
JOB = """
jobs:
  publish:
    runs-on: ubuntu-24.04
    permissions: {contents: read}
    steps:
      - uses: actions/checkout@abc
      - run: echo prepare
      - id: envbot
        run: envbot event --job publish
        env: {GITHUB_TOKEN: "${{ github.token }}"}
"""


def test_the_last_command_of_a_job_is_its_work() -> None:
    [job] = read_workflow("publish.yml", f"on: push{JOB}".encode()).jobs

    assert (job.id, job.command, job.step) == ("publish", "envbot event --job publish", "envbot")
    assert job.permissions == {"contents": "read"}
    assert job.env == {"GITHUB_TOKEN": "${{ github.token }}"}


def test_a_command_with_a_condition_is_not_the_jobs_work() -> None:
    told = "      - if: always()\n        run: envbot status\n"

    [job] = read_workflow("publish.yml", f"on: push{JOB}{told}".encode()).jobs

    assert job.command == "envbot event --job publish"


def test_reads_groups_needs_and_environments() -> None:
    text = f"""
on:
  issue_comment: {{types: [created]}}
{JOB}
  cloud:
    needs: publish
    if: needs.publish.outputs.cloud == 'true'
    environment: {{name: envbot-registry}}
    timeout-minutes: 5
    concurrency: {{group: "g-${{{{ github.ref }}}}", cancel-in-progress: false, queue: max}}
    permissions: {{}}
    steps: [{{run: "true"}}]
"""
    cloud = read_workflow("command.yml", text.encode()).jobs[1]

    assert (cloud.needs, cloud.environment, cloud.minutes) == (("publish",), "envbot-registry", 5)
    assert cloud.concurrency == Concurrency("g-${{ github.ref }}", keeps_all=True)


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_understands_the_projects_own_files(path: Path) -> None:
    assert read_workflow(path.name, path.read_bytes()).jobs


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("on: [", "not valid YAML", id="no YAML"),
        pytest.param("on: push", "no jobs", id="no jobs"),
        pytest.param(f"on: {{push: {{paths: [a]}}}}{JOB}", "filters", id="paths"),
        pytest.param(f"on: {{release: {{types: [a]}}}}{JOB}", "release", id="another event"),
        pytest.param(f"on: push{JOB}    strategy: {{}}\n", "strategy", id="matrix"),
        pytest.param(
            f"on: push{JOB}    concurrency: {{group: a, cancel-in-progress: true}}\n",
            "cancels jobs",
            id="cancels",
        ),
        pytest.param(
            "on: push\njobs: {a: {permissions: {}, steps: [{uses: b}]}}", "no command", id="no run"
        ),
        pytest.param(
            "on: push\njobs: {a: {steps: [{run: envbot}]}}", "permissions", id="no permissions"
        ),
    ],
)
def test_refuses_what_it_does_not_know(text: str, reason: str) -> None:
    with pytest.raises(WorkflowError, match=reason):
        read_workflow("x.yml", text.encode())
