import os
import subprocess
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.git import GitRepository, process
from bot.adapters.git.process import Git, GitError
from bot.errors import BotError

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
CONFIG = "config/plants/P001/C001.yml"


def _git(root: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(
        [
            "git",
            "-C",
            str(root),
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.com",
            *arguments,
        ],
        input=stdin,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    bare = tmp_path / "origin.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(bare)], check=True)
    _git(bare, "config", "uploadpack.allowAnySHA1InWant", "true")
    return bare


@pytest.fixture
def repository(tmp_path: Path, origin: Path) -> GitRepository:
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "--quiet", str(origin), str(clone)], check=True, capture_output=True
    )
    local = GitRepository.at(clone)
    first = local.commit((), {CONFIG: b"a: 1\n", "README.md": b"hello\n"}, "Begin", at=NOON)
    assert local.push(first, "main")
    local.fetch_branch("main")
    return local


def test_a_commit_holds_exactly_the_files_it_was_given(repository: GitRepository) -> None:
    main = repository.resolve("refs/remotes/origin/main")

    commit = repository.commit((main,), {CONFIG: b"a: 2\r\n", "README.md": None}, "Edit", at=NOON)

    tree = repository.read(commit)
    assert {path: file.data for path, file in tree.items()} == {CONFIG: b"a: 2\r\n"}
    assert repository.changed_paths(main, commit) == ("README.md", CONFIG)


def test_the_same_commit_made_twice_has_one_id(repository: GitRepository) -> None:
    main = repository.resolve("refs/remotes/origin/main")

    ids = {repository.commit((main,), {CONFIG: b"a: 2\n"}, "Edit", at=NOON) for _ in range(2)}

    assert len(ids) == 1


def test_a_commit_is_by_whoever_asked_for_it(repository: GitRepository) -> None:
    by = ("ada", "7+ada@users.noreply.github.com")

    commit = repository.commit((), {CONFIG: b"a: 1\n"}, "Go back", at=NOON, by=by)

    said = repository.git.text("log", "-1", "--format=%an %ae, %cn", commit)
    assert said == "ada 7+ada@users.noreply.github.com, envbot"


def test_making_a_commit_moves_no_ref(repository: GitRepository) -> None:
    before = repository.git.text("for-each-ref")
    main = repository.resolve("refs/remotes/origin/main")

    repository.commit((main,), {CONFIG: b"a: 2\n"}, "Edit", at=NOON)

    assert repository.git.text("for-each-ref") == before


@pytest.mark.parametrize(
    "path", ['quo"te.yml', "back\\slash.yml", "sp ace ünïcode.yml", "line\nbreak.yml"]
)
def test_odd_file_names_survive(repository: GitRepository, path: str) -> None:
    commit = repository.commit((), {path: b"x"}, "Odd", at=NOON)

    assert list(repository.read(commit)) == [path]


def test_reading_below_a_prefix_leaves_the_rest_unread(repository: GitRepository) -> None:
    assert list(repository.read("refs/remotes/origin/main", "config")) == [CONFIG]


def test_a_push_never_goes_over_a_newer_commit(repository: GitRepository) -> None:
    main = repository.resolve("refs/remotes/origin/main")
    theirs = repository.commit((main,), {CONFIG: b"a: theirs\n"}, "Theirs", at=NOON)
    ours = repository.commit((main,), {CONFIG: b"a: ours\n"}, "Ours", at=NOON)
    assert repository.push(theirs, "main")

    assert not repository.push(ours, "main")

    assert repository.fetch_branch("main") == theirs


def test_a_push_that_a_hook_declines_is_a_failure_and_not_a_lost_race(
    repository: GitRepository, origin: Path
) -> None:
    hook = origin / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    commit = repository.commit((), {"x": b""}, "X", at=NOON)

    with pytest.raises(BotError, match="declined"):
        repository.push(commit, "other")


def test_of_two_who_create_a_ref_one_wins(repository: GitRepository) -> None:
    ref = "refs/envbot/locks/production"
    mine = repository.commit((), {"lease.json": b"1"}, "Lease", at=NOON)
    other = repository.commit((), {"lease.json": b"2"}, "Lease", at=NOON)

    assert repository.write_ref(ref, mine, expected=None)
    assert not repository.write_ref(ref, other, expected=None)

    assert repository.read_ref(ref) == mine


