"""The program that runs in a candidate's image, run here as a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

import bot

PROGRAM = Path(bot.__file__).parent / "jobs" / "image_probe.py"


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """Return a folder with modules that import, raise and exit."""
    (tmp_path / "good.py").write_text("VALUE = 1\n")
    (tmp_path / "broken.py").write_text("import no_such_package\n")
    (tmp_path / "leaving.py").write_text("raise SystemExit(0)\n")
    return tmp_path


def run(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), *names]
    environment = {"PYTHONPATH": str(folder)}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_an_image_that_starts_is_enough_without_modules(modules: Path) -> None:
    assert run(modules).returncode == 0


def test_modules_that_import_are_enough(modules: Path) -> None:
    ended = run(modules, "good", "json")

    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (0, "2 of 2 modules import.")


def test_every_module_is_tried_and_one_that_fails_fails_the_job(modules: Path) -> None:
    ended = run(modules, "broken", "good")

    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (1, "1 of 2 modules import.")
    assert "No module named 'no_such_package'" in ended.stderr


def test_a_module_cannot_end_the_job_well(modules: Path) -> None:
    assert run(modules, "leaving").returncode == 1
