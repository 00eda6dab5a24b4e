"""The command line in this process, and small repositories to run it in."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.cli import main


@dataclass(frozen=True)
class Ended:
    """One run of envbot: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


Envbot: TypeAlias = Callable[..., Ended]
Circuit: TypeAlias = Callable[..., str]


@pytest.fixture
def envbot(capfd: pytest.CaptureFixture[str]) -> Envbot:
    """Return what runs `envbot` with some arguments in the current folder."""

    def run(*arguments: str | Path) -> Ended:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, *capfd.readouterr())

    return run


@pytest.fixture
def git() -> Callable[..., str]:
    """Return what runs git in a folder and gives back what it printed."""

    def run(root: Path, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, check=True, text=True
        )
        return done.stdout.strip()

    return run


@pytest.fixture
def circuit() -> Circuit:
    """Return what writes a circuit's config, production pinned where a pin is given."""

    def text(plant: str, name: str, training: str, pin: str | None = None) -> str:
        lines = [
            f'plant_id: "{plant}"',
            f'circuit_id: "{name}"',
            "training:",
            '  cutoff_date: "2025-12-09"',
            f'  environment_version: "{training}"  # as released',
            "  hyperparameters: {sequence_length: 24, lstm_units: 128}",
            "deployment:",
            *([f'  environment_version: "{pin}"'] if pin else []),
            '  model_version: "5"',
        ]
        return "\n".join(lines) + "\n"

    return text


@pytest.fixture
def project(
    tmp_path: Path, checkout: Path, circuit: Circuit, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return the current folder: the sample environment and rules, and three circuits at 1.5.0."""
    root = tmp_path / "project"
    shutil.copytree(checkout / "environment", root / "environment")
    for name in ("platform.yml", "policy.yml", "deployment-template.yml"):
        (root / "config").mkdir(exist_ok=True)
        shutil.copy(checkout / "config" / name, root / "config" / name)
    for plant, name in (("P001", "C001"), ("P001", "C002"), ("P002", "C001")):
        file = root / "config" / "plants" / plant / f"{name}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(circuit(plant, name, "1.5.0"))
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def repository(project: Path, git: Callable[..., str]) -> Path:
    """Return the same folder as a git repository whose `origin` has main at its one commit."""
    origin = project.parent / "origin.git"
    git(project, "init", "--quiet", "--bare", "-b", "main", str(origin))
    git(project, "init", "--quiet", "-b", "main")
    git(project, "remote", "add", "origin", str(origin))
    git(project, "add", ".")
    git(project, "commit", "--quiet", "-m", "Begin")
    git(project, "push", "--quiet", "origin", "main")
    return project
