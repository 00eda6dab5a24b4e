"""The pages, without a browser."""

import re
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.github.conftest import Desk


@pytest.fixture
def browser() -> "Iterator[requests.Session]":
    with requests.Session() as session:
        yield session


def _page(desk: "Desk", number: int) -> str:
    return f"{desk.url}/{desk.name}/pull/{number}"


def _form(browser: requests.Session, page: str, **fields: str) -> dict[str, str]:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(page, timeout=10).text)
    assert found is not None
    return {"csrf": found[1], "person": "marie", "body": "", "act": "comment", **fields}


def test_shows_the_pull_request(desk: "Desk", browser: requests.Session) -> None:
    pull = desk.open_pull()
    pull.create_issue_comment("Hello **there**").create_reaction("eyes")
    desk.repository("marie").get_pull(pull.number).create_review(event="APPROVE")
    commit = desk.repository().get_commit(pull.head.sha)
    commit.create_status("pending", context="envbot/release", description="waiting for grace")

    html = browser.get(_page(desk, pull.number), timeout=10).text

    for expected in ("Add feature", "<strong>there</strong>", "👀 1", "approved these changes",
                     "waiting for grace", "feature.txt", pull.head.sha[:7]):  # fmt: skip
        assert expected in html


def test_shows_what_a_check_says_on_the_diff(desk: "Desk", browser: requests.Session) -> None:
    pull = desk.open_pull()
    job = desk.client(desk.job_token(checks="write", contents="read")).get_repo(desk.name)
    note: dict[str, str | int] = {
        "path": "feature.txt",
        "start_line": 1,
        "end_line": 1,
        "annotation_level": "warning",
        "message": "<b>bold</b> claim",
    }
    job.create_check_run(
        "envbot/review",
        pull.head.sha,
        conclusion="neutral",
        output={"title": "breaking: needs major", "summary": "why", "annotations": [note]},
    )

    html = browser.get(_page(desk, pull.number), timeout=10).text

    for expected in ("envbot/review", "breaking: needs major", "1 on the diff", "feature.txt:1"):
        assert expected in html
    assert "&lt;b&gt;bold&lt;/b&gt; claim" in html


def test_lists_pull_requests(desk: "Desk", browser: requests.Session) -> None:
    desk.open_pull()

    for address in (desk.url, f"{desk.url}/{desk.name}", f"{desk.url}/{desk.name}/pulls"):
        assert f"/{desk.name}/pull/1" in browser.get(address, timeout=10).text


def test_lists_and_shows_an_issue(desk: "Desk", browser: requests.Session) -> None:
    issue = desk.repository().create_issue("Drift: <b>1</b>", body="P001/C001 differs")
    issue.create_comment("Mine; I set it back.")

    listed = browser.get(f"{desk.url}/{desk.name}", timeout=10).text
    shown = browser.get(issue.html_url, timeout=10).text

    assert f'href="/{desk.name}/issues/{issue.number}">Drift: &lt;b&gt;1' in listed
    for expected in ("Drift: &lt;b&gt;1", "P001/C001", "Mine; I set it back.", "Open"):
        assert expected in shown
    assert "<b>1" not in listed + shown


def test_a_pull_request_asked_for_as_an_issue_is_shown(
    desk: "Desk", browser: requests.Session
) -> None:
    number = desk.open_pull().number

    answer = browser.get(f"{desk.url}/{desk.name}/issues/{number}", timeout=10)

    assert answer.url == _page(desk, number)


def test_a_person_comments_approves_and_merges(desk: "Desk", browser: requests.Session) -> None:
    desk.settings(required_statuses=[])
    page = _page(desk, desk.open_pull().number)

    for act in ("comment", "approve", "merge"):
        form = _form(browser, page, act=act, body="one\r\ntwo")
        assert browser.post(page, form, timeout=10).status_code == 200

    pull = desk.repository().get_pull(1)
    assert [(it.user.login, it.body) for it in pull.get_issue_comments()] == [("marie", "one\ntwo")]
    assert [it.user.login for it in pull.get_reviews()] == ["marie"]
    assert pull.merged_by.login == "marie"


def test_remembers_who_one_is(desk: "Desk", browser: requests.Session) -> None:
    page = _page(desk, desk.open_pull().number)

    browser.post(page, _form(browser, page, person="grace", body="hi"), timeout=10)

    assert '<option value="grace" selected>' in browser.get(page, timeout=10).text


@pytest.mark.parametrize("token", ["", "wrong"], ids=["none", "another"])
def test_refuses_a_form_without_the_pages_token(
    desk: "Desk", browser: requests.Session, token: str
) -> None:
    page = _page(desk, desk.open_pull().number)
    form = _form(browser, page, csrf=token, body="forged")

    answer = browser.post(page, form, timeout=10)

    assert answer.status_code == 403
    assert list(desk.repository().get_pull(1).get_issue_comments()) == []


def test_refuses_a_form_from_another_site(desk: "Desk", browser: requests.Session) -> None:
    page = _page(desk, desk.open_pull().number)
    form = _form(browser, page, body="forged")

    answer = browser.post(page, form, headers={"Origin": "https://evil.example"}, timeout=10)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        pytest.param({"person": "nobody"}, 403, "no collaborator", id="a stranger"),
        pytest.param({"act": "merge", "person": "mallory"}, 403, "write", id="an outsider merges"),
        pytest.param({"act": "merge"}, 405, "envbot/release", id="before the status"),
        pytest.param({"body": " "}, 422, "blank", id="an empty comment"),
        pytest.param(
            {"act": "approve", "person": "ada"}, 422, "your own", id="the author approves"
        ),
        pytest.param({"act": "dance"}, 422, "nothing known", id="another act"),
    ],
)
def test_says_why_something_is_not_done(
    desk: "Desk", browser: requests.Session, fields: dict[str, str], status: int, reason: str
) -> None:
    page = _page(desk, desk.open_pull().number)

    answer = browser.post(page, _form(browser, page, **fields), timeout=10)

    assert answer.status_code == status
    assert reason in answer.text


def test_what_people_write_is_text(desk: "Desk", browser: requests.Session) -> None:
    desk.push_branch("feature", {"<b>.txt": "x\n"})
    desk.repository().create_pull(
        base="main", head="feature", title="<script>alert(1)</script>", body="<script>2</script>"
    )

    html = browser.get(_page(desk, 1), timeout=10).text

    assert "&lt;script&gt;alert(1)" in html
    assert "&lt;b&gt;.txt" in html
    assert "<script>" not in html


def test_allows_scripts_from_its_own_file_only(desk: "Desk", browser: requests.Session) -> None:
    answer = browser.get(_page(desk, desk.open_pull().number), timeout=10)

    assert "script-src 'self';" in answer.headers["content-security-policy"]
    for name in ("page.js", "page.css", "favicon.svg"):
        assert browser.get(f"{desk.url}/assets/{name}", timeout=10).status_code == 200
    assert browser.get(f"{desk.url}/favicon.ico", timeout=10).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/{name}/pull/99", "/nobody/nothing", "/assets/..%2fservice.py", "/{name}/actions/runs/99"],
    ids=["pull request", "repository", "file", "run"],
)
def test_answers_404_for_what_is_not_there(
    desk: "Desk", browser: requests.Session, path: str
) -> None:
    answer = browser.get(desk.url + path.format(name=desk.name), timeout=10)

    assert answer.status_code == 404
