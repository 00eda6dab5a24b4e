"""Somebody tries envbot from a terminal, with nothing but the variables of `envbot sandbox env`."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.sandbox.world import PROJECT, terminal_environment
from tests.conversations.scene import Scene


def run(scene: Scene, folder: Path, command: Sequence[str]) -> str:
    """Return what a command prints where it works; no git configuration helps it."""
    variables = {
        **os.environ,
        **terminal_environment(scene.world.state),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "PYTHONPATH": str(PROJECT),
    }
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, check=True, text=True, timeout=60
    )
    return done.stdout


def test_the_variables_clone_the_repository_and_plan_as_the_bot_would(
    scene: Scene, tmp_path: Path
) -> None:
    address = f"{scene.world.github.url}/{scene.world.repository}"

    run(scene, tmp_path, ["git", "clone", "--quiet", address, "fleet"])
    printed = run(scene, tmp_path / "fleet", [sys.executable, "-m", "bot", "plan"])

    assert printed.startswith("Plan ")
    assert "0 to update" in printed
    assert "ENVBOT_LOGIN" not in terminal_environment(scene.world.state)
