"""Events start jobs: with which token, in what order, and what they are told."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jwt
import pytest
import requests

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk

BOT = '''
"""Stands for envbot: writes down what it was told, and does what its job's name says."""

import json, os, subprocess, sys, urllib.request

def call(method, path, body):
    request = urllib.request.Request(
        f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}{path}",
        json.dumps(body).encode(), method=method,
        headers={"Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)

job = sys.argv[-1]
event = json.load(open(os.environ["GITHUB_EVENT_PATH"]))
with open(os.path.join(sys.argv[1], f"{os.environ['GITHUB_RUN_ID']}-{job}.json"), "w") as seen:
    files = sorted(name for name in os.listdir() if name != ".git")
    json.dump({"environment": dict(os.environ), "event": event, "arguments": sys.argv[2:],
               "files": files}, seen)
if job == "answer":
    call("POST", f"/issues/{event['issue']['number']}/comments", {"body": "/done"})
    open(os.environ["GITHUB_OUTPUT"], "a").write("cloud=true\\n")
    open(os.environ["GITHUB_STEP_SUMMARY"], "a").write("All **well**\\n")
if job == "fail":
    sys.exit("no")
print("job", job, "ended")
'''
STEPS = """
    steps:
      - uses: actions/checkout@abc
      - id: envbot
        run: envbot event --job {job}
        env: {{GITHUB_TOKEN: "${{{{ github.token }}}}", CLIENT: "${{{{ vars.CLIENT }}}}"}}
"""


def _job(name: str, permissions: str, more: str = "") -> str:
    head = f"  {name}:\n    runs-on: ubuntu-24.04\n    permissions: {permissions}\n"
    return head + more + STEPS.format(job=name)


ANSWER = _job(
    "answer",
    "{pull-requests: write}",
    "    if: github.event.issue.pull_request && startsWith(github.event.comment.body, '/')\n"
    "    concurrency: {group: 'answer-${{ github.event.issue.number }}', queue: max}\n"
    "    outputs: {cloud: '${{ steps.envbot.outputs.cloud }}'}\n",
)
CLOUD = _job(
    "cloud",
    "{contents: read, id-token: write}",
    "    needs: answer\n    if: needs.answer.outputs.cloud == 'true'\n"
    "    environment: production\n",
)
COMMAND = f"name: command\non: {{issue_comment: {{types: [created]}}}}\njobs:\n{ANSWER}{CLOUD}"
WAKE = (
    "name: wake\non: {pull_request: {types: [opened, synchronize, closed]}}\n"
    'jobs: {wake: {permissions: {}, steps: [{run: "true"}]}}\n'
)
PUBLISH = (
    "name: publish\non: {workflow_run: {workflows: [wake], types: [completed]},"
    " push: {branches: [main]}}\njobs:\n"
    + _job("look", "{contents: write}", "    concurrency: {group: look}\n")
)


def _files(**workflows: str) -> dict[str, tuple[str, bytes]]:
    return {
        f".github/workflows/{name}.yml": ("100644", text.encode())
        for name, text in workflows.items()
    }


@pytest.fixture
def begin(start_desk: "Callable[..., Desk]", tmp_path: Path) -> "Callable[..., Desk]":
    script = tmp_path / "bot.py"
    script.write_text(BOT, encoding="utf-8")
    (tmp_path / "seen").mkdir()

    def begin(**workflows: str) -> "Desk":
        return start_desk(
            _files(**workflows), [sys.executable, str(script), str(tmp_path / "seen")]
        )

    return begin


def _settle(desk: "Desk") -> list[dict[str, Any]]:
    """Wait until all is quiet; return the runs, oldest first."""
    answer = requests.get(f"{desk.url}/sandbox/idle?timeout=60", timeout=70)
    assert answer.json() == {"idle": True}
    runs: list[dict[str, Any]] = requests.get(f"{desk.url}/sandbox/runs", timeout=10).json()
    return runs[::-1]


def _seen(tmp_path: Path, job: str) -> list[dict[str, Any]]:
    files = sorted(
        (tmp_path / "seen").glob(f"*-{job}.json"), key=lambda it: int(it.name.split("-")[0])
    )
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def _ended(runs: list[dict[str, Any]]) -> list[tuple[str, dict[str, str]]]:
    return [(run["name"], {job["job"]: job["conclusion"] for job in run["jobs"]}) for run in runs]


def test_a_command_is_answered_and_its_answer_starts_nothing(
    begin: "Callable[..., Desk]",
) -> None:
    desk = begin(command=COMMAND)
    pull = desk.open_pull()

    pull.create_issue_comment("/promote registry")

    assert _ended(_settle(desk)) == [("command", {"answer": "success", "cloud": "success"})]
    comments = [(it.user.login, it.body) for it in pull.get_issue_comments()]
    assert comments == [("ada", "/promote registry"), ("github-actions[bot]", "/done")]


def test_a_job_is_told_what_github_actions_would_tell_it(
    begin: "Callable[..., Desk]", tmp_path: Path
) -> None:
    desk = begin(command=COMMAND)
    state = desk.served.hub.state
    variables = {"": {"CLIENT": "everywhere"}, "production": {"CLIENT": "production-writer"}}
    (state / "actions-variables.json").write_text(json.dumps(variables))
    (state / "job-environment.json").write_text(json.dumps({"ARM_CLOUD_METADATA_URL": "x"}))
    pull = desk.open_pull()

    pull.create_issue_comment("/promote registry")
    _settle(desk)

    [answer], [cloud] = _seen(tmp_path, "answer"), _seen(tmp_path, "cloud")
    told = answer["environment"]
    assert answer["arguments"] == ["event", "--job", "answer"]
    assert (told["GITHUB_EVENT_NAME"], told["GITHUB_JOB"]) == ("issue_comment", "answer")
    assert (told["GITHUB_ACTOR"], told["GITHUB_REPOSITORY"]) == ("ada", "plant/envs")
    assert told["GITHUB_SHA"] == desk.repository().get_git_ref("heads/main").object.sha
    assert (told["PYTHONSAFEPATH"], told["ARM_CLOUD_METADATA_URL"]) == ("1", "x")
    assert (told["CLIENT"], cloud["environment"]["CLIENT"]) == ("everywhere", "production-writer")
    assert answer["event"]["comment"]["body"] == "/promote registry"
    assert answer["files"] == [".github", "README.md", "config", "run.sh"]
    assert "ACTIONS_ID_TOKEN_REQUEST_URL" not in told


def test_a_jobs_token_ends_with_the_job(begin: "Callable[..., Desk]", tmp_path: Path) -> None:
    desk = begin(command=COMMAND)
    desk.open_pull().create_issue_comment("/help")
    _settle(desk)

    [answer] = _seen(tmp_path, "answer")
    bearer = {"Authorization": f"Bearer {answer['environment']['GITHUB_TOKEN']}"}

    again = requests.get(f"{desk.url}/api/v3/repos/plant/envs", headers=bearer, timeout=10)

    assert again.status_code == 401


def test_a_job_in_an_environment_leaves_a_deployment(begin: "Callable[..., Desk]") -> None:
    desk = begin(command=COMMAND)
    desk.open_pull().create_issue_comment("/help")
    _settle(desk)

    [deployment] = desk.repository().get_deployments()

    assert deployment.environment == "production"
    assert [it.state for it in deployment.get_statuses()] == ["success", "in_progress"]


def test_plain_talk_runs_no_job(begin: "Callable[..., Desk]") -> None:
    desk = begin(command=COMMAND)

    desk.open_pull().create_issue_comment("please /promote registry")

    assert _ended(_settle(desk)) == [("command", {"answer": "skipped", "cloud": "skipped"})]


def test_no_command_of_a_queue_is_lost(begin: "Callable[..., Desk]", tmp_path: Path) -> None:
    desk = begin(command=COMMAND)
    pull = desk.open_pull()

    for number in range(4):
        pull.create_issue_comment(f"/help {number}")
    _settle(desk)

    bodies = [seen["event"]["comment"]["body"] for seen in _seen(tmp_path, "answer")]
    assert bodies == [f"/help {number}" for number in range(4)]


def test_a_pull_request_wakes_the_publisher(begin: "Callable[..., Desk]", tmp_path: Path) -> None:
    desk = begin(wake=WAKE, publish=PUBLISH)

    pull = desk.open_pull()

    assert [run["name"] for run in _settle(desk)] == ["wake", "publish"]
    [seen] = _seen(tmp_path, "look")
    woken = seen["event"]["workflow_run"]
    assert (seen["event"]["action"], woken["name"], woken["event"]) == (
        "completed",
        "wake",
        "pull_request",
    )
    assert (woken["head_branch"], woken["head_sha"]) == ("feature", pull.head.sha)
    assert [it["number"] for it in woken["pull_requests"]] == [pull.number]


def test_pushes_of_people_start_workflows_and_those_of_jobs_do_not(
    begin: "Callable[..., Desk]",
) -> None:
    desk = begin(wake=WAKE)
    desk.open_pull()
    _settle(desk)

    desk.push_branch("feature", {"a.txt": "a\n"})
    by_person = len(_settle(desk))
    desk.push_branch("feature", {"b.txt": "b\n"}, desk.job_token(contents="write"))

    assert (by_person, len(_settle(desk))) == (2, 2)


def test_a_merge_is_a_push_to_main(begin: "Callable[..., Desk]", tmp_path: Path) -> None:
    desk = begin(publish=PUBLISH)
    desk.settings(required_statuses=[])
    pull = desk.open_pull()

    merged = pull.merge().sha
    _settle(desk)

    [seen] = _seen(tmp_path, "look")
    assert (seen["event"]["ref"], seen["event"]["after"]) == ("refs/heads/main", merged)
    assert seen["environment"]["GITHUB_SHA"] == merged


def test_the_id_token_names_repository_and_environment(
    start_desk: "Callable[..., Desk]", tmp_path: Path
) -> None:
    script = tmp_path / "bot.py"
    script.write_text(
        "import json, os, sys, urllib.request\n"
        "url = os.environ['ACTIONS_ID_TOKEN_REQUEST_URL'] + '&audience=api://AzureADTokenExchange'\n"
        "bearer = 'Bearer ' + os.environ['ACTIONS_ID_TOKEN_REQUEST_TOKEN']\n"
        "request = urllib.request.Request(url, headers={'Authorization': bearer})\n"
        "open(sys.argv[1], 'w').write(json.load(urllib.request.urlopen(request))['value'])\n"
    )
    text = "name: apply\non: {push: {branches: [main]}}\njobs:\n" + _job(
        "apply", "{id-token: write}", "    environment: production\n"
    )
    desk = start_desk(_files(apply=text), [sys.executable, str(script), str(tmp_path / "token")])
    desk.settings(bypass_actors=["ada"])
    desk.push_branch("main", {"a.txt": "a\n"})
    _settle(desk)

    claims = jwt.decode(
        (tmp_path / "token").read_text(),
        (desk.served.hub.state / "oidc-public.pem").read_bytes(),
        algorithms=["ES256"],
        audience="api://AzureADTokenExchange",
    )

    assert claims["sub"] == "repo:plant/envs:environment:production"
    assert claims["exp"] - claims["iat"] == 300


def test_a_failing_job_fails_its_run_and_skips_what_needs_it(
    begin: "Callable[..., Desk]",
) -> None:
    jobs = _job("fail", "{}") + _job("after", "{}", "    needs: fail\n")
    jobs += _job("always", "{}", "    needs: fail\n    if: always()\n")
    desk = begin(wake=f"name: wake\non: pull_request\njobs:\n{jobs}")

    desk.open_pull()
    [run] = _settle(desk)

    assert run["conclusion"] == "failure"
    ended = {job["job"]: job["conclusion"] for job in run["jobs"]}
    assert ended == {"fail": "failure", "after": "skipped", "always": "success"}
    log = requests.get(f"{desk.url}/sandbox/runs/{run['id']}/fail/log", timeout=10).text
    assert log.splitlines() == ["no", "Ended with code 1."]


def test_keeps_the_summary_of_a_job(begin: "Callable[..., Desk]") -> None:
    desk = begin(command=COMMAND)
    desk.open_pull().create_issue_comment("/help")
    [run] = _settle(desk)

    url = f"{desk.url}/sandbox/runs/{run['id']}/answer/summary"

    assert requests.get(url, timeout=10).text == "All **well**\n"


def test_a_job_ends_after_its_minutes(start_desk: "Callable[..., Desk]") -> None:
    text = "name: wake\non: pull_request\njobs:\n" + _job(
        "wake", "{}", "    timeout-minutes: 0.005\n"
    )
    desk = start_desk(_files(wake=text), [sys.executable, "-c", "import time; time.sleep(60)"])

    desk.open_pull()
    [run] = _settle(desk)

    assert run["conclusion"] == "cancelled"


def test_a_command_of_another_program_is_not_run(begin: "Callable[..., Desk]") -> None:
    text = "name: wake\non: pull_request\njobs: {wake: {permissions: {}, steps: [{run: rm -rf x}]}}"
    desk = begin(wake=text)

    desk.open_pull()
    [run] = _settle(desk)

    assert run["conclusion"] == "failure"


def test_a_workflow_that_is_not_understood_fails_at_its_start(
    begin: "Callable[..., Desk]",
) -> None:
    desk = begin(wake="on: pull_request\njobs: {a: {strategy: {}}}")

    desk.open_pull()
    runs = _settle(desk)

    assert {run["conclusion"] for run in runs} == {"startup_failure"}
    assert all("strategy" in run["name"] for run in runs)


def test_a_schedule_starts_when_told(begin: "Callable[..., Desk]", tmp_path: Path) -> None:
    text = "name: s\non: {schedule: [{cron: '1 * * * *'}]}\njobs:\n" + _job("look", "{}")
    desk = begin(schedule=text)

    asked = {"repository": "plant/envs", "workflow": "schedule.yml", "cron": "1 * * * *"}
    requests.post(f"{desk.url}/sandbox/schedule", json=asked, timeout=10).raise_for_status()
    _settle(desk)

    assert [it["event"]["schedule"] for it in _seen(tmp_path, "look")] == ["1 * * * *"]


def test_a_workflow_can_be_dispatched(begin: "Callable[..., Desk]") -> None:
    desk = begin(apply="name: apply\non: workflow_dispatch\njobs:\n" + _job("look", "{}"))
    url = f"{desk.url}/api/v3/repos/plant/envs/actions/workflows/apply.yml/dispatches"
    bearer = {"Authorization": f"Bearer {desk.job_token(actions='write')}"}

    answer = requests.post(url, json={"ref": "main"}, headers=bearer, timeout=10)
    [run] = _settle(desk)

    assert (answer.status_code, run["event"]) == (204, "workflow_dispatch")
    assert desk.repository().get_workflow_run(run["id"]).conclusion == "success"


def test_runs_are_on_the_page_of_their_pull_request(begin: "Callable[..., Desk]") -> None:
    desk = begin(wake=WAKE, publish=PUBLISH)
    pull = desk.open_pull()
    runs = _settle(desk)

    html = requests.get(f"{desk.url}/plant/envs/pull/{pull.number}", timeout=10).text
    log = requests.get(f"{desk.url}/plant/envs/actions/runs/{runs[1]['id']}", timeout=10).text

    assert html.count("/plant/envs/actions/runs/") == 2
    assert "job look ended" in log
