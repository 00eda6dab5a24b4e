"""Dockerfiles: packages inside RUN are judged as packages, everything else word by word."""

from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.finding import Finding
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
SPEC = 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'
PATH = "environment/Dockerfile"


def found(make_tree: MakeTree, before: str, after: str) -> list[Finding]:
    """Return the findings of two Dockerfiles, warnings about the head left out."""
    trees = [
        make_tree({"environment/environment.yml": SPEC, PATH: text}) for text in (before, after)
    ]
    findings = classify(trees[0], trees[1], NoAdditions()).findings
    return [finding for finding in findings if not finding.warns]


def rules(make_tree: MakeTree, before: str, after: str) -> list[str]:
    """Return the rules that judge two texts below one base image."""
    texts = [f"FROM a:1\n{text}\n" for text in (before, after)]
    return [finding.rule for finding in found(make_tree, *texts)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            "RUN pip install numpy==1.22.0",
            "RUN pip install numpy==1.23.0",
            ["numeric_minor_raised"],
            id="pip",
        ),
        pytest.param(
            "RUN python3.9 -m pip install 'numpy==1.22.0'",
            "RUN python3.9 -m pip install 'numpy==1.22.1'",
            ["numeric_patch_raised"],
            id="python -m pip, quoted",
        ),
        pytest.param(
            "RUN conda install -y numpy=1.22.0",
            "RUN conda install -y numpy=1.23.0",
            ["numeric_minor_raised"],
            id="conda",
        ),
        pytest.param(
            "RUN micromamba install -n base -c conda-forge numpy=1.22.0",
            "RUN micromamba install -n base -c conda-forge numpy=1.23.0",
            ["numeric_minor_raised"],
            id="micromamba",
        ),
        pytest.param(
            "RUN set -ex; pip install requests==2.30.0; echo done",
            "RUN set -ex; pip install requests==2.31.0; echo done",
            ["package_minor_raised"],
            id="between semicolons",
        ),
        pytest.param(
            "RUN --mount=type=cache,target=/root/.cache pip install requests==2.30.0",
            "RUN --mount=type=cache,target=/root/.cache pip install requests==2.30.1",
            ["package_patch_raised"],
            id="after --mount",
        ),
        pytest.param(
            "RUN <<EOF\nset -e\npip install requests==2.30.0\nEOF",
            "RUN <<EOF\nset -e\npip install requests==2.30.1\nEOF",
            ["package_patch_raised"],
            id="in a heredoc",
        ),
        pytest.param(
            "RUN pip install requests==2.30.0",
            "RUN pip install requests==2.30.0 python-dotenv==1.0.0",
            ["package_added"],
            id="added to a line",
        ),
        pytest.param(
            "RUN pip install requests==2.30.0",
            "RUN pip install requests==2.30.0 && pip install python-dotenv==1.0.0",
            ["package_added"],
            id="added to a chain",
        ),
        pytest.param(
            "RUN pip install requests==2.30.0",
            "RUN pip install python-dotenv==1.0.0\nRUN pip install requests==2.30.0",
            ["package_added"],
            id="added as an instruction",
        ),
        pytest.param(
            "RUN pip install requests==2.30.0 && pip install six==1.16.0",
            "RUN pip install requests==2.30.0\nRUN pip install six==1.16.0",
            ["comments_changed"],
            id="one instruction made two",
        ),
        pytest.param(
            "RUN pip install requests==2.30.0 six==1.16.0",
            "RUN pip install requests==2.30.0",
            ["package_removed"],
            id="removed",
        ),
        pytest.param(
            "RUN pip install tensorflow==2.13.0",
            "RUN conda install tensorflow=2.13.0",
            ["package_installer_changed"],
            id="from pip to conda",
        ),
        pytest.param(
            "RUN pip install --no-deps six==1.16.0 requests==2.30.0",
            "RUN pip install --no-deps six==1.16.0 && pip install requests==2.30.0",
            ["package_added", "package_removed"],
            id="moved to where its dependencies are installed",
        ),
        pytest.param(
            "RUN pip install -r a.txt",
            "RUN pip install -r b.txt",
            ["pip_option_changed", "pip_option_changed"],
            id="another list",
        ),
        pytest.param(
            "RUN pip install -r a.txt",
            "RUN pip install -r a.txt -c b.txt",
            ["pip_option_changed", "pip_option_changed"],
            id="a constraint",
        ),
        pytest.param(
            "RUN pip install a==1.0 --index-url https://x",
            "RUN pip install a==1.0 --index-url https://y",
            ["package_added", "package_removed", "pip_option_changed", "pip_option_changed"],
            id="another index",
        ),
        pytest.param(
            "RUN pip install a==1.0.0 --colour red",
            "RUN pip install a==1.0.1 --colour red",
            ["dockerfile_run_changed"],
            id="an option that nobody knows",
        ),
        pytest.param(
            "RUN pip install $(cat a) b==1.0.0",
            "RUN pip install $(cat a) b==1.0.1",
            ["dockerfile_run_changed"],
            id="computed packages",
        ),
        pytest.param(
            "RUN x || pip install a==1.0.0",
            "RUN x || pip install a==1.0.0 || pip install a==1.0.1",
            ["dockerfile_run_changed"],
            id="an alternative",
        ),
        pytest.param(
            "RUN echo pip install a==1.0.0",
            "RUN echo pip install a==1.0.1",
            ["dockerfile_run_changed"],
            id="only printed",
        ),
        pytest.param(
            'RUN ["pip", "install", "a==1.0.0"]',
            'RUN ["pip", "install", "a==1.0.1"]',
            ["dockerfile_run_changed"],
            id="without a shell",
        ),
        pytest.param(
            "RUN python <<EOF\nx = 1\nEOF",
            "RUN python <<EOF\nx = 2\nEOF",
            ["dockerfile_run_changed"],
            id="a heredoc for another program",
        ),
        pytest.param(
            "RUN pip install a==1.0.0 && ./build",
            "RUN ./build && pip install a==1.0.0",
            ["package_added", "package_removed"],
            id="installed after a command instead of before it",
        ),
        pytest.param(
            "RUN pip install --pre a==1.0.0 && pip install b==1.0.0",
            "RUN pip install b==1.0.0 && pip install --pre a==1.0.0",
            ["unpinned_packages_reordered"],
            id="in another order and manner",
        ),
        pytest.param(
            "RUN x || pip install a==1.0.0",
            "RUN x || pip install a==1.0.1",
            ["dockerfile_run_changed"],
            id="perhaps not installed",
        ),
        pytest.param("RUN a &", "RUN a", ["dockerfile_run_changed"], id="in the background"),
        pytest.param("RUN a && b", "RUN a ; b", ["dockerfile_run_changed"], id="whatever failed"),
        pytest.param("RUN a&&b", "RUN a && b", ["comments_changed"], id="spaces at an operator"),
        pytest.param(
            "RUN pip install a==1.0.0 \\\n\n    b==1.0.0",
            "RUN pip install a==1.0.0 \\\n    b==1.0.0",
            ["comments_changed"],
            id="empty line inside",
        ),
        pytest.param(
            "RUN pip install a==1.0.0",
            "RUN pip install --no-cache-dir a==1.0.0",
            ["install_housekeeping_changed"],
            id="no cache",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y git",
            "RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*",
            ["install_housekeeping_changed"],
            id="lists removed",
        ),
        pytest.param(
            "RUN pip install a==1.0.0",
            "RUN pip install a==1.0.0 && rm -rf /opt/models/*",
            ["dockerfile_run_changed"],
            id="something else removed",
        ),
        pytest.param(
            "ENV PYTHONUNBUFFERED=1",
            "ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1",
            ["install_housekeeping_changed"],
            id="variable of an installer",
        ),
        pytest.param(
            "ENV PYTHONUNBUFFERED=1",
            "ENV PYTHONUNBUFFERED=1 LD_PRELOAD=/a.so",
            ["dockerfile_environment_variable_changed"],
            id="variable of the loader",
        ),
        pytest.param("ENV A 1", "ENV A=1", ["comments_changed"], id="old form of ENV"),
        pytest.param(
            "RUN apt-get update && apt-get install -y git",
            "RUN apt-get update && apt-get install -y git curl",
            ["apt_package_changed"],
            id="apt package added",
        ),
        pytest.param(
            "RUN apt-get install -y git=1:2.1",
            "RUN apt-get install -y git=1:2.2",
            ["apt_package_changed"],
            id="apt package raised",
        ),
        pytest.param(
            "RUN apt-get install -y git curl",
            "RUN apt-get install -y curl git",
            ["comments_changed"],
            id="apt packages sorted",
        ),
        pytest.param(
            "RUN apt-get install -y git",
            "RUN apt-get install -y git && apt-get upgrade -y",
            ["dockerfile_run_changed"],
            id="apt upgrade",
        ),
        pytest.param(
            "RUN apt-get install -y git",
            "RUN apt-get install -y --no-install-recommends git",
            ["apt_package_changed", "apt_package_changed", "dockerfile_run_changed"],
            id="apt without recommended packages",
        ),
        pytest.param("COPY a b", "COPY a c", ["dockerfile_copy_changed"], id="copy"),
        pytest.param("ADD a b", "COPY a b", ["dockerfile_copy_changed"] * 2, id="add to copy"),
        pytest.param(
            "COPY <<EOF /a\nx\nEOF",
            "COPY <<EOF /a\ny\nEOF",
            ["dockerfile_copy_changed"],
            id="file written in place",
        ),
        pytest.param('CMD ["a"]', 'CMD ["b"]', ["dockerfile_entry_point_changed"], id="command"),
        pytest.param(
            "WORKDIR /a", "WORKDIR /b", ["dockerfile_working_directory_changed"], id="directory"
        ),
        pytest.param('SHELL ["sh"]', 'SHELL ["bash"]', ["dockerfile_shell_changed"], id="shell"),
        pytest.param(
            'SHELL ["python"]\nRUN pip install a==1.0.0',
            'SHELL ["python"]\nRUN pip install a==1.0.1',
            ["dockerfile_run_changed"],
            id="no shell that is understood",
        ),
        pytest.param("EXPOSE 1", "EXPOSE 2", ["image_declaration_changed"], id="port"),
        pytest.param("VOLUME /a", "VOLUME /b", ["dockerfile_instruction_changed"], id="volume"),
        pytest.param("RUN <<EOF\na", "RUN <<EOF\nb", ["could_not_analyse"], id="heredoc, no end"),
        pytest.param("RUN echo 'a", "RUN echo 'b", ["dockerfile_run_changed"], id="quote, no end"),
    ],
)
def test_judges_what_a_dockerfile_does(
    before: str, after: str, expected: list[str], make_tree: MakeTree
) -> None:
    assert sorted(rules(make_tree, before, after)) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            "ARG V=1\nFROM a:$V\n", "ARG V=2\nFROM a:$V\n", ["image_tag_changed"], id="base image"
        ),
        pytest.param(
            "ARG V=1\nFROM a:${V}\n", "FROM a:1\n", ["comments_changed"], id="written out"
        ),
        pytest.param(
            "ARG V=1\nFROM a:${V:-3}\n",
            "ARG V\nFROM a:${V:-1}\n",
            ["comments_changed"],
            id="default",
        ),
        pytest.param(
            "FROM a:1\nARG V=2.30.0\nRUN pip install requests==$V\n",
            "FROM a:1\nARG V=2.31.0\nRUN pip install requests==$V\n",
            ["package_minor_raised"],
            id="package",
        ),
        pytest.param(
            "ARG V=1.22.0\nFROM a:1\nARG V\nRUN pip install numpy==${V}\n",
            "ARG V=1.23.0\nFROM a:1\nARG V\nRUN pip install numpy==${V}\n",
            ["numeric_minor_raised"],
            id="declared again in the stage",
        ),
        pytest.param(
            "ARG V=1.22.0\nFROM a:1\nRUN pip install numpy==${V}\n",
            "ARG V=1.23.0\nFROM a:1\nRUN pip install numpy==${V}\n",
            ["build_argument_changed"],
            id="unknown in the stage",
        ),
        pytest.param(
            "FROM a:1\nARG V=1.0.0\nRUN pip install a==$V && echo $V > /version\n",
            "FROM a:1\nARG V=1.0.1\nRUN pip install a==$V && echo $V > /version\n",
            ["build_argument_changed", "package_patch_raised"],
            id="used elsewhere as well",
        ),
        pytest.param(
            "FROM a:1\nARG PIP_INDEX_URL=https://x\nRUN pip install a==1.0.0\n",
            "FROM a:1\nARG PIP_INDEX_URL=https://y\nRUN pip install a==1.0.0\n",
            ["build_argument_changed"],
            id="read by pip without being mentioned",
        ),
        pytest.param(
            "FROM a:1\nARG A=1 B=$A\nRUN x $B\n",
            "FROM a:1\nARG A=2 B=$A\nRUN x $B\n",
            ["build_argument_changed"],
            id="through another argument",
        ),
        pytest.param(
            "FROM a:1 AS one\nFROM b:1\nCOPY --from=one /x /x\n",
            "FROM a:2 AS one\nFROM b:1\nCOPY --from=one /x /x\n",
            ["image_tag_changed"],
            id="another stage",
        ),
        pytest.param(
            "FROM a:1 as one\nFROM one\n",
            "FROM a:1 AS one\nFROM one\n",
            ["comments_changed"],
            id="as",
        ),
        pytest.param(
            "FROM a:1 AS one\nFROM one\n",
            "FROM a:1 AS two\nFROM two\n",
            ["dockerfile_instruction_changed", "image_replaced"],
            id="a stage renamed",
        ),
        pytest.param(
            "FROM --platform=linux/amd64 a:1\n",
            "FROM --platform=linux/arm64 a:1\n",
            ["dockerfile_instruction_changed"],
            id="platform",
        ),
    ],
)
def test_judges_arguments_and_stages(
    before: str, after: str, expected: list[str], make_tree: MakeTree
) -> None:
    assert sorted({one.rule for one in found(make_tree, before, after)}) == expected