def test_a_ref_whose_name_ends_like_another_is_not_taken_for_it(repository: GitRepository) -> None:
    ref = "refs/envbot/locks/production"
    mine, theirs = (repository.commit((), {"x": data}, "X", at=NOON) for data in (b"1", b"2"))
    assert repository.write_ref(f"refs/a/{ref}", theirs, expected=None)

    assert repository.read_ref(ref) is None

    assert repository.write_ref(ref, mine, expected=None)
    assert repository.read_ref(ref) == mine


def test_a_ref_is_deleted_only_while_it_is_what_was_expected(repository: GitRepository) -> None:
    ref = "refs/envbot/locks/production"
    mine, other = (repository.commit((), {"x": data}, "X", at=NOON) for data in (b"1", b"2"))
    assert repository.write_ref(ref, mine, expected=None)

    assert not repository.write_ref(ref, None, expected=other)
    assert repository.write_ref(ref, None, expected=mine)

    assert repository.read_ref(ref) is None


def test_a_merge_that_conflicts_has_no_tree(repository: GitRepository) -> None:
    main = repository.resolve("refs/remotes/origin/main")
    one = repository.commit((main,), {CONFIG: b"a: 2\n"}, "One", at=NOON)
    two = repository.commit((main,), {CONFIG: b"a: 3\n"}, "Two", at=NOON)
    aside = repository.commit((main,), {"other": b"x"}, "Aside", at=NOON)

    merged = repository.merge_tree(one, aside)

    assert repository.merge_tree(one, two) is None
    assert merged is not None
    assert set(repository.read(merged)) == {CONFIG, "README.md", "other"}


def test_history_lists_first_parent_commits_with_the_paths_they_changed(
    repository: GitRepository,
) -> None:
    root = repository.resolve("refs/remotes/origin/main")
    side = repository.commit((root,), {CONFIG: b"a: 2\n"}, "Side", at=NOON)
    other = repository.commit((root,), {"README.md": b"changed\n"}, "Unrelated", at=NOON)
    merge = repository.commit((other, side), {CONFIG: b"a: 2\n"}, "Merge", at=NOON)

    entries = repository.history(merge, ["config"])

    assert [(entry.commit, entry.before, entry.paths) for entry in entries] == [
        (merge, other, (CONFIG,)),
        (root, "", (CONFIG,)),
    ]


def test_file_changes_tell_what_a_first_parent_commit_made_of_which_blob(
    repository: GitRepository,
) -> None:
    root = repository.resolve("refs/remotes/origin/main")
    side = repository.commit((root,), {CONFIG: b"a: 2\n"}, "Side", at=NOON)
    later = NOON + timedelta(hours=1)
    merge = repository.commit((root, side), {CONFIG: b"a: 2\n"}, "Merge", at=later)
    gone = repository.commit((merge,), {CONFIG: None, "README.md": b"x\n"}, "Remove", at=later)

    changes = repository.file_changes(gone, ["config"])

    blobs = repository.blobs(oid for one in changes for oid in (one.before, one.after) if oid)
    shown = [(one.commit, one.at, one.path, one.before, one.after) for one in changes]
    first, second = (repository.read(commit)[CONFIG].oid for commit in (root, merge))
    assert shown == [
        (gone, later, CONFIG, second, ""),
        (merge, later, CONFIG, first, second),
        (root, NOON, CONFIG, "", first),
    ]
    assert blobs == {first: b"a: 1\n", second: b"a: 2\n"}


PLATFORM = "config/platform.yml"


def releases(repository: GitRepository, commits: int, files: int) -> list[str]:
    """Return the commits, newest first, of a main in which each changes every file."""
    made = [repository.resolve("refs/remotes/origin/main")]
    for number in range(commits):
        content = {f"config/plants/{one}.yml": b"%d" % number for one in range(files)}
        made.append(repository.commit((made[-1],), content, f"Release {number}", at=NOON))
    return made[:0:-1]


def test_of_each_file_no_more_changes_are_kept_than_are_asked_for(
    repository: GitRepository,
) -> None:
    commits = releases(repository, commits=30, files=150)
    paths = [f"config/plants/{one}.yml" for one in range(150)]

    changes = repository.newest_changes(commits[0], paths, PLATFORM, 2)

    assert len(changes) == 2 * 150
    assert list(dict.fromkeys(one.commit for one in changes)) == commits[:2]


