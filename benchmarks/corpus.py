"""Circuit configs from a seed, in the styles of the sample fleet: the same on every machine."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.core.config.circuit import CircuitId, circuit_path
from bot.core.tree import REGULAR, File, Tree

VERSION, NEXT_VERSION, OTHER_VERSION = "1.5.0", "1.5.1", "1.4.2"
_SEED = "envbot benchmarks"
_CIRCUITS_OF_A_PLANT = 9
_LEFT_BEHIND = 40
_MARK = b"\xef\xbb\xbf"
_COMMENTS = ("", "  # frozen environment version", "  # same as the plant", "", "")
_HYPERPARAMETERS = (
    "hyperparameters: {{sequence_length: {length}, lstm_units: {units}}}",
    "hyperparameters:\n{i}{i}sequence_length: {length}\n{i}{i}lstm_units: {units}",
    "hyperparameters:\n{i}{i}sequence_length: {length}\n{i}data_filters:\n{i}{i}minimum_load: 0.4",
)
_DEPLOYMENTS = (
    "",
    "",
    "deployment:\n{i}timeout_minutes: 30\n",
    "deployment: {{mini_batch_size: 10}}\n",
    "deployment:\n{i}model_version: {q}6{q}\n{i}mini_batch_size: 5\nowner: condition-monitoring\n",
    "deployment:\n{i}environment_version: {q}{version}{q}  # production\n",
)


def circuit_ids(count: int) -> list[CircuitId]:
    """Return the names of `count` circuits."""
    return [
        CircuitId(
            f"P{number // _CIRCUITS_OF_A_PLANT + 1:04}", f"C{number % _CIRCUITS_OF_A_PLANT + 1:03}"
        )
        for number in range(count)
    ]


def fleet(count: int, version: str = VERSION) -> dict[str, bytes]:
    """Return the configs of a fleet at `version`, by path; only the version depends on it.

    One circuit in forty stays at OTHER_VERSION, one file in fifty has CRLF line ends, and as many
    begin with a byte order mark.
    """
    return {
        circuit_path(circuit): _config(circuit, version if number % _LEFT_BEHIND else OTHER_VERSION)
        for number, circuit in enumerate(circuit_ids(count))
    }


def tree_of(files: Mapping[str, bytes]) -> Tree:
    """Return `files` as the tree that a commit of them has."""
    return {path: File(path, REGULAR, _blob_id(data), data) for path, data in files.items()}


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` below `root`, which may exist."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def read_back(root: Path, paths: Iterable[str]) -> dict[str, bytes]:
    """Return the files at `paths` as they are on disk now."""
    return {path: (root / path).read_bytes() for path in paths}


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return a digest of paths and bytes, whatever their order."""
    total = hashlib.sha256()
    for path, data in sorted(files.items()):
        total.update(f"{path}\0{len(data)}\0".encode() + data)
    return total.hexdigest()


def _config(circuit: CircuitId, version: str) -> bytes:
    dice = hashlib.sha256(f"{_SEED} {circuit}".encode()).digest()
    i, q = "    " if dice[0] % 8 == 0 else "  ", "'" if dice[1] % 4 == 0 else '"'
    training = _HYPERPARAMETERS[dice[2] % len(_HYPERPARAMETERS)]
    deployment = _DEPLOYMENTS[dice[3] % len(_DEPLOYMENTS)]
    text = (
        "# yaml-language-server: $schema=../../../docs/schema/circuit.json\n"
        + (f"# Intake air circuit of plant {circuit.plant}\n" if dice[4] % 2 else "")
        + f"plant_id: {q}{circuit.plant}{q}\ncircuit_id: {q}{circuit.circuit}{q}\n"
        + ("\n" if dice[5] % 3 == 0 else "")
        + f"training:\n{i}cutoff_date: {q}2025-{dice[6] % 9 + 1:02}-{dice[7] % 28 + 1:02}{q}\n"
        + f"{i}environment_version: {q}{version}{q}{_COMMENTS[dice[8] % len(_COMMENTS)]}\n{i}"
        + training.format(i=i, length=12 * (dice[9] % 4 + 1), units=64 * (dice[10] % 4 + 1))
        + "\n"
        + deployment.format(i=i, q=q, version=version)
    )
    if dice[11] % 50 == 0:
        text = text.replace("\n", "\r\n")
    return (_MARK if dice[12] % 50 == 1 else b"") + text.encode()


def _blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
