"""A bump across a MAJOR in every style that people write, and what it refuses as a whole."""

import hashlib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.config.bump import Bump
from bot.core.config.circuit import read_circuit
from bot.core.config.follow import follow
from bot.core.config.selector import parse
from bot.core.config.version_edit import declare
from bot.core.tree import REGULAR, File, Tree
from bot.errors import InvalidFileError

PATH = "config/plants/P001/C001.yml"
HEAD = 'plant_id: "P001"\ncircuit_id: "C001"\ntraining:\n    environment_version: "V"  # é\n'


def file(data: bytes, path: str = PATH) -> File:
    return File(path, REGULAR, hashlib.sha256(data).hexdigest(), data)


def crossed(text: str) -> str:
    """Return what the bulk edit from 1.5.0 to 2.0.0 makes of one circuit."""
    data = text.replace("V", "1.5.0").encode()
    tree = {PATH: file(data)}
    return follow(tree, tree, to="2.0.0", from_version="1.5.0").files[PATH].decode()


@pytest.mark.parametrize("final", ["\n", ""], ids=["final newline", "none"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "mark"])
@pytest.mark.parametrize(
    ("tail", "after"),
    [
        pytest.param("", '\ndeployment:\n    environment_version: "1.5.0"', id="no section"),
        pytest.param(
            "\n# the end",
            '\n# the end\ndeployment:\n    environment_version: "1.5.0"',
            id="comment at the end",
        ),
        pytest.param(
            '\ndeployment: {model_version: "5"}',
            '\ndeployment: {environment_version: "1.5.0", model_version: "5"}',
            id="flow",
        ),
        pytest.param(
            '\ndeployment: {model_version: "5",}  # why',
            '\ndeployment: {environment_version: "1.5.0", model_version: "5",}  # why',
            id="flow with a comma at its end",
        ),
        pytest.param(
            "\ndeployment: {}", '\ndeployment: {environment_version: "1.5.0"}', id="empty flow"
        ),
        pytest.param(
            "\ndeployment:", '\ndeployment:\n    environment_version: "1.5.0"', id="empty"
        ),
        pytest.param(
            '\ndeployment:\n    # model_version: "5"\n# the end',
            '\ndeployment:\n    environment_version: "1.5.0"\n    # model_version: "5"\n# the end',
            id="empty but for a comment",
        ),
        pytest.param(
            '\ndeployment: null  # why\nowner: "x"',
            '\ndeployment: {environment_version: "1.5.0"}  # why\nowner: "x"',
            id="null",
        ),
        pytest.param(
            '\n"deployment":\n  "model_version": "5"',
            '\n"deployment":\n  environment_version: "1.5.0"\n  "model_version": "5"',
            id="keys in quotes",
        ),
    ],
)
def test_production_is_pinned_in_the_style_of_the_file(
    tail: str, after: str, mark: str, newline: str, final: str
) -> None:
    before = (mark + HEAD.rstrip("\n") + tail + final).replace("\n", newline)
    expected = (mark + HEAD.rstrip("\n").replace("V", "2.0.0") + after + final).replace(
        "\n", newline
    )

    assert crossed(before) == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param(HEAD.replace('"V"', ">-\n      V"), "4:26", id="folded version"),
        pytest.param("? deployment\n: model_version: '5'\n" + HEAD, "2:3", id="explicit key"),
        pytest.param(
            "{plant_id: P001, circuit_id: C001, training: {environment_version: V}, deployment: }",
            "1:88",
            id="empty in a flow mapping",
        ),
    ],
)
def test_what_cannot_be_proven_stops_the_whole_edit_by_name(text: str, place: str) -> None:
    odd = file(text.replace("V", "1.5.0").encode())
    plain = file(
        HEAD.replace("V", "1.5.0").replace("C001", "C002").encode(), PATH.replace("C001", "C002")
    )
    tree = {one.path: one for one in (odd, plain)}

    with pytest.raises(InvalidFileError) as caught:
        follow(tree, tree, to="2.0.0", from_version="1.5.0")

    (problem,) = caught.value.problems
    assert problem.place == f"{PATH}:{place}"
    assert problem.remedy.endswith(".")