def test_history_is_read_no_further_than_it_is_asked_for(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = releases(repository, commits=30, files=150)
    read, stream = [], Git.stream

    def counted(self: Git, *arguments: str) -> Generator[bytes, None, None]:
        for text in stream(self, *arguments):
            read.append(text)
            yield text

    monkeypatch.setattr(Git, "stream", counted)
    paths = [f"config/plants/{one}.yml" for one in range(150)]
    repository.newest_changes(commits[0], paths, PLATFORM, 2)

    headers = [text for text in read if text.startswith(b"\x01")]
    assert len(headers) == 3  # the third says that the second is over


@pytest.mark.parametrize("files", [2, 150], ids=["a few", "a fleet"])
def test_a_file_that_others_hide_is_found_below_them(repository: GitRepository, files: int) -> None:
    root = repository.resolve("refs/remotes/origin/main")
    first = repository.commit((root,), {"config/plants/0.yml": b"old"}, "First", at=NOON)
    for number in range(3):
        content = {f"config/plants/{one}.yml": b"%d" % number for one in range(1, files)}
        first = repository.commit((first,), content, f"Release {number}", at=NOON)
    paths = [f"config/plants/{one}.yml" for one in range(files)]

    changes = repository.newest_changes(first, paths, PLATFORM, 1)

    assert sorted(one.path for one in changes) == sorted(paths)


def test_the_platform_comes_along_as_far_back_as_the_files(repository: GitRepository) -> None:
    root = repository.resolve("refs/remotes/origin/main")
    commit, made = root, []
    for files in (
        {PLATFORM: b"0"},
        {"config/plants/0.yml": b"1", PLATFORM: b"1"},
        {PLATFORM: b"2"},
        {"config/plants/0.yml": b"3", "config/plants/other.yml": b"3"},
    ):
        commit = repository.commit((commit,), {**files}, "Move", at=NOON)
        made.append(commit)

    changes = repository.newest_changes(commit, ["config/plants/0.yml"], PLATFORM, 2)

    shown = [(one.commit, one.path) for one in changes]
    assert shown == [
        (made[3], "config/plants/0.yml"),
        (made[2], PLATFORM),
        (made[1], "config/plants/0.yml"),
        (made[1], PLATFORM),
    ]


def test_all_changes_of_a_file_come_where_no_number_is_named(repository: GitRepository) -> None:
    commits = releases(repository, commits=5, files=2)

    changes = repository.newest_changes(commits[0], ["config/plants/0.yml"], PLATFORM, None)

    assert [one.commit for one in changes] == commits


def test_of_no_files_nothing_is_asked(repository: GitRepository, traced: list[str]) -> None:
    assert repository.newest_changes("HEAD", [], PLATFORM, 2) == ()
    assert traced == []


def test_a_commit_that_is_not_there_ends_the_reading_of_its_history(
    repository: GitRepository,
) -> None:
    with pytest.raises(GitError, match=r"git log failed: .*bad object"):
        repository.newest_changes("1" * 40, [CONFIG], PLATFORM, 2)


def test_a_git_that_takes_too_long_is_ended(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nobody_writes = tmp_path / "pipe"
    os.mkfifo(nobody_writes)
    monkeypatch.setattr(process, "_TIMEOUT_SECONDS", 0)

    with pytest.raises(GitError, match="git hash-object took over 0 s"):
        list(repository.git.stream("hash-object", str(nobody_writes)))


def test_a_link_is_no_file_of_the_history(repository: GitRepository) -> None:
    root = repository.resolve("refs/remotes/origin/main")
    blob = _git(repository.git.root, "hash-object", "-w", "--stdin", stdin=b"elsewhere")
    entry = f"120000 blob {blob}\tREADME.md\n".encode()
    tree = _git(repository.git.root, "mktree", stdin=entry)
    link = _git(repository.git.root, "commit-tree", tree, "-p", root, "-m", "Link")

    (change, _) = repository.file_changes(link, ["README.md"])

    assert change.before
    assert not change.after


def test_a_blob_that_is_not_there_is_named(repository: GitRepository) -> None:
    with pytest.raises(BotError, match=f"no object {'1' * 40}"):
        repository.blobs(["1" * 40])


def test_an_unknown_revision_is_named(repository: GitRepository) -> None:
    with pytest.raises(BotError, match="no commit `nowhere`"):
        repository.resolve("nowhere")


def test_an_unreachable_origin_is_one_sentence(repository: GitRepository, origin: Path) -> None:
    origin.rename(origin.with_suffix(".gone"))

    with pytest.raises(BotError, match=r"^git fetch failed: .*") as caught:
        repository.fetch_branch("main")

    assert "\n" not in caught.value.what


def test_the_token_never_enters_the_repository(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    repository = GitRepository.at(tmp_path, token="s3cret-token", server="http://127.0.0.1:1/")

    repository.git.run("config", "--list")

    assert "s3cret" not in (tmp_path / ".git" / "config").read_text()
    assert "s3cret" not in repr(repository)