def test_a_package_inside_a_chain_is_named_at_its_own_line(make_tree: MakeTree) -> None:
    text = "FROM a:1\nRUN apt-get update \\\n    && pip install \\\n        numpy=={}\n"

    findings = found(make_tree, text.format("1.22.0"), text.format("1.23.0"))

    assert [(one.rule, one.path, one.line) for one in findings] == [
        ("numeric_minor_raised", PATH, 4)
    ]


def test_a_package_inside_a_heredoc_is_named_at_its_own_line(make_tree: MakeTree) -> None:
    text = "FROM a:1\nRUN <<EOF\nset -e\npip install numpy=={}\nEOF\n"

    findings = found(make_tree, text.format("1.22.0"), text.format("1.23.0"))

    assert [(one.rule, one.line) for one in findings] == [("numeric_minor_raised", 4)]


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        pytest.param("FROM a\n", [1], id="no tag"),
        pytest.param("FROM a:latest\n", [1], id="latest"),
        pytest.param("FROM a:1\n", [], id="a tag"),
        pytest.param("FROM a:latest@sha256:1\n", [], id="a digest beside latest"),
        pytest.param("FROM a:1 AS one\nFROM one\nFROM scratch\n", [], id="stages and nothing"),
        pytest.param("ARG V=1\nFROM a:$V\n", [], id="a tag by an argument"),
        pytest.param("ARG V\nFROM a:$V\n", [2], id="nobody says which"),
        pytest.param("FROM a:1 AS one\nFROM b\n", [2], id="second stage"),
    ],
)
def test_warns_about_a_base_image_that_moves_without_a_change(
    text: str, warned: list[int], make_tree: MakeTree
) -> None:
    tree = make_tree({"environment/environment.yml": SPEC, PATH: text})

    verdict = classify(tree, tree, NoAdditions())

    assert (verdict.verdict, verdict.required_bump) == ("none", "none")
    assert [(one.rule, one.line) for one in verdict.findings] == [
        ("image_untagged", line) for line in warned
    ]
