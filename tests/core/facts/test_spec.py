from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import SYMLINK, File, Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
PATH = "environment/environment.yml"
BUILT = 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'
TAKEN = 'name: e\nversion: "1.0.0"\nimage: base:1\n'


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(BUILT, BUILT + "tags: {a: b}\n", ["description_changed"], id="tag added"),
        pytest.param(BUILT + "tags: {a: b}\n", BUILT, ["description_changed"], id="tag removed"),
        pytest.param(BUILT, BUILT + "tags: {}\n", ["description_changed"], id="no tags, spelt out"),
        pytest.param(
            BUILT, BUILT + "tags: none\n", ["description_changed"], id="tags that are none"
        ),
        pytest.param(
            TAKEN, TAKEN.replace(":1", ":2"), ["image_tag_changed"], id="tag of the image"
        ),
        pytest.param(TAKEN, TAKEN.replace("base", "other"), ["image_replaced"], id="other image"),
        pytest.param(
            TAKEN.replace("base:1", "base:1@sha256:aa"),
            TAKEN.replace("base:1", "base@sha256:aa"),
            ["comments_changed"],
            id="another spelling of one image",
        ),
        pytest.param(TAKEN, BUILT, ["image_source_switched"], id="taken to built"),
        pytest.param(
            TAKEN,
            BUILT.replace("name: e", "name: f"),
            ["environment_renamed", "image_source_switched"],
            id="switched and renamed",
        ),
        pytest.param(
            TAKEN, 'name: e\nversion: "1.0.0"\n', ["image_source_switched"], id="neither any more"
        ),
        pytest.param(
            TAKEN,
            TAKEN + "conda_file: conda.yml\n",
            ["environment_setting_changed"],
            id="conda file",
        ),
        pytest.param(
            TAKEN + "os_type: 1\n",
            TAKEN + "os_type: true\n",
            ["environment_setting_changed"],
            id="type",
        ),
        pytest.param(BUILT, "- a list\n", ["could_not_analyse"], id="not a mapping"),
        pytest.param(BUILT, BUILT + "name: f\n", ["could_not_analyse"], id="a key twice"),
    ],
)
def test_judges_environment_yml(
    before: str, after: str, expected: list[str], make_tree: MakeTree
) -> None:
    trees = [make_tree({PATH: text}) for text in (before, after)]

    found = classify(trees[0], trees[1], NoAdditions()).findings

    assert sorted(finding.rule for finding in found) == expected


CONDA = "name: e\ndependencies:\n  - six=1.16.0\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            CONDA, CONDA.replace("1.16.0", "1.16.1"), ["package_patch_raised"], id="a package"
        ),
        pytest.param(CONDA, CONDA.replace("e\n", "f\n", 1), ["conda_name_changed"], id="the name"),
        pytest.param(
            BUILT + "dependencies: [six=1.16.0]\n",
            BUILT + "dependencies: [six=1.16.1]\n",
            ["environment_setting_changed"],
            id="an Azure ML environment with such a key",
        ),
        pytest.param(
            BUILT,
            CONDA,
            ["description_changed", "environment_setting_changed", "image_source_switched"],
            id="turned into",
        ),
    ],
)
def test_a_conda_file_of_that_name_is_read_as_one(
    before: str, after: str, expected: list[str], make_tree: MakeTree
) -> None:
    trees = [make_tree({PATH: text}) for text in (before, after)]

    findings = classify(trees[0], trees[1], NoAdditions()).findings

    assert sorted({f.rule for f in findings if not f.warns}) == expected


@pytest.mark.parametrize("sides", [(0, 1), (1, 0)], ids=["added", "removed"])
def test_documentation_comes_and_goes(sides: tuple[int, int], make_tree: MakeTree) -> None:
    trees = [make_tree({PATH: BUILT}), make_tree({PATH: BUILT, "environment/NOTES.md": "x\n"})]

    found = classify(trees[sides[0]], trees[sides[1]], NoAdditions()).findings

    assert [finding.rule for finding in found] == ["documentation_changed"]


def test_a_link_that_points_elsewhere_is_not_read_as_text(make_tree: MakeTree) -> None:
    links = [File("environment/README.md", SYMLINK, target, target.encode()) for target in "ab"]
    trees = [{**make_tree({PATH: BUILT}), link.path: link} for link in links]

    found = classify(trees[0], trees[1], NoAdditions()).findings

    assert [finding.rule for finding in found] == ["unrecognised"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("dependencies:\n  - a=1\n  - 7\n", 3, id="a number"),
        pytest.param("dependencies:\n  - a=1\n  - pip: a\n", 3, id="pip without a list"),
        pytest.param("dependencies:\n  - a=1\n  - npm: [a]\n", 3, id="another installer"),
    ],
)
def test_a_conda_file_of_another_shape_cannot_be_analysed(
    text: str, line: int, make_tree: MakeTree
) -> None:
    path = "environment/conda.yml"
    trees = [make_tree({PATH: BUILT, path: t}) for t in ("dependencies:\n  - a=1\n", text)]

    finding = classify(trees[0], trees[1], NoAdditions()).findings[0]

    assert (finding.rule, finding.line) == ("could_not_analyse", line)
