"""A folder read as git would store it."""

import os
import subprocess
from pathlib import Path

import pytest

from bot.adapters.folder import read_environment_folder, read_folder
from bot.core.tree import EXECUTABLE, REGULAR, SYMLINK, File
from bot.errors import BotError


def _make(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    _make(folder, environment__conda="name: x\n", config__plants__P001="a: 1\n", README="hello\n")
    return folder


def _as_git_stores(root: Path) -> dict[str, tuple[str, str]]:
    """Return mode and blob id of every file by its path, from the index of a real git."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet")
    git("add", "--all")
    entries = (line.split("\t") for line in git("ls-files", "--stage", "-z").split("\0") if line)
    return {path: (fact.split()[0], fact.split()[1]) for fact, path in entries}


def test_files_have_the_modes_and_ids_that_git_gives_them(root: Path) -> None:
    (root / "environment" / "empty").touch()
    (root / "environment" / "binary").write_bytes(bytes(range(256)) + b"\r\n")
    (root / "environment" / "name with spaçe").write_text("x")
    (root / "environment" / "run.sh").write_text("#!/bin/sh\n")
    (root / "environment" / "run.sh").chmod(0o755)
    (root / "environment" / "others-run.sh").write_text("#!/bin/sh\n")
    (root / "environment" / "others-run.sh").chmod(0o655)
    (root / "environment" / "to-file").symlink_to("conda")
    (root / "environment" / "to-folder").symlink_to("../config")
    (root / "environment" / "to-nowhere").symlink_to("nowhere")
    (root / "environment" / "unnormal").symlink_to("./conda")
    (root / "linked").symlink_to("environment")

    found = read_folder(root, *(path.name for path in root.iterdir()))

    assert {path: (file.mode, file.oid) for path, file in found.items()} == _as_git_stores(root)
    assert {file.mode for file in found.values()} == {REGULAR, EXECUTABLE, SYMLINK}


def test_a_link_is_its_target_and_is_not_followed(root: Path) -> None:
    (root / "environment" / "out").symlink_to("/etc")

    found = read_folder(root, "environment")

    assert found["environment/out"].data == b"/etc"
    assert set(found) == {"environment/conda", "environment/out"}


def test_only_what_lies_below_a_prefix_is_read(root: Path) -> None:
    assert set(read_folder(root, "config", "README", "evidence")) == {
        "config/plants/P001",
        "README",
    }


def test_what_git_never_stores_is_not_read(root: Path) -> None:
    _make(root, environment__src__run="x")
    _make(root / "environment" / "src" / "__pycache__", run="x")
    _make(root / "environment" / ".git", HEAD="x")
    (root / "environment" / ".DS_Store").write_text("x")
    os.mkfifo(root / "environment" / "pipe")

    assert set(read_folder(root, "environment")) == {"environment/conda", "environment/src/run"}


def test_a_folder_that_does_not_exist_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(BotError, match=r"There is no folder .*nowhere"):
        read_folder(tmp_path / "nowhere", "config")


def test_a_folder_that_cannot_be_read_is_a_failure_and_not_an_empty_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = os.scandir

    def refuse(path: str | os.PathLike[str]) -> object:
        if os.fspath(path).endswith("plants"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scan(path)

    # Permissions themselves would not keep root, who may run this test, from reading.
    monkeypatch.setattr(os, "scandir", refuse)

    with pytest.raises(BotError, match=r"plants cannot be read \(Permission denied\)"):
        read_folder(root, "config")


def test_the_environment_of_a_repository_comes_with_its_config(root: Path) -> None:
    assert set(read_environment_folder(root)) == {"environment/conda", "config/plants/P001"}


def test_an_environment_folder_alone_reads_as_in_its_repository(root: Path) -> None:
    inside = read_environment_folder(root)

    alone = read_environment_folder(root / "environment")

    assert alone == {"environment/conda": inside["environment/conda"]}
    assert alone["environment/conda"] == File(
        "environment/conda", REGULAR, alone["environment/conda"].oid, b"name: x\n"
    )


def test_an_environment_folder_that_is_a_repository_of_its_own_is_read_without_git(
    root: Path,
) -> None:
    _make(root / "environment" / ".git", HEAD="ref: refs/heads/main\n")

    assert set(read_environment_folder(root / "environment")) == {"environment/conda"}


def test_no_environment_folder_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(BotError, match="There is no folder"):
        read_environment_folder(tmp_path / "nowhere")


def test_a_file_that_grows_while_it_is_read_is_a_failure(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = os.read

    def grow(descriptor: int, size: int) -> bytes:
        (root / "README").write_text("hello, everybody\n")
        return read(descriptor, size)

    monkeypatch.setattr(os, "read", grow)

    with pytest.raises(BotError, match="README was changed while it was read"):
        read_folder(root, "README")


def test_a_file_that_cannot_be_read_is_a_failure(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str, _: int) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "open", refuse)

    with pytest.raises(BotError, match=r"conda cannot be read \(Permission denied\)"):
        read_folder(root, "environment")
