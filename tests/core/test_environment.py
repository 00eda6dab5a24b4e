from collections.abc import Callable, Mapping

import pytest

from bot.core.environment import (
    asset_digest,
    candidate_version,
    env_digest,
    read_environment,
)
from bot.core.tree import EXECUTABLE, File, Tree
from bot.errors import InvalidFileError

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]

SPEC = """\
name: custom-tf-env
version: "1.5.0"
description: Sensor predictions
build:
  path: .
tags:
  backward_compatible: "true"
  requires_retrain: "false"
"""
FILES: Mapping[str, str | bytes] = {
    "environment/environment.yml": SPEC,
    "environment/Dockerfile": "FROM image:1\n",
    "environment/src/score.py": "THRESHOLD = 1\n",
}


def with_spec(text: str) -> dict[str, str | bytes]:
    return {**FILES, "environment/environment.yml": text}


def test_reads_what_the_file_says(make_tree: MakeTree) -> None:
    spec = read_environment(make_tree(FILES))

    assert (spec.name, spec.version, spec.description) == (
        "custom-tf-env",
        "1.5.0",
        "Sensor predictions",
    )
    assert spec.tags == {"backward_compatible": "true", "requires_retrain": "false"}
    assert spec.build is not None
    assert spec.build.dockerfile == "environment/Dockerfile"
    assert spec.lines["tags.requires_retrain"] == 8


def test_reads_an_image_with_a_conda_file(make_tree: MakeTree) -> None:
    text = 'name: e\nversion: "1.0.0"\nimage: registry.example.com/base:1\nconda_file: conda.yml\n'
    tree = make_tree({"environment/environment.yml": text, "environment/conda.yml": "name: e\n"})

    spec = read_environment(tree)

    assert (spec.build, spec.image) == (None, "registry.example.com/base:1")
    assert spec.conda_path == "environment/conda.yml"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        pytest.param(SPEC.replace('"1.5.0"', "1.5"), ":2:10", "not text", id="a float"),
        pytest.param(SPEC.replace("1.5.0", "1.5"), ":2:10", "not a version", id="two numbers"),
        pytest.param(
            SPEC.replace("custom-tf-env", "AzureML-env"), ":1:7", "valid name", id="reserved name"
        ),
        pytest.param(SPEC.replace('"true"', "true"), ":7:24", "not text", id="a tag unquoted"),
        pytest.param(SPEC.replace('"true"', '"yes"'), ":7:24", "`yes`", id="a class tag of yes"),
        pytest.param(SPEC.replace("tags:", "taggs:"), ":6:1", "`taggs`", id="a misspelt setting"),
        pytest.param(SPEC + "image: x:1\n", ":5:3", "built or taken", id="build and image"),
        pytest.param(SPEC.replace("path: .", "path: docker"), ":5:3", "exist", id="no Dockerfile"),
        pytest.param(SPEC.replace("path: .", "path: .."), ":5:3", "exist", id="outside the folder"),
        pytest.param("- a list\n", ":1:1", "mapping", id="not a mapping"),
    ],
)
def test_names_the_place_and_what_is_wrong(
    text: str, place: str, what: str, make_tree: MakeTree
) -> None:
    with pytest.raises(InvalidFileError) as refused:
        read_environment(make_tree(with_spec(text)))

    problem = refused.value.problems[0]
    assert problem.place == f"environment/environment.yml{place}"
    assert what in problem.what


def test_says_that_the_file_is_missing(make_tree: MakeTree) -> None:
    with pytest.raises(InvalidFileError, match="does not exist"):
        read_environment(make_tree({}))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SPEC.replace("1.5.0", "2.0.0"), id="version"),
        pytest.param(SPEC.replace("Sensor", "All"), id="description"),
        pytest.param(SPEC.replace('"false"', '"true"'), id="tags"),
        pytest.param("# A comment.\n" + SPEC, id="comment"),
        pytest.param(SPEC.replace("\n", "\r\n"), id="line ends"),
    ],
)
def test_what_only_describes_leaves_the_digest(text: str, make_tree: MakeTree) -> None:
    assert env_digest(make_tree(with_spec(text))) == env_digest(make_tree(FILES))


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(with_spec(SPEC.replace("custom", "other")), id="name"),
        pytest.param(with_spec(SPEC.replace("path: .", "path: ./")), id="build path"),
        pytest.param({**FILES, "environment/src/score.py": "THRESHOLD = 2\n"}, id="content"),
        pytest.param({**FILES, "environment/src/more.py": ""}, id="a file more"),
    ],
)
def test_what_is_content_changes_the_digest(
    files: Mapping[str, str | bytes], make_tree: MakeTree
) -> None:
    assert env_digest(make_tree(files)) != env_digest(make_tree(FILES))


def test_the_mode_of_a_file_changes_the_digest(make_tree: MakeTree) -> None:
    tree = dict(make_tree(FILES))
    file = tree["environment/src/score.py"]
    executable = {**tree, file.path: File(file.path, EXECUTABLE, file.oid, file.data)}

    assert env_digest(executable) != env_digest(tree)


def test_files_outside_the_folder_leave_the_digest(make_tree: MakeTree) -> None:
    tree = make_tree({**FILES, "config/plants/P001/C001.yml": "x: 1\n"})

    assert env_digest(tree) == env_digest(make_tree(FILES))


def test_the_digest_is_64_hexadecimal_digits(make_tree: MakeTree) -> None:
    digest = env_digest(make_tree(FILES))

    assert len(digest) == 64
    assert int(digest, 16) >= 0


def test_a_candidate_carries_the_start_of_the_digest() -> None:
    assert candidate_version("1.5.1", "0123456789abcdef") == "1.5.1-rc.g01234567"


def test_an_asset_digest_does_not_depend_on_how_conda_is_laid_out() -> None:
    one = asset_digest("image:1", {"name": "e", "dependencies": ["a", "b"]}, None)
    other = asset_digest("image:1", {"dependencies": ["a", "b"], "name": "e"}, None)

    assert one == other


@pytest.mark.parametrize(
    "conda",
    [
        pytest.param({"name": "e", "dependencies": ["b", "a"]}, id="other order"),
        pytest.param({"name": "e", "dependencies": ["a"]}, id="a package less"),
        pytest.param(None, id="no conda file"),
    ],
)
def test_an_asset_digest_depends_on_what_conda_says(conda: object) -> None:
    digest = asset_digest("image:1", {"name": "e", "dependencies": ["a", "b"]}, None)

    assert asset_digest("image:1", conda, None) != digest


def test_an_absent_operating_system_is_linux() -> None:
    assert asset_digest("i", None, None) == asset_digest("i", None, None, os_type="Linux")
