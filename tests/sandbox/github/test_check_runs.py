"""Check runs and the notes they put on lines, through the real PyGithub."""

from typing import TYPE_CHECKING, Any

import pytest
from github import GithubException
from github.CheckRun import CheckRun

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk

NOTE: dict[str, Any] = {
    "path": "README.md",
    "start_line": 1,
    "end_line": 1,
    "annotation_level": "warning",
    "message": "read me",
}


def checked(desk: "Desk", *, name: str = "envbot/review", **output: Any) -> CheckRun:
    repository = desk.client(desk.job_token(checks="write", contents="read")).get_repo(desk.name)
    sha = repository.get_commit("main").sha
    asked = {"title": "t", "summary": "s", **output}
    return repository.create_check_run(name, sha, conclusion="neutral", output=asked)


def test_a_check_run_is_read_back_with_its_annotations(desk: "Desk") -> None:
    made = checked(desk, annotations=[NOTE])

    found = desk.repository().get_commit("main").get_check_runs(check_name="envbot/review")

    assert [(run.id, run.conclusion) for run in found] == [(made.id, "neutral")]
    assert [(note.path, note.start_line) for note in found[0].get_annotations()] == [
        ("README.md", 1)
    ]


def test_annotations_of_an_edit_come_on_top(desk: "Desk") -> None:
    made = checked(desk, annotations=[NOTE] * 50)

    made.edit(output={"title": "t", "summary": "s", "annotations": [NOTE] * 3})

    assert len(list(made.get_annotations())) == 53


def test_the_newest_check_run_of_a_name_counts(desk: "Desk") -> None:
    checked(desk)
    newer = checked(desk)

    found = desk.repository().get_commit("main").get_check_runs()

    assert [run.id for run in found] == [newer.id]


@pytest.mark.parametrize(
    "output",
    [
        pytest.param({"annotations": [NOTE] * 51}, id="51 annotations at once"),
        pytest.param({"annotations": [{**NOTE, "start_line": 0}]}, id="line 0"),
        pytest.param({"summary": "x" * 65_536}, id="a long summary"),
        pytest.param({"title": ""}, id="no title"),
    ],
)
def test_what_github_does_not_take_is_refused(desk: "Desk", output: dict[str, Any]) -> None:
    with pytest.raises(GithubException) as refused:
        checked(desk, **output)
    assert refused.value.status == 422


def test_people_have_no_check_runs(desk: "Desk") -> None:
    repository = desk.repository()
    sha = repository.get_commit("main").sha

    with pytest.raises(GithubException, match="GitHub App") as refused:
        repository.create_check_run("mine", sha)
    assert refused.value.status == 403
