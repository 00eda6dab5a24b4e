"""What the name of a base image says about a change of it."""

from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
PATH = "environment/environment.yml"
ONE = f"@sha256:{'1' * 64}"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            "mcr.microsoft.com/azureml/openmpi3.1.2-cuda10.2-ubuntu18.04:1",
            "mcr.microsoft.com/azureml/openmpi4.1.0-cuda11.8-cudnn8-ubuntu22.04:1",
            ["cuda_changed", "image_replaced", "mpi_changed", "os_changed"],
            id="Microsoft's names",
        ),
        pytest.param(
            "nvidia/cuda:11.8.0-base-ubuntu22.04",
            "nvidia/cuda:11.8.0-runtime-ubuntu22.04",
            ["image_tag_changed"],
            id="neither CUDA nor system",
        ),
        pytest.param(
            "pytorch/pytorch:2.0.1-cu117",
            "pytorch/pytorch:2.0.1-cu118",
            ["cuda_changed", "image_tag_changed"],
            id="short CUDA",
        ),
        pytest.param(
            "amazonlinux:2", "amazonlinux:2023", ["image_tag_changed", "os_changed"], id="Amazon"
        ),
        pytest.param(
            "node:18-buster", "node:18-bookworm", ["image_tag_changed", "os_changed"], id="codename"
        ),
        pytest.param(
            "ubuntu:focal", "ubuntu:20.04", ["image_tag_changed"], id="one release, two names"
        ),
        pytest.param("alpha:2", "alpha:3", ["image_tag_changed"], id="not a system"),
        pytest.param(
            "python:3.9-slim",
            "python:3.10-slim",
            ["image_tag_changed", "python_raised"],
            id="Python",
        ),
        pytest.param(
            "python:3.10-slim",
            "python:3.9-slim",
            ["image_tag_changed", "model_package_lowered"],
            id="Python lowered",
        ),
        pytest.param(
            "python:3.9.17-slim-bookworm",
            "python:3.9.18-slim-bookworm",
            ["python_patch_raised"],
            id="patch of Python on a named system",
        ),
        pytest.param(
            "python:3.9.17-slim",
            "python:3.9.18-slim",
            ["image_tag_changed", "python_patch_raised"],
            id="patch of Python, system not named",
        ),
        pytest.param(
            "me/python:3.9.17-bookworm",
            "me/python:3.9.18-bookworm",
            ["image_tag_changed", "python_patch_raised"],
            id="somebody's Python",
        ),
        pytest.param(
            "base-py38:1", "base-py39:1", ["image_replaced", "python_raised"], id="short Python"
        ),
        pytest.param("a/b:1", "ghcr.io/a/b:1", ["image_registry_changed"], id="registry"),
        pytest.param(
            f"a/b:1{ONE}", f"ghcr.io/a/b:1{ONE}", ["comments_changed"], id="mirror of one digest"
        ),
        pytest.param("a:1", "docker.io/library/a:1", ["comments_changed"], id="written out"),
        pytest.param("a", "a:latest", ["comments_changed"], id="latest written out"),
        pytest.param("a:latest", "a:latest2", ["image_tag_changed"], id="begins like latest"),
    ],
)
def test_names_what_changed_in_an_image(
    before: str, after: str, expected: list[str], make_tree: MakeTree
) -> None:
    text = 'name: e\nversion: "1.0.0"\nimage: {}\n'
    trees = [make_tree({PATH: text.format(image)}) for image in (before, after)]

    findings = classify(trees[0], trees[1], NoAdditions()).findings

    assert sorted(one.rule for one in findings if not one.warns) == expected


DEPLOYMENT = """\
environment:
  image: {image}
  conda_file:
    dependencies:
      - python=3.9.18
      - pip: [{package}]
conf:
  spark.python.env: |
    dependencies:
      - {spark}
size: {size}
"""
AS_IT_IS = {"image": "a:1", "package": "numpy==1.22.0", "spark": "scipy=1.9.0", "size": "1"}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param({"image": "a:2"}, ("image_tag_changed", 2), id="image"),
        pytest.param({"package": "numpy==1.23.0"}, ("numeric_minor_raised", 6), id="conda mapping"),
        pytest.param({"spark": "scipy=1.10.0"}, ("numeric_minor_raised", 10), id="conda text"),
        pytest.param({"size": "2"}, ("unrecognised", 11), id="anything else"),
        pytest.param({"size": "1 # one"}, ("comments_changed", 1), id="comment"),
    ],
)
def test_reads_what_a_deployment_declares(
    edit: dict[str, str], expected: tuple[str, int], make_tree: MakeTree
) -> None:
    texts = [DEPLOYMENT.format(**AS_IT_IS), DEPLOYMENT.format(**{**AS_IT_IS, **edit})]
    spec = 'name: e\nversion: "1.0.0"\nimage: a:1\n'
    trees = [make_tree({PATH: spec, "environment/deployment.yml": text}) for text in texts]

    findings = classify(trees[0], trees[1], NoAdditions()).findings

    assert [(one.rule, one.line) for one in findings if not one.warns] == [expected]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            {"data/a.csv": "1,2\n"}, {"data/b.csv": "1,2\n"}, ["file_moved"], id="data renamed"
        ),
        pytest.param(
            {"data/a.csv": "1,2\n"},
            {"data/b.csv": "1,3\n"},
            ["file_added", "file_removed"],
            id="renamed and changed",
        ),
        pytest.param(
            {"a.md": "x\n"}, {"docs/a.md": "x\n"}, ["documentation_changed"], id="document moved"
        ),
        pytest.param(
            {"a.md": "x\n"}, {"src/a.md": "x\n"}, ["file_moved"], id="document that code may read"
        ),
        pytest.param(
            {"a/.gitkeep": ""}, {"b/.gitkeep": ""}, ["file_added", "file_removed"], id="empty"
        ),
        pytest.param(
            {"a.csv": "1\n"}, {"a.csv": "1\n", "b.csv": "1\n"}, ["file_added"], id="copied"
        ),
    ],
)
def test_finds_what_moved_by_content(
    before: dict[str, str], after: dict[str, str], expected: list[str], make_tree: MakeTree
) -> None:
    spec = {PATH: 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'}
    shared = spec | {"environment/Dockerfile": "FROM a:1\nCOPY . /a\n"}
    trees = [
        make_tree(shared | {f"environment/{path}": text for path, text in files.items()})
        for files in (before, after)
    ]

    findings = classify(trees[0], trees[1], NoAdditions()).findings

    assert sorted(one.rule for one in findings if not one.warns) == expected
