"""Reading a pull request takes a number of git processes that no fleet makes larger."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CIRCUITS = 2_000  # as many as a test can afford; the benchmark has 20,000
A_FEW = 24
SPEC, SCORE = "environment/environment.yml", "environment/src/score.py"

Count = Callable[..., list[str]]


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    """Return a bare repository: main, and two branches that change the environment and circuits."""
    root = tmp_path_factory.mktemp("fleet") / "fleet.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(root)], check=True)
    stream = b"".join(_history(checkout))
    subprocess.run(["git", "-C", str(root), "fast-import", "--quiet"], input=stream, check=True)
    return root


def _history(checkout: Path) -> Iterator[bytes]:
    files = {
        path.relative_to(checkout).as_posix(): path.read_bytes()
        for folder in ("config", "environment")
        for path in sorted((checkout / folder).rglob("*"))
        if path.is_file() and "plants" not in path.parts and "__pycache__" not in path.parts
    }
    circuits = [f"P{number // 9 + 1:04}/C{number % 9 + 1:03}" for number in range(CIRCUITS)]
    yield from _commit("main", files | {_path(one): _config(one, "1.5.0") for one in circuits})
    changed = {
        SPEC: files[SPEC].replace(b'version: "1.5.0"', b'version: "1.5.1"'),
        SCORE: b"# How readings become predictions.\n" + files[SCORE],
    }
    for branch, count in (("few", A_FEW), ("all", CIRCUITS)):
        bumped = {_path(one): _config(one, "1.5.1") for one in circuits[:count]}
        yield from _commit(branch, changed | bumped, "main")


def _path(circuit: str) -> str:
    return f"config/plants/{circuit}.yml"


def _config(circuit: str, version: str) -> bytes:
    plant, name = circuit.split("/")
    return (
        f'plant_id: "{plant}"\ncircuit_id: "{name}"\ntraining:\n  cutoff_date: "2025-12-09"\n'
        f'  environment_version: "{version}"\n  hyperparameters: {{sequence_length: 24}}\n'
    ).encode()


def _commit(branch: str, files: dict[str, bytes], parent: str = "") -> Iterator[bytes]:
    yield f"commit refs/heads/{branch}\ncommitter A <a@b> 0 +0000\ndata 1\nx\n".encode()
    if parent:
        yield f"from refs/heads/{parent}\n".encode()
    for path, data in files.items():
        yield f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"


@pytest.fixture
def processes(
    fleet: Path, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Count:
    """Return what runs `envbot` in the fleet and names every git process that was started.

    A git that comes first on PATH writes down its arguments before it becomes the real one; this
    also counts what git itself would start by that name.
    """
    real, log = shutil.which("git"), tmp_path / "git.log"
    assert real
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{log}"\nexec "{real}" "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", str(wrapper.parent), prepend=":")
    monkeypatch.setenv("PYTHONPATH", str(checkout))

    def run(*arguments: str) -> list[str]:
        log.unlink(missing_ok=True)
        ended = subprocess.run(
            [sys.executable, "-m", "bot", *arguments, "--format", "json"],
            cwd=fleet,
            capture_output=True,
            check=False,
        )
        assert ended.returncode in {0, 100}, ended.stderr.decode()
        assert json.loads(ended.stdout)["verdict"] == "non-breaking"
        return [_verb(line) for line in log.read_text().splitlines()]

    return run


def _verb(line: str) -> str:
    """Return the word after the last `-C folder`, where git's own options end."""
    return line.partition(" -C . ")[2].partition(" ")[0]


@pytest.mark.parametrize("head", ["few", "all"])
def test_classify_takes_four_whatever_the_number_of_configs(processes: Count, head: str) -> None:
    verbs = processes("classify", "--base", "main", "--head", head)

    assert verbs == ["rev-parse", "ls-tree", "diff-tree", "cat-file"]


def test_review_takes_as_many_for_all_circuits_as_for_a_few(processes: Count) -> None:
    few, everything = (
        processes("review", "--base", "main", "--head", one) for one in ("few", "all")
    )

    assert few == everything
    assert len(few) <= 20
