"""The pull request that takes a merge back: what its commit holds, and what a repetition does."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.git import GitRepository
from bot.core.config.circuit import CircuitId
from bot.core.gates.rollback import NotRollback, Rollback
from bot.core.production.journal import Journal, JournalEntry, to_bytes
from bot.core.pull_request import Comment, PullRequest
from bot.core.refusal import Refusal
from bot.errors import BotError, UserError
from bot.handlers.context import Context, read_rules
from bot.handlers.journal import FILE, release_ref
from bot.handlers.ref_record import RefRecord, write_record
from bot.handlers.rollback import recognise_rollback, why_no_rollback
from bot.handlers.take_back import TakenBack, open_rollback
from tests.handlers.conftest import NOON, RacedRepository
from tests.sample_pull import PULL

C001, C002 = (f"config/plants/P001/C00{number}.yml" for number in (1, 2))
SPEC, SCORE = "environment/environment.yml", "environment/src/score.py"
ASKED = Comment(77, "lise", by_bot=False, body="/rollback", created_at=NOON, edited=False)
Files = Mapping[str, bytes | str | None]


@dataclass
class Desk:
    """The part of GitHub that opens pull requests, and knows which commit one brought."""

    repository: GitRepository
    brought: dict[str, PullRequest] = field(default_factory=dict)
    opened: list[PullRequest] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    is_away: bool = False

    def address(self, login: str) -> str:
        return f"7+{login}@users.noreply.github.com"

    def pulls_with(self, commit: str) -> tuple[PullRequest, ...]:
        return (self.brought[commit],) if commit in self.brought else ()

    def open_pulls(self) -> tuple[PullRequest, ...]:
        return tuple(self.opened)

    def open_pull(self, head: str, base: str, title: str, body: str) -> PullRequest:
        self.texts.append(body)
        if self.is_away:
            raise BotError("GitHub did not let envbot open a pull request from it: 502.")
        commit = self.repository.read_ref(f"refs/heads/{head}")
        assert commit
        pull = merged_pull(100 + len(self.opened), commit, None, title=title)
        self.opened.append(replace(pull, head_branch=head, base_branch=base, open=True))
        return self.opened[-1]


def merged_pull(
    number: int, head: str, merge: str | None, *, title: str = "Log more [skip ci]"
) -> PullRequest:
    return replace(
        PULL,
        number=number,
        title=title,
        author="ada",
        head=head,
        head_branch=f"change-{number}",
        base="",
        open=False,
        created_at=NOON,
        merged_at=NOON if merge else None,
        merge_commit=merge,
    )


@dataclass
class Fleet:
    """A main with two circuits, which people merge into."""

    context: Context
    repository: GitRepository
    desk: Desk
    main: str
    count: int = 0

    def merge(self, files: Files, *, style: str = "merge") -> PullRequest:
        """Merge a pull request with these files in one of GitHub's ways."""
        self.count += 1
        at = NOON + timedelta(minutes=self.count)
        head = self.repository.commit((self.main,), files, "Change", at=at)
        first = self.repository.commit((self.main,), dict([*files.items()][:1]), "1st", at=at)
        onto = {"merge": (self.main, head), "squash": (self.main,), "rebase": (first,)}[style]
        commit = self.repository.commit(onto, files, "Merge", at=at + timedelta(seconds=1))
        pull = merged_pull(self.count, head, commit)
        self.desk.brought |= {commit: pull} | ({first: pull} if style == "rebase" else {})
        self.push(commit)
        return pull

    def push(self, commit: str) -> None:
        assert self.repository.push(commit, "main")
        self.main = commit
        self.context = replace(self.context, rules=read_rules(self.repository, commit))

    def edit(self, path: str, before: bytes, after: bytes) -> dict[str, bytes]:
        data = self.repository.read(self.main, path)[path].data
        assert before in data
        return {path: data.replace(before, after)}

    def release(self, before: bytes, after: bytes) -> dict[str, bytes]:
        """Return what releases a version: environment, both circuits and a document."""
        return {
            "CHANGELOG.md": b"- " + after,
            **self.edit(SPEC, before, after),
            SCORE: b"# " + after,
            **self.edit(C001, before, after),
            **self.edit(C002, before, after),
        }

    def roll_back(self, pull: PullRequest, reason: str = "") -> TakenBack:
        return open_rollback(self.context, pull, ASKED, reason)

    def retrain(self, path: str, times: int) -> None:
        """Merge that often a new cutoff date of one circuit."""
        data, main = self.repository.read(self.main, path)[path].data, self.main
        for number in range(times):
            edited = data + f"# Retrained for the {number}th time\n".encode()
            dated = edited.replace(b"2025-09", f"20{number + 10}-09".encode())
            main = self.repository.commit((main,), {path: dated}, "Retrain", at=NOON)
        self.push(main)

    def write_journal(self, main: str, circuit: str, version: str) -> None:
        """Write down that a circuit ran this version of its model before the apply of `main`."""
        model = f"azureml:sensor_model_P001_{circuit}:{version}"
        entry = JournalEntry("P001", circuit, "endpoint", circuit, None, model, {}, "")
        journal = Journal(main[:12], main, "f", "run", NOON.isoformat(), (entry,))
        self.write_record(main, to_bytes(journal))

    def write_record(self, main: str, data: bytes) -> None:
        ref, nothing = release_ref(main), RefRecord(None, None)
        assert write_record(
            self.repository, ref, FILE, data, seen=nothing, message="Journal", at=NOON
        )

    def refusal(self, pull: PullRequest) -> Refusal:
        with pytest.raises(UserError) as caught:
            self.roll_back(pull)
        return caught.value.refusal


