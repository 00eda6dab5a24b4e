from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from bot.core.change import Kind
from bot.core.classify import classify
from bot.core.facts.version_step import step
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
SPEC = 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'


def rules(make_tree: MakeTree, path: str, before: str, after: str) -> list[str]:
    trees = [
        make_tree({"environment/environment.yml": SPEC, "environment/Dockerfile": "", path: text})
        for text in (before, after)
    ]
    findings = classify(trees[0], trees[1], NoAdditions()).findings
    return [finding.rule for finding in findings if not finding.warns]


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        pytest.param(
            "tensorflow==2.13.0", "tensorflow==2.13.1", "framework_patch_raised", id="patch"
        ),
        pytest.param(
            "tensorflow==2.13.0", "tensorflow==2.14.0", "framework_minor_raised", id="minor"
        ),
        pytest.param(
            "tensorflow==2.13.0", "tensorflow==2.13.0.post1", "framework_patch_raised", id="post"
        ),
        pytest.param(
            "tensorflow==2.13.0", "tensorflow==2.14.0rc1", "package_prerelease_changed", id="rc"
        ),
        pytest.param(
            "tensorflow==2.13.0", "tensorflow>=2.13.0", "model_package_unpinned", id="floor for pin"
        ),
        pytest.param(
            "torch==2.0.1", "torch==2.0.1+cpu", "package_variant_changed", id="local part"
        ),
        pytest.param(
            "torch==2.0.1+cpu", "torch==2.0.2+cpu", "framework_patch_raised", id="same local"
        ),
        pytest.param(
            "numpy==1.9.3", "numpy==1.10.0", "numeric_minor_raised", id="1.9 is below 1.10"
        ),
        pytest.param("numpy==1!1.9", "numpy==2!1.9", "numeric_major_raised", id="epoch"),
        pytest.param("numpy~=1.22.0", "numpy~=1.23.0", "numeric_minor_raised", id="series, minor"),
        pytest.param("numpy~=1.22.0", "numpy~=1.22", "model_package_loosened", id="series wider"),
        pytest.param(
            "numpy==1.*", "numpy==1.22.*", "model_package_tightened", id="series narrower"
        ),
        pytest.param("numpy>=1.22", "numpy>=1.23", "numeric_minor_raised", id="floor raised"),
        pytest.param("numpy>=1.22", "numpy>=1.20", "model_package_lowered", id="floor lowered"),
        pytest.param("numpy>=1.22,<2", "numpy>=1.22", "model_package_loosened", id="bound gone"),
        pytest.param("requests==0.9.1", "requests==0.9.2", "package_patch_raised", id="0.9 patch"),
        pytest.param(
            "requests==0.9.1", "requests==0.10.0", "package_below_one_raised", id="0.x minor"
        ),
        pytest.param("requests==0.0.1", "requests==0.0.2", "package_below_one_raised", id="0.0.x"),
        pytest.param("requests==0.9.1", "requests==1.0.0", "package_major_raised", id="0.x to 1.0"),
        pytest.param("requests", "requests==2.31.0", "package_pinned", id="pinned"),
        pytest.param(
            "requests==2.31.0", "requests @ git+https://e.com/r", "package_source_changed", id="git"
        ),
        pytest.param(
            "requests=={{latest-pypi-version}}",
            "requests=={{latest}}",
            "package_range_changed",
            id="template",
        ),
        pytest.param("pip==23.1", "pip", "tooling_changed", id="installer unpinned"),
        pytest.param("pytest==7.0.0", "", "tooling_changed", id="test tool removed"),
        pytest.param("setuptools==65.0.0", "", "package_removed", id="setuptools is imported"),
        pytest.param(
            "pip==23.1",
            "pip @ https://e.com/pip.whl",
            "package_source_changed",
            id="installer from a URL",
        ),
        pytest.param("", "torch", "framework_added", id="framework without version"),
        pytest.param("", "pandas", "package_added", id="numeric without version"),
        pytest.param("", "pandas>=1", "model_package_added", id="numeric with a range"),
        pytest.param("azureml_rag==1.0.1", "azureml-rag==1.0.1", "comments_changed", id="spelling"),
        pytest.param("numpy==1.22", "numpy==1.22.0", "comments_changed", id="same version"),
        pytest.param("a==1.0  # why", "a==1.0  # because", "comments_changed", id="comment"),
        pytest.param(
            "a==1.0 --hash=sha256:aa",
            "a==1.0 --hash=sha256:bb",
            "package_variant_changed",
            id="hash",
        ),
        pytest.param(
            "a==1.0 --hash=sha256:aa",
            "a==1.0.1 --hash=sha256:bb",
            "package_patch_raised",
            id="hash of a new version",
        ),
        pytest.param("a==1.0", "a \\\n  ==1.0", "comments_changed", id="continuation"),
        pytest.param("-r base.txt", "-r other.txt", "pip_option_changed", id="another file"),
        pytest.param("a==1\na>=1", "a==1\na>=2", "package_range_changed", id="asked for twice"),
        pytest.param("a\nb", "a\nb\na<2", "package_range_changed", id="asked for once more"),
        pytest.param("a==1\nb==2", "b==2\na==1", "packages_reordered", id="order, pinned"),
        pytest.param(
            "tensorflow==2.13.0", "tensorflow-cpu==2.13.0", "package_renamed", id="another build"
        ),
        pytest.param("sklearn==0.0", "scikit-learn==1.2.2", "package_renamed", id="renamed"),
        pytest.param("six>=1.15,<1.16", "six>=1.15,<2", "package_loosened", id="bound raised"),
        pytest.param("six>=1.15", "six>=1.15,<2", "package_tightened", id="bound added"),
        pytest.param("six", "six>=1.15", "package_tightened", id="floor added"),
        pytest.param("six<2", "six<=2", "package_loosened", id="bound included"),
        pytest.param("six>=1,<2", "six>=1.5,<3", "package_range_changed", id="range moved"),
        pytest.param("six>=1,!=1.5", "six>=1,!=1.6", "package_range_changed", id="holes"),
        pytest.param("six==1!1.*", "six==1!1.2.*", "package_range_changed", id="epoch in a series"),
        pytest.param(
            "a=={{x}} --hash=sha256:aa",
            "a=={{x}} --hash=sha256:bb",
            "package_range_changed",
            id="hash of a template",
        ),
        pytest.param("a==1\nb", "b\na==1", "unpinned_packages_reordered", id="order, not pinned"),
    ],
)
def test_judges_a_requirements_file(
    before: str, after: str, rule: str, make_tree: MakeTree
) -> None:
    path = "environment/requirements.txt"

    assert rules(make_tree, path, f"{before}\n", f"{after}\n") == [rule]


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        pytest.param("python=3.9", "python=3.10", "python_raised", id="python minor"),
        pytest.param("python=3.9.17", "python=3.9.18", "python_patch_raised", id="python patch"),
        pytest.param("python=3.9", "python=3.9.18", "model_package_pinned", id="series to one"),
        pytest.param("python=3.9.18", "python==3.9.18", "comments_changed", id="two spellings"),
        pytest.param(
            "numpy=1.22.4=py39_0", "numpy=1.22.4=py39_1", "package_variant_changed", id="build"
        ),
        pytest.param(
            "numpy=1.22.4", "conda-forge::numpy=1.22.4", "package_variant_changed", id="channel"
        ),
        pytest.param("numpy >=1.22", "numpy>=1.22", "comments_changed", id="space"),
        pytest.param("openssl=1.1.1w", "openssl=1.1.1x", "package_range_changed", id="not PEP 440"),
        pytest.param(
            "numpy[version='>=1']",
            "numpy[version='>=2']",
            "model_package_range_changed",
            id="brackets",
        ),
        pytest.param("pip", "pip\n  - pip: ['pip==25.3']", "tooling_changed", id="pip by itself"),
    ],
)
def test_judges_a_conda_file(before: str, after: str, rule: str, make_tree: MakeTree) -> None:
    texts = [f"dependencies:\n  - {text}\n" for text in (before, after)]

    assert rules(make_tree, "environment/conda.yml", texts[0], texts[1]) == [rule]


