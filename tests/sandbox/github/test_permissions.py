"""Who may do what: people, outsiders, and the tokens of jobs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import requests
from github import GithubException
from github.Repository import Repository

from bot.sandbox.github.accounts import token_of

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk


def _comment(repository: Repository) -> object:
    return repository.get_issue(1).create_comment("hello")


def _status(repository: Repository) -> object:
    sha = repository.get_git_ref("heads/main").object.sha
    return repository.requester.requestJsonAndCheck(
        "POST", f"{repository.url}/statuses/{sha}", input={"state": "success"}
    )


def _deploy(repository: Repository) -> object:
    return repository.create_deployment("main", required_contexts=[])


def _label(repository: Repository) -> object:
    repository.get_issue(1).add_to_labels("seen")
    return None


def _read_run(repository: Repository) -> object:
    return list(repository.get_workflow_runs())


def _open_issue(repository: Repository) -> object:
    return repository.create_issue("Drift")


@pytest.mark.parametrize(
    ("scope", "level", "act"),
    [
        pytest.param("pull_requests", "write", _comment, id="comment"),
        pytest.param("issues", "write", _comment, id="comment as an issue"),
        pytest.param("statuses", "write", _status, id="status"),
        pytest.param("deployments", "write", _deploy, id="deployment"),
        pytest.param("pull_requests", "write", _label, id="label"),
        pytest.param("actions", "read", _read_run, id="run"),
        pytest.param("issues", "write", _open_issue, id="issue"),
    ],
)
def test_a_job_needs_the_permission(
    desk: "Desk", scope: str, level: str, act: Callable[[Repository], object]
) -> None:
    desk.open_pull()
    reading = {"contents": "read", "pull_requests": "read"}
    granted = desk.client(desk.job_token(**{**reading, scope: level}))
    without = desk.client(desk.job_token(**reading))

    act(granted.get_repo(desk.name))

    with pytest.raises(GithubException, match="not accessible by integration") as refused:
        act(without.get_repo(desk.name))
    assert refused.value.status == 403


def test_a_job_writes_as_the_bot(desk: "Desk") -> None:
    number = desk.open_pull().number
    client = desk.client(desk.job_token(pull_requests="write"))

    comment = client.get_repo(desk.name).get_pull(number).create_issue_comment("hi")

    assert (comment.user.login, comment.user.type) == ("github-actions[bot]", "Bot")


def test_a_job_may_ask_what_a_person_may_do(desk: "Desk") -> None:
    repository = desk.client(desk.job_token()).get_repo(desk.name)

    assert repository.get_collaborator_permission("mallory") == "read"


def test_a_token_is_good_for_one_repository(desk: "Desk") -> None:
    desk.open_pull()
    store = desk.served.hub.store
    token = desk.job_token(pull_requests="write")
    store.change("UPDATE tokens SET repository = 0 WHERE token = ?", token)

    with pytest.raises(GithubException) as refused:
        desk.client(token).get_repo(desk.name)

    assert refused.value.status == 404


@pytest.mark.parametrize(
    "act",
    [pytest.param(_status, id="status"), pytest.param(_deploy, id="deployment")],
)
def test_an_outsider_may_read_and_comment_but_not_decide(
    desk: "Desk", act: Callable[[Repository], object]
) -> None:
    desk.open_pull()
    repository = desk.repository("mallory")

    _comment(repository)

    with pytest.raises(GithubException) as refused:
        act(repository)
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        pytest.param({}, "Requires authentication", id="none"),
        pytest.param({"Authorization": "Bearer nobody"}, "Bad credentials", id="unknown"),
        pytest.param({"Authorization": "Basic !!!"}, "Bad credentials", id="no base64"),
    ],
)
def test_asks_for_a_good_token(desk: "Desk", headers: dict[str, str], message: str) -> None:
    answer = requests.get(f"{desk.url}/api/v3/repos/{desk.name}", headers=headers, timeout=10)

    assert (answer.status_code, answer.json()["message"]) == (401, message)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/orgs/plant", id="another resource"),
        pytest.param("PATCH", "/repos/{name}/git/ref/heads/main", id="another method"),
    ],
)
def test_counts_calls_that_github_does_not_know(desk: "Desk", method: str, path: str) -> None:
    before = requests.get(f"{desk.url}/sandbox/unknown-calls", timeout=10).json()["count"]
    url = f"{desk.url}/api/v3{path.format(name=desk.name)}"
    headers = {"Authorization": f"Bearer {token_of('ada')}"}

    answer = requests.request(method, url, headers=headers, timeout=10)

    after = requests.get(f"{desk.url}/sandbox/unknown-calls", timeout=10).json()
    assert (answer.status_code, after["count"]) == (404, before + 1)
    assert after["calls"][-1]["path"] == url.removeprefix(desk.url)


def test_a_body_that_is_no_json_is_refused(desk: "Desk") -> None:
    headers = {"Authorization": f"Bearer {token_of('ada')}"}
    url = f"{desk.url}/api/v3/repos/{desk.name}/pulls"

    answer = requests.post(url, data=b"{", headers=headers, timeout=10)

    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Host": "evil.example"}, 421, id="another host"),
        pytest.param({"Host": "127.0.0.1.evil.example:80"}, 421, id="a host that looks alike"),
        pytest.param({"Origin": "https://evil.example"}, 403, id="another site's page"),
        pytest.param({"Origin": "null"}, 403, id="a page without an origin"),
    ],
)
def test_refuses_what_other_sites_send(desk: "Desk", headers: dict[str, str], status: int) -> None:
    answer = requests.post(f"{desk.url}/sandbox/settings", json={}, headers=headers, timeout=10)

    assert answer.status_code == status