@pytest.fixture
def fleet(context: Context, repository: RacedRepository) -> Fleet:
    data = repository.read(context.rules.main, C001)[C001].data
    second = {C002: data.replace(b"C001", b"C002")}
    main = repository.commit((context.rules.main,), second, "Add C002", at=NOON)
    assert repository.push(main, "main")
    desk = Desk(repository)
    hosting: Any = desk
    rules = read_rules(repository, main)
    return Fleet(replace(context, hosting=hosting, rules=rules), repository, desk, main)


@pytest.mark.parametrize("style", ["merge", "squash", "rebase"])
def test_a_release_goes_back_with_its_documents_left(fleet: Fleet, style: str) -> None:
    before = fleet.main
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"), style=style)

    taken = fleet.roll_back(pull)

    assert fleet.repository.parents(taken.pull.head) == (fleet.main,)
    assert fleet.repository.changed_paths(before, taken.pull.head) == ("CHANGELOG.md",)
    assert taken.edit is not None
    assert taken.edit.others == ("CHANGELOG.md",)
    assert isinstance(recognise_rollback(fleet.context, taken.pull), Rollback)


def test_its_commit_is_by_whoever_asked(fleet: Fleet) -> None:
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))

    taken = fleet.roll_back(pull)

    said = fleet.repository.git.text("log", "-1", "--format=%an %ae|%cn", taken.pull.head)
    assert said == "lise 7+lise@users.noreply.github.com|envbot"


def test_the_title_says_why_and_commands_nothing(fleet: Fleet) -> None:
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))

    assert fleet.roll_back(pull).pull.title == "Roll back #1: Log more (skip ci)"


def test_a_reason_that_was_given_is_the_title(fleet: Fleet) -> None:
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))

    assert fleet.roll_back(pull, "scores drift").pull.title == "Roll back #1: scores drift"


def test_a_circuit_that_moved_on_stays(fleet: Fleet) -> None:
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))
    moved = fleet.edit(C002, b"1.5.1", b"1.5.2")
    fleet.merge({**moved})

    taken = fleet.roll_back(pull)

    assert taken.edit is not None
    assert [str(circuit) for circuit in taken.edit.left] == ["P001/C002"]
    assert fleet.repository.read(taken.pull.head, C002)[C002].data == moved[C002]
    found = recognise_rollback(fleet.context, taken.pull)
    assert isinstance(found, Rollback)
    assert {str(one.circuit) for one in found.moved_on} == {"P001/C002"}


