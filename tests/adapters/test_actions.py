"""What the runner hands in, and what it is handed back."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.actions import Actions, Event, annotation
from bot.core.problem import Problem
from bot.errors import BotError
from bot.sandbox.github.actions.outputs import read_outputs


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    return tmp_path / "event.json"


def _event(payload: Path, name: str = "issue_comment") -> Event:
    return Actions({"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(payload)}).event()


def test_the_event_is_its_name_and_its_payload(payload: Path) -> None:
    payload.write_text('{"action": "créé"}', encoding="utf-8")

    assert _event(payload) == Event("issue_comment", {"action": "créé"})


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({}, id="neither"),
        pytest.param({"GITHUB_EVENT_NAME": "push"}, id="no path"),
        pytest.param({"GITHUB_EVENT_PATH": "/event.json"}, id="no name"),
        pytest.param({"GITHUB_EVENT_NAME": "", "GITHUB_EVENT_PATH": ""}, id="both empty"),
    ],
)
def test_outside_of_actions_there_is_no_event(environment: Mapping[str, str]) -> None:
    with pytest.raises(BotError, match="GITHUB_EVENT_NAME and GITHUB_EVENT_PATH are not set"):
        Actions(environment).event()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(b'{"action": ', id="cut off"),
        pytest.param(b'{"action": "\xff"}', id="not UTF-8"),
    ],
)
def test_a_payload_that_cannot_be_read_is_a_failure(payload: Path, data: bytes | None) -> None:
    if data is not None:
        payload.write_bytes(data)

    with pytest.raises(BotError, match="payload of the push event cannot be read"):
        _event(payload, "push")


@pytest.mark.parametrize("data", ["[]", "null", '"text"', "1"])
def test_a_payload_that_is_no_object_is_a_failure(payload: Path, data: str) -> None:
    payload.write_text(data)

    with pytest.raises(BotError, match="payload of the push event is no JSON object"):
        _event(payload, "push")


def test_the_run_has_a_page() -> None:
    actions = Actions(
        {
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "plant/envs",
            "GITHUB_RUN_ID": "7",
        }
    )

    assert actions.run_url() == "https://github.com/plant/envs/actions/runs/7"


def test_outside_of_actions_there_is_no_page() -> None:
    assert Actions({"GITHUB_SERVER_URL": "https://github.com"}).run_url() == ""


# The sandbox's reader of that file stands for the runner's.
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("registry", id="a word"),
        pytest.param("", id="nothing"),
        pytest.param("one\ntwo", id="two lines"),
        pytest.param("x\nnext=apply", id="the form of another output"),
        pytest.param("x\nnext<<EOF\napply\nEOF", id="the long form of another output"),
        pytest.param('{"circuits": ["P001/C001"]}', id="JSON"),
    ],
)
def test_an_output_cannot_add_another(tmp_path: Path, value: str) -> None:
    path = tmp_path / "output"
    actions = Actions({"GITHUB_OUTPUT": str(path)})

    actions.set_output("first", value)
    actions.set_output("second", "2")

    assert read_outputs(path.read_text()) == {"first": value, "second": "2"}


@given(value=st.text(st.characters(codec="utf-8")))
def test_nothing_that_an_output_holds_becomes_a_name(
    tmp_path_factory: pytest.TempPathFactory, value: str
) -> None:
    path = tmp_path_factory.mktemp("run") / "output"

    Actions({"GITHUB_OUTPUT": str(path)}).set_output("name", value)

    assert set(read_outputs(path.read_text(encoding="utf-8"))) == {"name"}


def test_summaries_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    actions = Actions({"GITHUB_STEP_SUMMARY": str(path)})

    actions.summarize("# One\n\n")
    actions.summarize("# Two")

    assert path.read_text() == "# One\n# Two\n"


def test_what_is_kept_lies_where_the_workflow_looks(tmp_path: Path) -> None:
    actions = Actions({"GITHUB_WORKSPACE": str(tmp_path)})

    actions.keep("apply.json", b"{}")
    actions.keep("previous_env_versions.json", b"[]")

    kept = {path.name: path.read_bytes() for path in (tmp_path / "artifacts").iterdir()}
    assert kept == {"apply.json": b"{}", "previous_env_versions.json": b"[]"}


def test_outside_of_actions_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    actions = Actions({})

    actions.set_output("name", "value")
    actions.summarize("# One")
    actions.keep("apply.json", b"{}")

    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_kept_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "artifacts").write_text("a file stands in the way")

    with pytest.raises(BotError, match=r"artifacts/apply\.json cannot be written \(File exists\)"):
        Actions({"GITHUB_WORKSPACE": str(tmp_path)}).keep("apply.json", b"{}")


def test_an_output_file_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(BotError, match="file of GITHUB_OUTPUT cannot be written to"):
        Actions({"GITHUB_OUTPUT": str(tmp_path / "gone" / "output")}).set_output("name", "value")


def test_an_annotation_names_its_place() -> None:
    problem = Problem("config/plants/P001/C001.yml", 4, 3, "must be a text", "Quote it")

    assert annotation(problem) == (
        "::error file=config/plants/P001/C001.yml,line=4,col=3,"
        "title=envbot::must be a text. Quote it"
    )


def test_an_annotation_of_a_whole_file_is_on_its_first_line() -> None:
    assert ",line=1,col=1," in annotation(Problem("a.yml", 0, 0, "is missing", "Add it"))


def test_an_annotation_is_one_command_whatever_it_says() -> None:
    problem = Problem("a,line=9:b%\n::warning::x", 1, 1, "100%\r\n::add-mask::x", "Stop")

    assert annotation(problem) == (
        "::error file=a%2Cline=9%3Ab%25%0A%3A%3Awarning%3A%3Ax,line=1,col=1,"
        "title=envbot::100%25%0D%0A::add-mask::x. Stop"
    )
