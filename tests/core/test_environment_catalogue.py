import json
from collections.abc import Mapping

import pytest

from bot.core.environment import RegisteredEnvironment
from bot.core.environment_catalogue import CatalogueEntry, catalogue
from bot.core.render.environments import environments_report


def version(text: str, compatible: str = "true", place: str = "registry") -> RegisteredEnvironment:
    tags = {"backward_compatible": compatible, "change_summary": f"What {text} changes"}
    return RegisteredEnvironment("e", text, f"id:{text}", place, "digest", tags)


@pytest.mark.parametrize(
    ("others", "running", "expected"),
    [
        pytest.param([], {"1.5.0": 3}, True, id="the next"),
        pytest.param([version("1.5.1")], {"1.5.0": 3}, True, id="all in between are too"),
        pytest.param([version("1.5.1", "false")], {"1.5.0": 3}, False, id="a breaking one between"),
        pytest.param([version("1.5.1", "")], {"1.5.0": 3}, False, id="one between says nothing"),
        pytest.param([version("1.4.9", "false")], {"1.5.0": 3}, True, id="one below"),
        pytest.param([], {"1.5.0": 3, "1.4.0": 1}, True, id="several that run"),
        pytest.param([], {"1.5.0": 3, "1.6.0": 1}, False, id="one that runs is newer"),
        pytest.param([], {"2.0.0": 3}, None, id="another MAJOR runs"),
        pytest.param([], {}, None, id="nothing runs"),
        pytest.param([], {"1.5.2": 1}, True, id="itself runs"),
        pytest.param([], {"odd": 1}, None, id="what runs is no version"),
    ],
)
def test_a_version_fits_when_no_step_from_what_runs_breaks(
    others: list[RegisteredEnvironment], running: Mapping[str, int], expected: bool | None
) -> None:
    entries = catalogue([version("1.5.2"), *others], [], running)

    [entry] = [entry for entry in entries if entry.version == "1.5.2"]
    assert entry.compatible is expected


def test_a_breaking_version_fits_only_where_it_runs_already() -> None:
    breaking = version("1.6.0", "false")

    assert catalogue([breaking], [], {"1.5.0": 1})[0].compatible is False
    assert catalogue([breaking], [], {"1.6.0": 1})[0].compatible is True


def test_copies_are_one_entry_and_the_newest_is_first() -> None:
    rc = version("1.5.2-rc.g0a1b2c3d", place="dev")
    entries = catalogue(
        [version("1.5.2", place="dev"), version("1.10.0"), version("1.5.2")],
        [rc, version("latest")],
        {"1.5.2": 2},
    )

    assert [(one.version, one.places, one.archived, one.circuits) for one in entries] == [
        ("1.10.0", ("registry",), (), 0),
        ("1.5.2", ("dev", "registry"), (), 2),
        ("1.5.2-rc.g0a1b2c3d", ("dev",), ("dev",), 0),
    ]


@pytest.fixture
def entries() -> tuple[CatalogueEntry, ...]:
    rc = version("1.5.1-rc.g0a1b2c3d", place="dev")
    return catalogue([version("1.5.1")], [rc], {"1.5.0": 2})


def test_the_text_is_a_table(entries: tuple[CatalogueEntry, ...]) -> None:
    assert environments_report("e", entries, "text") == (
        "Version             Where           Circuits  Fits production  Retraining  Change\n"
        "1.5.1               registry        0         yes              —           "
        "What 1.5.1 changes\n"
        "1.5.1-rc.g0a1b2c3d  dev (archived)  0         yes              —           "
        "What 1.5.1-rc.g0a1b2c3d changes\n"
        "e: 2 versions\n"
    )


def test_markdown_takes_no_markup_from_a_tag() -> None:
    hostile = version("1.5.1")._replace(tags={"change_summary": "@all | <b>"})

    shown = environments_report("e", catalogue([hostile], [], {}), "markdown")

    assert "@all" not in shown
    assert "`@\u200ball │ <b>`" in shown


def test_json_has_everything(entries: tuple[CatalogueEntry, ...]) -> None:
    content = json.loads(environments_report("e", entries, "json"))

    assert (content["format"], content["environment"]) == (1, "e")
    assert content["versions"][1] == {
        "version": "1.5.1-rc.g0a1b2c3d",
        "places": ["dev"],
        "archived": ["dev"],
        "circuits": 0,
        "compatible": True,
        "tags": {
            "backward_compatible": "true",
            "change_summary": "What 1.5.1-rc.g0a1b2c3d changes",
        },
    }


def test_nothing_registered_is_one_line() -> None:
    assert environments_report("e", (), "text") == "e: 0 versions\n"