def test_a_circuit_edited_beside_its_version_goes_back_with_the_edit(fleet: Fleet) -> None:
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))
    tuned = fleet.edit(C001, b"plant_id", b"# Tuned on Monday\nplant_id")
    fleet.merge({**tuned})

    taken = fleet.roll_back(pull)

    data = fleet.repository.read(taken.pull.head, C001)[C001].data
    assert data == tuned[C001].replace(b"1.5.1", b"1.5.0")


def test_a_second_command_finds_the_open_pull_request(fleet: Fleet) -> None:
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))
    first = fleet.roll_back(pull)

    assert fleet.roll_back(pull) == TakenBack(first.pull)


def test_a_run_killed_between_push_and_opening_is_repeated_harmlessly(fleet: Fleet) -> None:
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))
    fleet.desk.is_away = True
    with pytest.raises(BotError, match=r"502.*the branch envbot/rollback-1-"):
        fleet.roll_back(pull)
    fleet.desk.is_away = False

    taken = open_rollback(fleet.context, pull, replace(ASKED, author="marie"), "")

    author = fleet.repository.git.text("log", "-1", "--format=%an", taken.pull.head)
    assert author == "lise"
    assert len(fleet.desk.opened) == 1


def test_a_branch_of_somebody_else_is_not_touched(fleet: Fleet) -> None:
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))
    theirs = fleet.repository.commit((fleet.main,), {"x": b"y"}, "Mine", at=NOON)
    branch = f"envbot/rollback-1-{fleet.main[:7]}"
    assert fleet.repository.push(theirs, branch)

    assert fleet.refusal(pull).code == "ROLLBACK_BRANCH_TAKEN"
    assert fleet.repository.read_ref(f"refs/heads/{branch}") == theirs


def test_an_environment_that_moved_on_is_a_conflict_that_names_files_and_merges(
    fleet: Fleet,
) -> None:
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))
    fleet.merge(fleet.release(b"1.5.1", b"1.5.2"))

    refused = fleet.refusal(pull)

    assert refused.code == "ROLLBACK_CONFLICT"
    assert f"`{SPEC}`, `{SCORE}`" in refused.facts[0]
    assert "#2" in refused.facts[1]
    assert refused.next.startswith("`/rollback` on #2 first")


def test_the_latest_first_takes_two_releases_back(fleet: Fleet) -> None:
    before = fleet.main
    first = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))
    second = fleet.merge(fleet.release(b"1.5.1", b"1.5.2"))
    fleet.push(fleet.roll_back(second).pull.head)

    taken = fleet.roll_back(first)

    assert fleet.repository.changed_paths(before, taken.pull.head) == ("CHANGELOG.md",)


def test_what_is_taken_back_already_leaves_nothing_to_do(fleet: Fleet) -> None:
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))
    fleet.push(fleet.roll_back(pull).pull.head)
    fleet.desk.opened.clear()

    assert fleet.refusal(pull).code == "ROLLBACK_NOTHING"


def test_a_merge_that_main_no_longer_holds_is_refused(fleet: Fleet) -> None:
    child = fleet.repository.commit((fleet.main,), {"x": b"z"}, "Not merged", at=NOON)
    assert fleet.repository.push(child, "other")

    assert fleet.refusal(merged_pull(9, child, child)).code == "ROLLBACK_NOTHING"


def test_taking_a_rollback_back_is_a_release(fleet: Fleet) -> None:
    released = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))
    fleet.push(fleet.roll_back(released).pull.head)
    back = merged_pull(50, fleet.main, fleet.main)

    taken = fleet.roll_back(back)

    assert fleet.repository.changed_paths(str(released.merge_commit), taken.pull.head) == ()
    found = recognise_rollback(fleet.context, taken.pull)
    assert found == NotRollback(SPEC, "raises a version, 1.5.0 → 1.5.1")


@pytest.mark.parametrize("circuit", [C001, C002])
def test_a_rollback_is_one_however_often_circuits_were_retrained_since(
    fleet: Fleet, circuit: str
) -> None:
    pull = fleet.merge(fleet.release(b"1.5.0", b"1.5.1"))
    fleet.retrain(circuit, 60)

    found = recognise_rollback(fleet.context, fleet.roll_back(pull).pull)

    assert isinstance(found, Rollback)
    assert found.restores == fleet.repository.parents(str(pull.merge_commit))[0]


