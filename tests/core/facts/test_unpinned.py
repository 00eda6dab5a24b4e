import pytest

from bot.core.facts.unpinned import unpinned_sources
from bot.core.tree import REGULAR, File

SPEC = b"name: tf\nversion: '1.0.0'\nbuild: {path: .}\n"
COMMIT, SHA = "0" * 40, "a" * 64


def found(**files: str) -> list[str]:
    named = {"environment.yml": SPEC.decode(), "Dockerfile": "FROM a.io/base:1\n"}
    named |= {name.replace("__", "."): text for name, text in files.items()}
    tree = {
        f"environment/{name}": File(f"environment/{name}", REGULAR, str(number) * 40, text.encode())
        for number, (name, text) in enumerate(named.items())
    }
    return [str(problem) for problem in unpinned_sources(tree)]


def conda(*packages: str) -> str:
    return "dependencies:\n" + "".join(f"  - {package}\n" for package in packages)


def pip(*packages: str) -> str:
    return "dependencies:\n  - pip:\n" + "".join(f"      - {package}\n" for package in packages)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(conda("python=3.9.18", "numpy==1.2"), id="conda"),
        pytest.param(pip("numpy==1.23.5", "a[b]==1.0"), id="pip"),
        pytest.param(pip(f"git+https://x.io/y.git@{COMMIT}"), id="a commit"),
        pytest.param(pip(f"a @ https://x.io/a.whl#sha256={SHA}"), id="a file"),
        pytest.param(pip("./local"), id="what git has"),
    ],
)
def test_what_is_held_to_one_version_is_no_problem(text: str) -> None:
    assert found(conda__yml=text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(conda("numpy"), "2: `numpy` is asked for as any version", id="conda, any"),
        pytest.param(conda("python=3.9"), "2: `python` is asked for as =3.9", id="conda, series"),
        pytest.param(pip("numpy>=1.2"), "Pin it: `numpy==<version>`.", id="pip, at least"),
        pytest.param(pip("numpy==1.*"), "3: `numpy`", id="pip, series"),
        pytest.param(pip("git+https://x.io/y.git@main"), "Name one commit", id="a branch"),
        pytest.param(pip("a @ https://x.io/a.whl"), "the file's sha256", id="a file"),
    ],
)
def test_what_is_left_open_is_named_with_its_line_and_remedy(text: str, said: str) -> None:
    [problem] = found(conda__yml=text)

    assert problem.startswith("environment/conda.yml:")
    assert said in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("FROM ubuntu\n", "1: base image ubuntu has no fixed tag", id="no tag"),
        pytest.param("FROM a.io/base:latest\n", "Write the tag", id="latest"),
        pytest.param(
            "FROM a.io/base:1\nRUN pip install numpy\n", "Dockerfile:2: `numpy`", id="pip"
        ),
    ],
)
def test_a_dockerfile_is_read_too(text: str, said: str) -> None:
    [problem] = found(Dockerfile=text)

    assert said in problem


def test_an_image_with_a_digest_is_no_problem() -> None:
    assert found(Dockerfile=f"FROM a.io/base@sha256:{SHA}\n") == []


def test_requirements_count_unless_no_image_installs_them() -> None:
    assert found(requirements__txt="numpy\n") != []
    assert found(**{"requirements-dev__txt": "pytest\n"}) == []