SPEC = "name: e\nversion: \"1.5.0\"  # é\ntags:\n  requires_retrain: 'false'\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "mark"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_environment_keeps_its_style_too(mark: str, newline: str) -> None:
    text = (mark + SPEC).replace("\n", newline)
    spec = file(text.encode(), "environment/environment.yml")

    data = declare(spec, version="2.0.0", backward_compatible=False, requires_retrain=True)

    added = "tags:\n  backward_compatible: 'false'\n".replace("\n", newline)
    assert data.decode() in {
        text.replace("1.5.0", "2.0.0")
        .replace("retrain: 'false'", "retrain: 'true'")
        .replace(f"tags:{newline}", added.replace("'", quote))
        for quote in "'\""
    }


Versions = Mapping[str, tuple[str, str | None]]


def tree_of(versions: Versions) -> Tree:
    files = {}
    for name, (training, pin) in versions.items():
        text = HEAD.replace("V", training).replace("C001", name)
        text += f'deployment:\n    environment_version: "{pin}"\n' if pin else ""
        path = PATH.replace("C001", name)
        files[path] = file(text.encode(), path)
    return files


def versions_after(tree: Tree, bump: Bump) -> dict[str, tuple[str, str | None]]:
    files = {path: file(bump.files.get(path, one.data), path) for path, one in tree.items()}
    found = map(read_circuit, files.values())
    return {one.id.circuit: (one.training_version, one.deployment_version) for one in found}


def test_a_version_that_was_given_up_starts_again_from_what_main_has() -> None:
    main = tree_of({"C001": ("1.5.0", None), "C002": ("1.5.0", "1.4.0"), "C003": ("1.4.0", None)})
    head = tree_of(
        {
            "C001": ("1.5.1", None),
            "C002": ("1.5.1", "1.4.0"),
            "C003": ("1.5.1", None),
            "C004": ("1.5.1", None),
        }
    )

    bump = follow(head, main, to="2.0.0", from_version="1.5.0")

    assert versions_after(head, bump) == {
        "C001": ("2.0.0", "1.5.0"),
        "C002": ("2.0.0", "1.4.0"),
        "C003": ("1.4.0", None),
        "C004": ("2.0.0", "1.5.0"),
    }
    assert [(str(one.circuit), one.version) for one in bump.outliers] == [("P001/C003", "1.4.0")]
    assert bump.untouched == 0


def test_only_the_selected_circuits_start_again() -> None:
    main = tree_of({"C001": ("1.5.0", None), "C002": ("1.5.0", None)})
    head = tree_of({"C001": ("1.5.1", None), "C002": ("1.5.1", None)})

    bump = follow(head, main, to="1.6.0", from_version="1.5.0", selector=parse("P001/C001"))

    assert versions_after(head, bump) == {"C001": ("1.6.0", None), "C002": ("1.5.1", None)}


def test_a_version_that_main_itself_has_was_not_given_up() -> None:
    main = tree_of({"C001": ("2.0.0", "1.5.0"), "C002": ("1.5.0", None)})

    bump = follow(main, main, to="1.5.1", from_version="1.5.0")

    assert versions_after(main, bump) == {"C001": ("2.0.0", "1.5.1"), "C002": ("1.5.1", None)}


VERSION = st.sampled_from(["1.4.0", "1.5.0", "1.5.1", "1.6.0", "2.0.0"])
FLEETS = st.dictionaries(
    st.sampled_from(["C001", "C002", "C003"]), st.tuples(VERSION, st.none() | VERSION), min_size=1
)


@given(FLEETS, FLEETS, st.sampled_from(["1.5.1", "1.6.0", "2.0.0"]))
def test_a_second_look_finds_nothing_left(main: Versions, head: Versions, to: str) -> None:
    ours, theirs = tree_of(main), tree_of(head)
    bump = follow(theirs, ours, to=to, from_version="1.5.0")
    after = {path: file(bump.files.get(path, one.data), path) for path, one in theirs.items()}

    assert follow(after, ours, to=to, from_version="1.5.0").files == {}
    assert {path for path in after if after[path].data != theirs[path].data} == set(bump.files)
    assert {f"config/plants/{edit.circuit}.yml" for edit in bump.changed} == set(bump.files)