@pytest.mark.parametrize(
    ("added", "rule"),
    [
        pytest.param("nomkl", "model_package_added", id="another build of numpy"),
        pytest.param("cpuonly", "framework_added", id="another build of torch"),
        pytest.param("pandas", "package_added", id="any other numeric package"),
    ],
)
def test_what_selects_builds_is_more_than_a_package(
    added: str, rule: str, make_tree: MakeTree
) -> None:
    before = "dependencies:\n  - python=3.9.18\n"

    assert rules(make_tree, "environment/conda.yml", before, f"{before}  - {added}\n") == [rule]


def test_the_conda_name_matters_where_a_dockerfile_uses_it(make_tree: MakeTree) -> None:
    dockerfile = "FROM image:1\nRUN conda run -n sensor python -c pass\n"
    trees = [
        make_tree(
            {
                "environment/environment.yml": SPEC,
                "environment/Dockerfile": dockerfile,
                "environment/conda.yml": f"name: {name}\ndependencies:\n  - python=3.9.18\n",
            }
        )
        for name in ("sensor", "sensors")
    ]

    findings = classify(trees[0], trees[1], NoAdditions()).findings

    changes = [finding.rule for finding in findings if not finding.warns]
    assert changes == ["conda_setting_changed"]


NUMBERS = st.lists(st.integers(min_value=0, max_value=12), min_size=1, max_size=4)
VERSIONS = NUMBERS.map(lambda numbers: Version(".".join(map(str, numbers))))


@given(VERSIONS, VERSIONS)
def test_a_version_is_raised_one_way_and_lowered_the_other(one: Version, other: Version) -> None:
    forth, back = step(one, other), step(other, one)

    assert (forth is None) == (back is None) == (one == other)
    assert one == other or (forth is Kind.PACKAGE_LOWERED) != (back is Kind.PACKAGE_LOWERED)
