from types import SimpleNamespace

import pytest

from bot.core.config.policy import PackageGroups
from bot.core.package_groups import FLOOR, Group, NoAdditions, group_of, normalise


def test_every_name_of_the_floor_is_in_one_group_and_normalised() -> None:
    names = [name for group in FLOOR.values() for name in group]

    assert len(names) == len(set(names))
    assert [normalise(name) for name in names] == names


@pytest.mark.parametrize(
    ("name", "group"),
    [
        pytest.param("tensorflow", Group.FRAMEWORK, id="framework"),
        pytest.param("Scikit_Learn", Group.FRAMEWORK, id="another spelling"),
        pytest.param("tensorflow-metadata-tools", Group.OTHER, id="only begins like one"),
        pytest.param("nvidia-cudnn-cu12", Group.NUMERIC, id="for one CUDA"),
        pytest.param("python", Group.INTERPRETER, id="Python itself"),
        pytest.param("requests", Group.OTHER, id="any other"),
        pytest.param("sphinx-book-theme", Group.TOOLING, id="what extends a tool"),
        pytest.param("types-requests", Group.TOOLING, id="only annotations"),
        pytest.param("sphinxbase", Group.OTHER, id="only begins like a tool"),
        pytest.param("cpuonly", Group.FRAMEWORK, id="selects a framework's build"),
    ],
)
def test_knows_the_group_of_a_package(name: str, group: Group) -> None:
    assert group_of(name, NoAdditions()) is group


def test_a_policy_adds_packages() -> None:
    assert group_of("our-models", PackageGroups(framework=("Our_Models",))) is Group.FRAMEWORK


def test_a_policy_can_tighten_the_floor() -> None:
    assert group_of("pip", PackageGroups(numeric=("pip",))) is Group.NUMERIC


def test_a_policy_can_tighten_what_extends_a_tool() -> None:
    serving = SimpleNamespace(
        framework=(), numeric=(), serialisation=(), serving=("pytest-service",), tooling=()
    )

    assert group_of("pytest-service", serving) is Group.SERVING


def test_a_policy_cannot_loosen_the_floor() -> None:
    assert group_of("tensorflow", PackageGroups(tooling=("tensorflow",))) is Group.FRAMEWORK


def test_a_package_in_two_groups_of_a_policy_is_in_the_stricter() -> None:
    both = SimpleNamespace(
        framework=(), numeric=("x",), serialisation=(), serving=(), tooling=("x",)
    )

    assert group_of("x", both) is Group.NUMERIC
