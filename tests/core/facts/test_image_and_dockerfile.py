from collections.abc import Callable, Mapping

import pytest

from bot.core.change import Kind
from bot.core.classify import classify
from bot.core.facts.dockerfile.instructions import read_dockerfile
from bot.core.facts.dockerfile.variables import base_image
from bot.core.facts.image import compare_images, parse_image, version_in_image
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
SPEC = 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'
ONE, TWO = f"@sha256:{'1' * 64}", f"@sha256:{'2' * 64}"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("ubuntu", ("ubuntu", None, None), id="name only"),
        pytest.param(
            "localhost:5000/base", ("localhost:5000/base", None, None), id="a port is no tag"
        ),
        pytest.param(
            "localhost:5000/base:1", ("localhost:5000/base", "1", None), id="port and tag"
        ),
        pytest.param(f"base:1{ONE}", ("base", "1", ONE[1:]), id="tag and digest"),
        pytest.param(f"base{ONE}", ("base", None, ONE[1:]), id="digest only"),
    ],
)
def test_takes_a_reference_apart(text: str, parts: tuple[str, str | None, str | None]) -> None:
    image = parse_image(text)

    assert (image.repository, image.tag, image.digest) == parts


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        pytest.param("base:1", "base:1", None, id="same"),
        pytest.param("base:1", "base:2", Kind.IMAGE_TAG_CHANGED, id="tag"),
        pytest.param("base:1", f"base:1{ONE}", Kind.IMAGE_DIGEST_ADDED, id="digest for a tag"),
        pytest.param("base", f"base{ONE}", Kind.IMAGE_TAG_CHANGED, id="digest for no tag"),
        pytest.param("base:latest", f"base:latest{ONE}", Kind.IMAGE_TAG_CHANGED, id="for latest"),
        pytest.param("base:1", f"base:2{ONE}", Kind.IMAGE_TAG_CHANGED, id="tag and digest"),
        pytest.param(f"base:1{ONE}", f"base:1{TWO}", Kind.IMAGE_DIGEST_CHANGED, id="digest"),
        pytest.param(f"base:1{ONE}", f"base:2{ONE}", None, id="tag beside the same digest"),
        pytest.param(f"base:1{ONE}", "base:1", Kind.IMAGE_DIGEST_REMOVED, id="digest gone"),
        pytest.param("base:1", "other:1", Kind.IMAGE_CHANGED, id="repository"),
        pytest.param("a.io/base:1", "b.io/base:1", Kind.IMAGE_REGISTRY_CHANGED, id="registry"),
        pytest.param("$BASE", "${BASE}", Kind.IMAGE_CHANGED, id="computed"),
        pytest.param("base", "base:{{latest-image-tag}}", Kind.IMAGE_CHANGED, id="template"),
    ],
)
def test_compares_references(before: str, after: str, kind: Kind | None) -> None:
    assert compare_images(parse_image(before), parse_image(after)) is kind


@pytest.mark.parametrize(
    ("software", "version"),
    [("openmpi", "4.1.0"), ("cuda", "11.8"), ("ubuntu", "22.04"), ("rocm", "")],
)
def test_reads_versions_from_an_image_name(software: str, version: str) -> None:
    assert version_in_image("openmpi4.1.0-cuda11.8-cudnn8-ubuntu22.04:1", software) == version


@pytest.mark.parametrize(
    ("text", "image"),
    [
        pytest.param("FROM a:1\n", "a:1", id="one stage"),
        pytest.param("FROM a:1 AS build\nFROM b:1\n", "b:1", id="last stage"),
        pytest.param("FROM a:1 AS build\nFROM build\n", "a:1", id="through a stage"),
        pytest.param("FROM --platform=linux/amd64 a:1\n", "a:1", id="platform"),
        pytest.param("ARG X=1\n", None, id="none"),
    ],
)
def test_finds_the_base_image(text: str, image: str | None) -> None:
    assert base_image(read_dockerfile(text.encode())) == image


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        pytest.param("RUN a b", "RUN a   \\\n    b", "comments_changed", id="laid out anew"),
        pytest.param("RUN a", "# why\nRUN a", "comments_changed", id="comment"),
        pytest.param(
            "RUN a \\\n  b", "RUN a \\\n  # why\n  b", "comments_changed", id="comment inside"
        ),
        pytest.param("run a", "RUN a", "comments_changed", id="keyword in lower case"),
        pytest.param(
            "RUN echo 'a b'",
            "RUN echo 'a  b'",
            "dockerfile_run_changed",
            id="space in quotes",
        ),
        pytest.param("RUN a", "RUN a # b", "comments_changed", id="comment of the shell"),
        pytest.param("RUN a", "RUN a '# b'", "dockerfile_run_changed", id="# in quotes"),
        pytest.param(
            "RUN a", "RUN a\u2028# b", "dockerfile_run_changed", id="no line end for docker"
        ),
        pytest.param(
            "RUN pip install a==1",
            "RUN pip install a>=1",
            "dockerfile_run_changed",
            id="redirect",
        ),
        pytest.param("USER a", "USER b", "dockerfile_user_changed", id="user"),
        pytest.param("LABEL a=1", "LABEL a=2", "image_label_changed", id="label"),
        pytest.param("ARG A=1", "ARG A=2", "build_argument_unused", id="argument unused"),
        pytest.param(
            "ARG A=1\nRUN x $A",
            "ARG A=2\nRUN x $A",
            "build_argument_changed",
            id="argument used",
        ),
        pytest.param("RUN a", "RUN <<EOF\na\nEOF", "comments_changed", id="heredoc"),
        pytest.param("RUN a", "RUN a\nRUN b", "dockerfile_run_changed", id="added"),
    ],
)
def test_judges_a_dockerfile(before: str, after: str, rule: str, make_tree: MakeTree) -> None:
    trees = [
        make_tree(
            {"environment/environment.yml": SPEC, "environment/Dockerfile": f"FROM a:1\n{text}\n"}
        )
        for text in (before, after)
    ]

    assert [f.rule for f in classify(trees[0], trees[1], NoAdditions()).findings] == [rule]


def test_an_argument_that_another_file_mentions_is_used(make_tree: MakeTree) -> None:
    trees = [
        make_tree(
            {
                "environment/environment.yml": SPEC,
                "environment/Dockerfile": f"FROM a:1\nARG VERSION={number}\nRUN sh install.sh\n",
                "environment/install.sh": "install tool-$VERSION\n",
            }
        )
        for number in (1, 2)
    ]

    verdict = classify(trees[0], trees[1], NoAdditions())

    assert [finding.rule for finding in verdict.findings] == ["build_argument_changed"]


def test_a_parser_directive_is_no_comment(make_tree: MakeTree) -> None:
    trees = [
        make_tree({"environment/environment.yml": SPEC, "environment/Dockerfile": text})
        for text in (
            "# syntax=docker/dockerfile:1\nFROM a:1\n",
            "# syntax=evil/front:1\nFROM a:1\n",
        )
    ]

    assert classify(trees[0], trees[1], NoAdditions()).verdict == "breaking"
