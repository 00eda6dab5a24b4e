"""What a pull request changes, read by a number of processes that no fleet makes larger."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.adapters.git import GitRepository
from bot.core.tree import SUBMODULE
from bot.errors import BotError

SPEC, POLICY = "environment/environment.yml", "config/policy.yml"
ONE, TWO = "config/plants/P001/C001.yml", "config/plants/P001/C002.yml"
BEFORE = {SPEC: b"1\n", POLICY: b"p\n", ONE: b"one\n", TWO: b"two\n", "README.md": b"r\n"}
WHOLE, DIFFERING = (POLICY, "environment"), ("config/plants",)


def git(root: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], input=stdin, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def commit(root: Path, branch: str, files: Mapping[str, bytes | None], parent: str = "") -> None:
    """Add a commit to `branch` that replaces `files`; None removes one."""
    lines = [f"commit refs/heads/{branch}\ncommitter A <a@b> 0 +0000\ndata 1\nx\n".encode()]
    lines += [f"from refs/heads/{parent}^0\n".encode()] if parent else []
    for path, data in files.items():
        if data is None:
            lines.append(f"D {path}\n".encode())
        else:
            lines.append(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
    git(root, "fast-import", "--quiet", stdin=b"".join(lines))


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """Return a bare repository: main at BEFORE, and `change` one commit further."""
    root = tmp_path / "origin.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(root)], check=True)
    git(root, "config", "uploadpack.allowFilter", "true")
    commit(root, "main", BEFORE)
    commit(root, "change", {SPEC: b"2\n", ONE: b"1\n", "README.md": b"R\n"}, "main")
    return root


def contents(
    repository: GitRepository, main: str = "main", head: str = "change"
) -> list[dict[str, bytes]]:
    sides = repository.read_change(main, head, whole=WHOLE, differing=DIFFERING)
    return [{path: file.data for path, file in side.items()} for side in sides]


def test_what_is_asked_whole_comes_whole_and_of_the_rest_what_differs(origin: Path) -> None:
    before, after = contents(GitRepository.at(origin))

    assert before == {SPEC: b"1\n", POLICY: b"p\n", ONE: b"one\n"}
    assert after == {SPEC: b"2\n", POLICY: b"p\n", ONE: b"1\n"}


def test_added_and_removed_files_stand_on_one_side(origin: Path) -> None:
    commit(origin, "other", {POLICY: None, TWO: None, "environment/new": b"n"}, "main")

    before, after = contents(GitRepository.at(origin), head="other")

    assert before == {SPEC: b"1\n", POLICY: b"p\n", TWO: b"two\n"}
    assert after == {SPEC: b"1\n", "environment/new": b"n"}


def test_the_sides_are_those_of_a_full_read(origin: Path) -> None:
    repository = GitRepository.at(origin)
    commit(origin, "main", {SPEC: b"main went on\n"}, "main")

    before, after = repository.read_change(
        "main", "change", whole=("config", "environment"), differing=()
    )

    assert before == repository.read("main~1", "config", "environment")
    assert after == repository.read("change", "config", "environment")
    assert [list(side) for side in (before, after)] == [sorted(before), sorted(after)]


def test_an_annotated_tag_and_a_detached_head_are_commits(origin: Path, tmp_path: Path) -> None:
    git(origin, "tag", "-a", "v1", "-m", "v1", "main")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    git(clone, "checkout", "--quiet", "--detach", "origin/change")

    assert contents(GitRepository.at(clone), "v1", "HEAD") == contents(GitRepository.at(origin))


def test_a_repository_of_sha256_is_read_alike(tmp_path: Path, origin: Path) -> None:
    root = tmp_path / "sha256.git"
    git(tmp_path, "init", "--quiet", "--bare", "--object-format=sha256", str(root))
    git(root, "fast-import", "--quiet", stdin=_exported(origin))

    assert contents(GitRepository.at(root)) == contents(GitRepository.at(origin))


def _exported(root: Path) -> bytes:
    command = ["git", "-C", str(root), "fast-export", "--all"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_a_submodule_comes_empty(origin: Path) -> None:
    commit(origin, "other", {}, "main")
    oid = git(origin, "rev-parse", "main")
    stream = (
        "commit refs/heads/other\ncommitter A <a@b> 0 +0000\ndata 1\nx\n"
        f"from refs/heads/other^0\nM 160000 {oid} environment/sub\n"
    )
    git(origin, "fast-import", "--quiet", stdin=stream.encode())

    _, after = GitRepository.at(origin).read_change("main", "other", whole=WHOLE, differing=())

    assert (after["environment/sub"].mode, after["environment/sub"].data) == (SUBMODULE, b"")


def test_four_processes_read_a_change(origin: Path, traced: list[str]) -> None:
    contents(GitRepository.at(origin))

    assert traced == ["rev-parse", "ls-tree", "diff-tree", "cat-file"]


def test_a_partial_clone_brings_what_it_lacks_at_once(
    origin: Path, tmp_path: Path, traced: list[str]
) -> None:
    clone = tmp_path / "clone"
    url = origin.as_uri()
    git(tmp_path, "clone", "--quiet", "--bare", "--filter=blob:none", url, str(clone))
    packs = len(list(clone.glob("objects/pack/*.pack")))

    found = contents(GitRepository.at(clone))

    assert found == contents(GitRepository.at(origin))
    assert traced[:5] == ["rev-parse", "ls-tree", "diff-tree", "fetch", "cat-file"]
    # One blob at a time would leave a pack for each.
    assert len(list(clone.glob("objects/pack/*.pack"))) == packs + 1


def test_a_partial_clone_that_has_all_needs_no_origin(origin: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", origin.as_uri(), str(clone))
    wanted = contents(GitRepository.at(clone), "origin/main", "origin/change")
    origin.rename(tmp_path / "gone")

    assert contents(GitRepository.at(clone), "origin/main", "origin/change") == wanted


def test_a_partial_clone_without_its_origin_says_what_it_lacks(
    origin: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--bare", "--filter=blob:none", origin.as_uri(), str(clone))
    origin.rename(tmp_path / "gone")

    with pytest.raises(BotError, match=r"^git cat-file failed: .*promisor remote"):
        contents(GitRepository.at(clone))


@pytest.mark.parametrize(
    ("main", "head", "named"),
    [
        pytest.param("nowhere", "change", "`nowhere`", id="base"),
        pytest.param("main", "nowhere", "`nowhere`", id="head"),
        pytest.param("main", "main:README.md", "`main:README.md`", id="a file"),
        pytest.param("--all", "main", "`--all`", id="an option"),
        pytest.param("main", "main..change", "`main..change`", id="a range"),
    ],
)
def test_what_is_no_commit_is_named(origin: Path, main: str, head: str, named: str) -> None:
    with pytest.raises(BotError, match=rf"^There is no commit {named} in "):
        contents(GitRepository.at(origin), main, head)


def test_without_a_common_ancestor_it_says_so(origin: Path) -> None:
    commit(origin, "orphan", {SPEC: b"another beginning\n"})

    with pytest.raises(BotError, match=r"^main and orphan share no history\."):
        contents(GitRepository.at(origin), head="orphan")


def test_a_shallow_clone_is_told_how_to_find_the_ancestor(origin: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    commit(origin, "main", {SPEC: b"main went on\n"}, "main")
    options = ("--quiet", "--depth=1", "--no-single-branch")
    git(tmp_path, "clone", *options, origin.as_uri(), str(clone))

    with pytest.raises(BotError, match=r"shallow clone; .*`git fetch --unshallow`"):
        contents(GitRepository.at(clone), "origin/main", "origin/change")


def test_outside_of_a_repository_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(BotError, match=r"^git rev-parse failed: fatal: not a git repository"):
        contents(GitRepository.at(tmp_path))
