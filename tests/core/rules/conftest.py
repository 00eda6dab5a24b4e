"""The example of each rule: a folder of `tests/rules/` with the environment before and after.

A third folder, `near_miss`, holds what might have come after and is judged by another rule.

Python files carry `.txt` at the end of their names, so that no tool takes them for ours.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.tree import EXECUTABLE, REGULAR, File, Tree

# What every example stands on; its own files come on top.
_SHARED = {
    "environment/environment.yml": (
        'name: custom-tf-env\nversion: "1.5.0"\n'
        "description: Custom TensorFlow environment\nbuild:\n  path: .\n"
    ),
    "environment/Dockerfile": (
        "FROM mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04:20241216.v1\nCOPY . /opt/scoring\n"
        "RUN pip install azureml-core==1.56.0 'azureml-dataset-runtime[fuse]==1.56.0'\n"
    ),
    "environment/gpu.Dockerfile": "FROM nvcr.io/nvidia/tensorflow:23.08-tf2-py3\nCOPY . /opt\n",
}
_NOTHING_BEFORE = "environment_introduced"


@pytest.fixture(scope="session")
def write_documents() -> bool:
    """Tell whether files that are made from the rules are to be written instead of compared."""
    return bool(os.environ.get("ENVBOT_WRITE_DOCUMENTS"))


@pytest.fixture(scope="session")
def examples(checkout: Path) -> Path:
    return checkout / "tests" / "rules"


@pytest.fixture(scope="session")
def example(examples: Path) -> Callable[[str, str], Tree]:
    """Return what reads one side of a rule's example: `before`, `after` or `near_miss`."""

    def read(rule: str, side: str) -> Tree:
        nothing = rule == _NOTHING_BEFORE and side != "after"
        files = {} if nothing else _shared()
        return files | own_files(examples / rule / side)

    return read


@pytest.fixture(scope="session")
def own(examples: Path) -> Callable[[str, str], Tree]:
    """Return what reads only the files that one side of a rule's example brings itself."""
    return lambda rule, side: own_files(examples / rule / side)


def own_files(folder: Path) -> dict[str, File]:
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != ".gitkeep":
            name = path.relative_to(folder).as_posix()
            name = name.removesuffix(".txt") if name.endswith(".py.txt") else name
            mode = EXECUTABLE if path.stat().st_mode & 0o100 else REGULAR
            below = name if name.startswith("config/") else f"environment/{name}"
            file = _file(below, mode, path.read_bytes())
            files[file.path] = file
    return files


def _shared() -> dict[str, File]:
    return {path: _file(path, REGULAR, text.encode()) for path, text in _SHARED.items()}


def _file(path: str, mode: str, data: bytes) -> File:
    oid = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    return File(path, mode, oid, data)
