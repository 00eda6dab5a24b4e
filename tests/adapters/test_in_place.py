"""Files overwritten where they stand, all or none."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.adapters.folder import read_folder
from bot.adapters.in_place import write_in_place
from bot.core.tree import Tree
from bot.errors import BotError

FOLDERS = ("a", "b", "c")
OLD, LONGER, SHORTER = b"version: 1.5.0\n", b"version: 1.10.0\n", b"version: 2\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in FOLDERS:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.yml").write_bytes(OLD)
    return tmp_path


@pytest.fixture
def before(root: Path) -> Tree:
    return read_folder(root, *FOLDERS)


def all_(data: bytes) -> Mapping[str, bytes]:
    return {f"{folder}/x.yml": data for folder in FOLDERS}


def contents(root: Path) -> dict[str, bytes]:
    return {path: file.data for path, file in read_folder(root, *FOLDERS).items()}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(LONGER, id="longer"),
        pytest.param(SHORTER, id="shorter"),
        pytest.param(b"", id="empty"),
        pytest.param(b"x" * 100_000, id="much longer"),
    ],
)
def test_every_file_holds_its_new_content(root: Path, before: Tree, data: bytes) -> None:
    write_in_place(root, all_(data), before)

    assert contents(root) == all_(data)


def test_a_file_that_is_not_named_stays(root: Path, before: Tree) -> None:
    write_in_place(root, {"b/x.yml": LONGER}, before)

    assert contents(root) == {**all_(OLD), "b/x.yml": LONGER}


def test_to_write_nothing_is_fine(root: Path, before: Tree) -> None:
    write_in_place(root, {}, before)

    assert contents(root) == all_(OLD)


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755, 0o666], ids=oct)
def test_the_file_itself_stays_with_its_mode(root: Path, before: Tree, mode: int) -> None:
    path = root / "a" / "x.yml"
    path.chmod(mode)
    inode = path.stat().st_ino

    write_in_place(root, all_(LONGER), before)

    assert (path.stat().st_ino, stat.S_IMODE(path.stat().st_mode)) == (inode, mode)


def remove_file(root: Path) -> None:
    (root / "c" / "x.yml").unlink()


def remove_folder(root: Path) -> None:
    remove_file(root)
    (root / "c").rmdir()


def link_file(root: Path) -> None:
    (root / "c" / "x.yml").rename(root / "c" / "y.yml")
    (root / "c" / "x.yml").symlink_to("y.yml")


def turn_into_folder(root: Path) -> None:
    remove_file(root)
    (root / "c" / "x.yml").mkdir()


def write_as_somebody_else(root: Path) -> None:
    (root / "c" / "x.yml").write_bytes(OLD + b"# mine\n")


@pytest.mark.parametrize(
    ("meanwhile", "what"),
    [
        pytest.param(remove_file, "No such file", id="the file is gone"),
        pytest.param(remove_folder, "No such file", id="the folder is gone"),
        pytest.param(turn_into_folder, "Is a directory", id="it is a folder"),
        pytest.param(link_file, "symbolic links", id="it is a link"),
        pytest.param(write_as_somebody_else, "changed by somebody else", id="it was edited"),
    ],
)
def test_where_one_cannot_be_written_none_is(
    root: Path, before: Tree, meanwhile: Callable[[Path], None], what: str
) -> None:
    meanwhile(root)
    there = contents(root)

    with pytest.raises(BotError, match=rf"c/x\.yml.*{what}") as caught:
        write_in_place(root, all_(LONGER), before)

    assert contents(root) == there
    assert (caught.value.done, caught.value.undone) == ("", "all 3 files")


def test_a_file_that_may_not_be_written_stops_all(
    root: Path, before: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ = os.open

    # Permissions themselves would not keep root, who may run this test, from writing.
    def refuse(path: str, flags: int) -> int:
        if flags & os.O_RDWR and path.endswith("b/x.yml"):
            raise PermissionError(13, "Permission denied", path)
        return open_(path, flags)

    monkeypatch.setattr(os, "open", refuse)

    with pytest.raises(BotError, match=r"b/x\.yml cannot be written to \(Permission denied\)"):
        write_in_place(root, all_(LONGER), before)

    assert contents(root) == all_(OLD)


def test_a_file_that_cannot_be_taken_back_is_named(
    root: Path, before: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ = os.open

    def edit_the_first(path: str, flags: int) -> int:
        if path.endswith("c/x.yml"):
            (root / "a" / "x.yml").write_bytes(b"mine\n")
            raise PermissionError(13, "Permission denied", path)
        return open_(path, flags)

    monkeypatch.setattr(os, "open", edit_the_first)

    with pytest.raises(BotError) as caught:
        write_in_place(root, all_(LONGER), before)
    monkeypatch.undo()

    assert contents(root) == {**all_(OLD), "a/x.yml": b"mine\n"}
    assert (caught.value.done, caught.value.undone) == ("a/x.yml", "the others")


@pytest.mark.parametrize("is_written", [False, True], ids=["before a write", "after a write"])
def test_an_interruption_takes_everything_back(
    root: Path, before: Tree, monkeypatch: pytest.MonkeyPatch, *, is_written: bool
) -> None:
    write, calls = os.pwrite, []

    def interrupt(descriptor: int, data: bytes, offset: int) -> int:
        calls.append(offset)
        if len(calls) != 3:
            return write(descriptor, data, offset)
        if is_written:
            write(descriptor, data, offset)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "pwrite", interrupt)

    with pytest.raises(KeyboardInterrupt):
        write_in_place(root, all_(LONGER), before)

    assert contents(root) == all_(OLD)


RUN = """
import os, resource, signal, sys
from pathlib import Path
from bot.adapters.folder import read_folder
from bot.adapters.in_place import write_in_place

root, at, action = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
write, calls = os.pwrite, []

def die(descriptor, data, offset):
    calls.append(offset)
    if len(calls) == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(descriptor, data, offset)

before = read_folder(root, "a", "b", "c")
if action == "kill":
    os.pwrite = die
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (at, at))
write_in_place(root, {path: b"version: 1.10.0\\n" for path in before}, before)
"""


def run(root: Path, at: int, action: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", RUN, str(root), str(at), action]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_a_full_disk_leaves_every_file_as_it_was(root: Path, checkout: Path) -> None:
    ended = run(root, len(OLD), "limit", checkout)

    assert "a/x.yml cannot be written to (File too large)" in ended.stderr
    assert contents(root) == all_(OLD)


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_after_a_kill_git_tells_what_was_written_and_brings_it_back(
    root: Path, checkout: Path
) -> None:
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")

    ended = run(root, 3, "kill", checkout)

    assert ended.returncode == -signal.SIGKILL
    assert git(root, "diff", "--name-only").split() == ["a/x.yml", "b/x.yml"]
    assert contents(root) == {**all_(LONGER), "c/x.yml": OLD}
    git(root, "checkout", "--quiet", ".")
    assert contents(root) == all_(OLD)


def test_the_same_edit_again_finishes_what_a_kill_left(root: Path, checkout: Path) -> None:
    run(root, 3, "kill", checkout)

    write_in_place(root, all_(LONGER), read_folder(root, *FOLDERS))

    assert contents(root) == all_(LONGER)