def test_a_config_goes_back_however_often_others_were_retrained_since(fleet: Fleet) -> None:
    pull = fleet.merge({**fleet.edit(C001, b"1.5.0", b"1.5.1")})
    fleet.retrain(C002, 60)

    taken = fleet.roll_back(pull)

    assert isinstance(recognise_rollback(fleet.context, taken.pull), Rollback)
    assert why_no_rollback(fleet.context, taken.pull) == ""


def test_a_config_that_changed_too_often_since_is_told_to_be_too_old(fleet: Fleet) -> None:
    pull = fleet.merge({**fleet.edit(C001, b"1.5.0", b"1.5.1")})
    fleet.retrain(C001, 60)

    why = why_no_rollback(fleet.context, fleet.roll_back(pull).pull)

    assert why.endswith("nor in the last 50 states of these circuits")


PIN = b'deployment:\n  model_version: "2"\n'


@pytest.fixture
def pin(fleet: Fleet) -> PullRequest:
    """Merge a model for C001, the first that main names for it."""
    data = fleet.repository.read(fleet.main, C001)[C001].data
    return fleet.merge({C001: data + PIN})


def model_of(fleet: Fleet, taken: TakenBack) -> str:
    data = fleet.repository.read(taken.pull.head, C001)[C001].data
    return data.decode().partition("model_version: ")[2].strip("'\n")


def test_a_model_goes_back_to_the_one_that_ran_before_it(fleet: Fleet, pin: PullRequest) -> None:
    fleet.write_journal(fleet.main, "C001", "1")

    taken = fleet.roll_back(pin)

    assert model_of(fleet, taken) == "1"
    assert "P001/C001 model `1`" in fleet.desk.texts[0]


def test_a_model_that_main_never_named_is_no_rollback(fleet: Fleet, pin: PullRequest) -> None:
    """A journal is a ref that any writer can rewrite; it opens no gate."""
    fleet.write_journal(fleet.main, "C001", "1")

    taken = fleet.roll_back(pin)

    assert recognise_rollback(fleet.context, taken.pull) is None
    assert "sets a value that main did not hold" in why_no_rollback(fleet.context, taken.pull)


def test_a_later_apply_tells_as_well(fleet: Fleet, pin: PullRequest) -> None:
    fleet.merge({"docs/note.md": b"A note"})
    fleet.write_journal(fleet.main, "C001", "1")

    assert model_of(fleet, fleet.roll_back(pin)) == "1"


def test_an_apply_of_before_the_merge_tells_nothing(fleet: Fleet) -> None:
    fleet.write_journal(fleet.main, "C001", "1")
    data = fleet.repository.read(fleet.main, C001)[C001].data
    pin = fleet.merge({C001: data + PIN})

    taken = fleet.roll_back(pin)

    assert taken.edit is not None
    assert taken.edit.kept == {CircuitId("P001", "C001"): "2"}


@pytest.mark.parametrize("record", [None, b"no journal"])
def test_a_model_stays_and_is_told_where_nobody_knows_what_ran_before(
    fleet: Fleet, pin: PullRequest, record: bytes | None
) -> None:
    if record:
        fleet.write_record(fleet.main, record)

    taken = fleet.roll_back(pin)

    assert not model_of(fleet, taken)
    assert "the model stays, because main named none before: P001/C001" in fleet.desk.texts[0]
    assert isinstance(recognise_rollback(fleet.context, taken.pull), Rollback)


def test_a_release_that_named_a_model_stays_a_rollback(fleet: Fleet) -> None:
    """With a model that main never named, `environment/` could not go back at all."""
    release = fleet.release(b"1.5.0", b"1.5.1")
    pull = fleet.merge({**release, C001: release[C001] + PIN})
    fleet.write_journal(fleet.main, "C001", "1")

    taken = fleet.roll_back(pull)

    assert taken.edit is not None
    assert taken.edit.kept == {CircuitId("P001", "C001"): "2"}
    assert isinstance(recognise_rollback(fleet.context, taken.pull), Rollback)
