"""A step that is really run: the program of its code asset, with its inputs as files."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.sandbox.azureml.store import Store

PROGRAM_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Program:
    """What a component runs.

    Attributes:
        code: `container/path` of the folder with the program.
        command: as the component says it, `${{inputs.x}}` and `${{outputs.x}}` in it.
        literals: values of the inputs that are no files.
        mounts: `container/path` of the inputs that are files or folders.
        outputs: names of its output folders.
    """

    code: str
    command: str
    literals: Mapping[str, str]
    mounts: Mapping[str, str]
    outputs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ran:
    """How the program ended: its exit code, all it wrote below its outputs, and its log."""

    code: int
    files: Mapping[str, bytes]
    log: str


def run_program(store: Store, program: Program, module_path: str) -> Ran:
    """Run it as the cluster would; `module_path` stands in for the environment's packages."""
    with TemporaryDirectory(prefix="envbot-sandbox-step-") as folder:
        place = Path(folder)
        _write(store, program.code, place / "code")
        names = {f"inputs.{key}": text for key, text in program.literals.items()}
        for key, path in program.mounts.items():
            names[f"inputs.{key}"] = str(_write(store, path, place / "inputs" / key))
        for key in program.outputs:
            names[f"outputs.{key}"] = str(place / "outputs" / key)
        ended = subprocess.run(
            list(_words(program.command, names)),
            cwd=place / "code",
            env={**os.environ, "PYTHONPATH": module_path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=PROGRAM_SECONDS,
        )
        files = dict(_files(place / "outputs"))
        return Ran(ended.returncode, files, ended.stdout.decode(errors="replace"))


def _words(command: str, names: Mapping[str, str]) -> Iterator[str]:
    for word in command.split():
        if word == "python":
            yield sys.executable
        elif word.startswith("${{"):
            yield names[word.removeprefix("${{").removesuffix("}}").strip()]
        else:
            yield word


def _write(store: Store, path: str, target: Path) -> Path:
    """Write the blob, or every blob of the folder, at `path`; a path to nothing stays absent."""
    single = store.blob(path.rstrip("/"))
    if single is not None:
        target.mkdir(parents=True, exist_ok=True)
        file = target / Path(single.path).name
        file.write_bytes(single.data)
        return file
    prefix = f"{path.rstrip('/')}/"
    for blob in store.blobs(prefix):
        file = target / blob.path.removeprefix(prefix)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(blob.data)
    return target


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield "/".join(path.relative_to(folder).parts[1:]), path.read_bytes()
