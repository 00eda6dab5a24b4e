"""What a start loads: each command what it needs, and nothing that another one does."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPORT = """
import atexit, sys
atexit.register(lambda: print("LOADED", *sorted(sys.modules)))
from bot.__main__ import main
main()
"""
HEAVY = (
    *("azure", "github", "jsonschema", "msgspec", "nbformat", "requests"),
    *("rich.console", "ruamel"),
)


@pytest.fixture
def loaded(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., set[str]]:
    """Return what runs `envbot` and names the modules that it loaded."""
    monkeypatch.setenv("PYTHONPATH", str(checkout))

    def run(*arguments: str) -> set[str]:
        ended = subprocess.run(
            [sys.executable, "-c", REPORT, *arguments], capture_output=True, check=False, text=True
        )
        assert ended.returncode in {0, 100}, ended.stderr
        return set(ended.stdout.rpartition("LOADED ")[2].split())

    return run


def ours(modules: set[str]) -> set[str]:
    return {name for name in modules if name.split(".")[0] == "bot"}


def test_the_version_needs_no_command_line(loaded: Callable[..., set[str]]) -> None:
    modules = loaded("--version")

    assert "click" not in modules
    assert ours(modules) == {"bot", "bot.__main__"}


def test_the_help_needs_the_command_line_alone(loaded: Callable[..., set[str]]) -> None:
    found = ours(loaded("--help"))

    verbs = {"bot.cli", "bot.cli_cloud", "bot.cli_local", "bot.cli_output", "bot.cli_sandbox"}
    assert found == {"bot", "bot.__main__", "bot.errors", *verbs}


def test_a_classification_loads_what_the_change_touches(
    loaded: Callable[..., set[str]], repository: Path, git: Callable[..., str]
) -> None:
    conda = repository / "environment" / "conda.yml"
    conda.write_text(conda.read_text().replace("pandas==1.5.3", "pandas==1.5.4"))
    git(repository, "commit", "--quiet", "-am", "Raise pandas")

    modules = loaded("classify")

    assert "bot.core.facts.conda" in modules
    assert not [name for name in modules if name.startswith("bot.core.facts.python.")]
    assert not [name for name in HEAVY if name in modules]
    assert "packaging.requirements" not in modules
