"""Trees for tests of the core, and reviews of changes to the sample files, without git."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.core.config.platform import read_platform
from bot.core.config.policy import read_policy
from bot.core.review import Review, review
from bot.core.ruled import ruled_paths
from bot.core.sources import Sources
from bot.core.tree import REGULAR, File, Tree

_CIRCUIT = """\
plant_id: "{plant}"
circuit_id: "{circuit}"
training:
  cutoff_date: "2025-12-09"
  environment_version: "{version}"
  hyperparameters: {{sequence_length: 24}}
"""


@pytest.fixture
def make_tree() -> Callable[[Mapping[str, str | bytes]], Tree]:
    """Return what turns texts by path into the tree that a commit of them would have."""

    def make(files: Mapping[str, str | bytes]) -> Tree:
        return {path: _file(path, content) for path, content in files.items()}

    return make


def _file(path: str, content: str | bytes) -> File:
    data = content.encode() if isinstance(content, str) else content
    oid = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    return File(path, REGULAR, oid, data)


Edits = Mapping[str, str | bytes | None]


@pytest.fixture(scope="session")
def sample(checkout: Path) -> dict[str, bytes]:
    """Return the sample environment and rules, and three circuits at 1.5.0, by path."""
    paths = [
        *(path for path in sorted((checkout / "environment").rglob("*")) if path.is_file()),
        *(checkout / "config").glob("*.yml"),
    ]
    files = {
        path.relative_to(checkout).as_posix(): path.read_bytes()
        for path in paths
        if "__pycache__" not in path.parts
    }
    for plant, circuit in (("P001", "C001"), ("P001", "C002"), ("P002", "C001")):
        path = f"config/plants/{plant}/{circuit}.yml"
        files[path] = circuit_text(plant, circuit, "1.5.0").encode()
    return files


def circuit_text(plant: str, circuit: str, version: str) -> str:
    return _CIRCUIT.format(plant=plant, circuit=circuit, version=version)


@pytest.fixture(scope="session")
def release_files(sample: dict[str, bytes]) -> dict[str, str | bytes]:
    """Return the files of a patch release: more comments, 1.5.1, every circuit bumped."""
    spec, source = "environment/environment.yml", "environment/src/score.py"
    edits: dict[str, str | bytes] = {
        spec: sample[spec].replace(b'version: "1.5.0"', b'version: "1.5.1"'),
        source: b"# How readings become predictions.\n" + sample[source],
    }
    for path, data in sample.items():
        if path.startswith("config/plants/"):
            edits[path] = data.replace(b"1.5.0", b"1.5.1")
    return edits


@pytest.fixture
def reviewed(sample: dict[str, bytes]) -> Callable[..., Review]:
    """Return what reviews the sample with `head` edited, main having moved on by `main`.

    An edit of None removes the file. `conflicts` says that the two cannot be merged; `together` is
    what git makes of the files that both edited.
    """
    platform = read_platform(sample["config/platform.yml"])
    policy = read_policy(sample["config/policy.yml"])

    def run(
        head: Edits | None = None,
        *,
        main: Edits | None = None,
        together: Edits | None = None,
        conflicts: bool = False,
    ) -> Review:
        base, ours, theirs = _edited(sample), head or {}, main or {}
        changed, here = _edited(sample, ours), _edited(sample, theirs)
        merged = _edited(sample, theirs, ours, together or {})
        moved = (one for one in here.keys() | merged.keys() if here.get(one) != merged.get(one))
        sources = Sources(
            base=base,
            main=here,
            head=changed,
            merged=None if conflicts else merged,
            ruled={path: merged.get(path) for path in ruled_paths(moved)},
            paths=tuple(
                sorted(
                    path
                    for path in base.keys() | changed.keys()
                    if base.get(path) != changed.get(path)
                )
            ),
        )
        return review(sources, platform, policy)

    return run


def _edited(files: Mapping[str, bytes], *edits: Edits) -> Tree:
    found: dict[str, str | bytes | None] = dict(files)
    for edit in edits:
        found |= edit
    return {path: _file(path, content) for path, content in found.items() if content is not None}
