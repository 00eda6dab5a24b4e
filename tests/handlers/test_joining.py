"""Two bumps meet: what is made anew, what is left to people, and what nobody may lose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from subprocess import CompletedProcess
from typing import Any

import pytest

from bot.adapters.git.process import Git
from bot.core.environment_layout import SPEC_PATH
from bot.core.obstacles import obstacles
from bot.core.review import Review, review
from bot.handlers.bump import Edit, edit_due, edit_for
from bot.handlers.context import Context, read_rules
from bot.handlers.sources import read_sources
from tests.handlers.conftest import NOON

PLANTS = "config/plants"
SCORE = "environment/src/score.py"
FEATURES = "environment/src/features.py"
PLAIN = 'plant_id: "P002"\ncircuit_id: "{0}"\ntraining:\n  environment_version: "{1}"\n'
Files = Mapping[str, bytes | None]


def circuit(number: int, version: str, tail: str = "") -> dict[str, bytes]:
    name = f"C{number:03}"
    return {f"{PLANTS}/P002/{name}.yml": (PLAIN.format(name, version) + tail).encode()}


def odd(version: str, note: str = "# site: north") -> dict[str, bytes]:
    """Return a circuit with another style in every respect."""
    text = f"{note}\nplant_id: 'P002'\ncircuit_id: C900\ntraining:\n"
    text += f"    cutoff_date: '2025-01-01'  # é\n    environment_version: '{version}' # as tested"
    return {f"{PLANTS}/P002/C900.yml": b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()}


@dataclass
class Fork:
    """A commit of main, and two that continue it: main now, and the head of a pull request."""

    context: Context
    base: str
    main: str = ""
    head: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tree = self.context.repository.read(self.base, "config", "environment")
        self.files = {path: file.data for path, file in tree.items()}
        self.main = self.main or self.base
        self.head = self.head or self.base

    def begin(self, *circuits: Files) -> "Fork":
        """Return a fork from a commit that has these circuits too."""
        files = {path: data for one in circuits for path, data in one.items()}
        base = self.context.repository.commit((self.base,), files, "More circuits", at=NOON)
        return Fork(self.context, base)

    def move_main(self, *edits: Files) -> None:
        self.main = self._commit(self.main, edits)

    def move_head(self, *edits: Files) -> None:
        self.head = self._commit(self.head, edits)

    def spec(self, version: str, **tags: str) -> dict[str, bytes]:
        data = self.files[SPEC_PATH].replace(b'version: "1.5.0"', f'version: "{version}"'.encode())
        for tag, value in tags.items():
            start = data.index(f"{tag}: ".encode())
            end = data.index(b"\n", start)
            data = data[:start] + f'{tag}: "{value}"'.encode() + data[end:]
        return {SPEC_PATH: data}

    def comment(self, path: str, text: str) -> dict[str, bytes]:
        return {path: f"# {text}\n".encode() + self.files[path]}

    def review(self) -> Review:
        repository = self.context.repository
        rules = read_rules(repository, self.main)
        sources = read_sources(repository, self.main, self.head)
        return review(sources, rules.platform, rules.policy)

    def result(self, edit: Edit | None) -> dict[str, bytes]:
        """Return the files that the head would have after `edit`."""
        assert edit is not None
        files: dict[str, bytes | str] = {**edit.regenerated, **edit.files}
        if edit.tree_id:
            files[""] = edit.tree_id
        made = self.context.repository.commit((self.head,), files, "Result", at=NOON)
        tree = self.context.repository.read(made, "config", "environment")
        return {path: file.data for path, file in tree.items()}

    def _commit(self, parent: str, edits: tuple[Files, ...]) -> str:
        files = {path: data for one in edits for path, data in one.items()}
        return self.context.repository.commit((parent,), files, "Edit", at=NOON)


@pytest.fixture
def fork(context: Context) -> Fork:
    """Return a fork whose sides have three circuits at 1.5.0 beside the one of the sample."""
    begun = Fork(context, context.rules.main)
    return begun.begin(circuit(1, "1.5.0"), circuit(2, "1.5.0"), odd("1.5.0"))


def sample(fork: Fork, version: str) -> dict[str, bytes]:
    path = f"{PLANTS}/P001/C001.yml"
    return {path: fork.files[path].replace(b"1.5.0", version.encode())}


def bumped(fork: Fork, version: str) -> tuple[Files, ...]:
    """Return the edits of a bump of all four circuits."""
    return (
        fork.spec(version),
        sample(fork, version),
        circuit(1, version),
        circuit(2, version),
        odd(version),
    )


@pytest.fixture
def met(fork: Fork) -> Fork:
    """Return a fork after main took 1.5.1, while the head goes for 1.5.2."""
    fork.move_main(*bumped(fork, "1.5.1"), fork.comment(FEATURES, "Main's."))
    fork.move_head(*bumped(fork, "1.5.2"), fork.comment(SCORE, "Ours."))
    return fork


def test_two_bumps_become_one_with_the_head_version(met: Fork) -> None:
    edit = edit_due(met.review())

    result = met.result(edit)
    expected = {**met.files, **met.comment(FEATURES, "Main's."), **met.comment(SCORE, "Ours.")}
    for one in bumped(met, "1.5.2"):
        expected |= {path: data or b"" for path, data in one.items()}
    assert result == expected


def test_what_was_made_anew_is_told(met: Fork) -> None:
    edit = edit_due(met.review())

    assert edit is not None
    assert sorted(edit.regenerated) == [
        f"{PLANTS}/P001/C001.yml",
        f"{PLANTS}/P002/C001.yml",
        f"{PLANTS}/P002/C002.yml",
        f"{PLANTS}/P002/C900.yml",
        SPEC_PATH,
    ]
    assert edit.circuits == 4


def test_the_page_says_that_a_bump_resolves_the_conflict(met: Fork) -> None:
    (found,) = [one for one in obstacles(met.review(), "tom") if one.code == "MERGE_CONFLICT"]

    assert found.next == "`/bump 1.5.2`, which merges main in"


def test_other_edits_of_both_sides_survive_in_a_file_that_conflicts(fork: Fork) -> None:
    fork.move_main(fork.spec("1.5.1"), circuit(1, "1.5.1", "notes: {main: 'x'}\n"))
    before = "# by us\n"
    ours = {path: before.encode() + data for path, data in circuit(1, "1.5.2").items()}
    fork.move_head(fork.spec("1.5.2"), ours, fork.comment(SCORE, "Ours."))

    result = fork.result(edit_due(fork.review()))

    path = f"{PLANTS}/P002/C001.yml"
    tail = circuit(1, "1.5.2", "notes: {main: 'x'}\n")[path]
    assert result[path] == before.encode() + tail


def test_a_breaking_head_pins_production_to_what_main_runs_now(fork: Fork) -> None:
    fork.move_main(*bumped(fork, "1.5.1"), fork.comment(FEATURES, "Main's."))
    pin = 'deployment:\n  environment_version: "1.5.0"\n'
    tags = {"backward_compatible": "false", "requires_retrain": "true"}
    fork.move_head(
        fork.spec("2.0.0", **tags),
        circuit(1, "2.0.0", pin),
        circuit(2, "2.0.0", pin),
        {SCORE: b"import os\n"},
    )

    result = fork.result(edit_for(fork.review(), "2.0.0", from_version=None, selector=None))

    now = pin.replace("1.5.0", "1.5.1")
    for number in (1, 2):
        ((path, data),) = circuit(number, "2.0.0", now).items()
        assert result[path] == data
    assert b'version: "2.0.0"' in result[SPEC_PATH]
    assert b'backward_compatible: "false"' in result[SPEC_PATH]


def test_what_main_decided_otherwise_about_a_circuit_stays(met: Fork) -> None:
    met.move_main(circuit(2, "1.4.9"))

    found = met.review()

    assert (
        met.result(edit_due(found))[f"{PLANTS}/P002/C002.yml"]
        == (circuit(2, "1.4.9")[f"{PLANTS}/P002/C002.yml"])
    )
    assert found.bump is not None
    assert [(str(one.circuit), one.version) for one in found.bump.outliers] == [
        ("P002/C002", "1.4.9")
    ]


def test_a_circuit_that_the_head_takes_along_is_taken_along(fork: Fork) -> None:
    behind = fork.begin(circuit(3, "1.4.9"))
    behind.move_main(
        behind.spec("1.5.1"), circuit(1, "1.5.1"), circuit(3, "1.4.9", "owner: main\n")
    )
    behind.move_head(
        behind.spec("1.5.2"),
        circuit(1, "1.5.2"),
        circuit(3, "1.5.2", "team: ours\n"),
        behind.comment(SCORE, "Ours."),
    )
    # Both put a line at the end of C003: that is for people.
    assert behind.review().sources.conflicts == (f"{PLANTS}/P002/C003.yml",)

    behind.move_main(circuit(3, "1.4.9"))
    result = behind.result(edit_due(behind.review()))

    ((path, data),) = circuit(3, "1.5.2", "team: ours\n").items()
    assert result[path] == data


@pytest.mark.parametrize(
    ("ours", "theirs", "files"),
    [
        pytest.param(
            circuit(1, "1.5.1", "notes: a\n"),
            circuit(1, "1.5.2", "notes: b\n"),
            ["config/plants/P002/C001.yml"],
            id="another line of a circuit",
        ),
        pytest.param(
            circuit(1, "1.5.1"),
            circuit(1, "1.4.0"),
            ["config/plants/P002/C001.yml"],
            id="a version that somebody chose",
        ),
        pytest.param(
            circuit(1, "1.5.1"),
            {f"{PLANTS}/P002/C001.yml": None},
            ["config/plants/P002/C001.yml"],
            id="a circuit that is gone",
        ),
        pytest.param(
            circuit(1, "1.5.1"),
            {f"{PLANTS}/P002/C001.yml": b"a: 1\na: 2\n"},
            ["config/plants/P002/C001.yml"],
            id="a circuit that cannot be read",
        ),
        pytest.param(
            {**circuit(1, "1.5.1"), "README.md": b"a\n"},
            {**circuit(1, "1.5.2"), "README.md": b"b\n"},
            ["README.md"],
            id="another file, and a circuit that is no problem",
        ),
    ],
)
def test_every_other_conflict_is_left_to_people_by_name(
    fork: Fork, ours: Files, theirs: Files, files: list[str]
) -> None:
    fork.move_main(fork.spec("1.5.1"), ours)
    fork.move_head(fork.spec("1.5.2"), theirs, fork.comment(SCORE, "Ours."))

    found = fork.review()

    assert list(found.sources.conflicts) == files
    assert edit_due(found) is None
    (refusal,) = [one for one in obstacles(found, "tom") if one.code == "MERGE_CONFLICT"]
    assert all(f"`{path}`" in refusal.headline for path in files)


def test_two_summaries_of_one_version_are_left_to_people(fork: Fork) -> None:
    fork.move_main(fork.spec("1.5.1", change_summary="Log more"), circuit(1, "1.5.1"))
    fork.move_head(fork.spec("1.5.2", change_summary="Log less"), circuit(1, "1.5.2"))

    assert fork.review().sources.conflicts == (SPEC_PATH,)


def test_a_circuit_that_main_added_meanwhile_is_not_left_behind(fork: Fork) -> None:
    fork.move_head(*bumped(fork, "1.5.1"), fork.comment(SCORE, "Ours."))
    assert edit_due(fork.review()) is None
    fork.move_main(circuit(7, "1.5.0"))

    found = fork.review()

    assert [one.code for one in obstacles(found, "tom")] == ["BUMP_OUTSTANDING"]
    edit = edit_due(found)
    assert edit is not None
    assert edit.tree_id is not None
    assert (
        fork.result(edit)[f"{PLANTS}/P002/C007.yml"]
        == (circuit(7, "1.5.1")[f"{PLANTS}/P002/C007.yml"])
    )


def test_a_main_that_moved_elsewhere_is_not_merged(fork: Fork) -> None:
    fork.move_main({"README.md": b"new\n"}, circuit(8, "1.4.0"))
    fork.move_head(fork.spec("1.5.1"), fork.comment(SCORE, "Ours."))

    edit = edit_due(fork.review())

    assert edit is not None
    assert edit.tree_id is None
    assert len(edit.files) == 4


def test_a_version_that_was_given_up_leaves_no_circuit_behind(fork: Fork) -> None:
    fork.move_head(*bumped(fork, "1.5.1"), {SCORE: b"import os\n"})

    edit = edit_for(fork.review(), "2.0.0", from_version=None, selector=None)

    result = fork.result(edit)
    pin = 'deployment:\n  environment_version: "1.5.0"\n'
    ((path, data),) = circuit(1, "2.0.0", pin).items()
    assert result[path] == data
    assert not [path for path, data in result.items() if b"1.5.1" in data]
    assert b'requires_retrain: "true"' in result[SPEC_PATH]


def test_a_lower_version_takes_production_along_again(fork: Fork) -> None:
    pin = 'deployment:\n  environment_version: "1.5.0"\n'
    fork.move_head(fork.spec("2.0.0"), circuit(1, "2.0.0", pin), fork.comment(SCORE, "Ours."))

    edit = edit_for(fork.review(), "1.5.1", from_version=None, selector=None)

    ((path, data),) = circuit(1, "1.5.1", pin.replace("1.5.0", "1.5.1")).items()
    assert fork.result(edit)[path] == data


def test_a_circuit_that_is_broken_on_main_blocks_instead_of_breaking(fork: Fork) -> None:
    fork.move_main({f"{PLANTS}/P002/C009.yml": b"a: 1\na: 2\n"})
    fork.move_head(fork.spec("1.5.1"), fork.comment(SCORE, "Ours."))

    found = fork.review()

    assert [problem.path for problem in found.problems] == [f"{PLANTS}/P002/C009.yml"] * len(
        found.problems
    )
    assert edit_due(found) is None


def test_five_hundred_conflicts_cost_no_more_processes_than_one(
    fork: Fork, monkeypatch: pytest.MonkeyPatch
) -> None:
    verbs: list[str] = []
    run = Git.run

    def counting(git: Git, *arguments: str, **options: Any) -> CompletedProcess[bytes]:
        verbs.append(arguments[0])
        return run(git, *arguments, **options)

    monkeypatch.setattr(Git, "run", counting)

    def processes(count: int) -> int:
        wide = fork.begin(*(circuit(number, "1.5.0") for number in range(100, 100 + count)))
        for version, move in (("1.5.1", wide.move_main), ("1.5.2", wide.move_head)):
            numbers = range(100, 100 + count)
            move(wide.spec(version), *(circuit(number, version) for number in numbers))
        verbs.clear()
        sources = read_sources(wide.context.repository, wide.main, wide.head)
        assert sources.joined is not None
        assert len(sources.joined.settled) == count + 1
        return len(verbs)

    assert processes(1) == processes(500)


def test_a_merge_without_a_new_version_is_left_to_its_author(fork: Fork) -> None:
    fork.move_main(*bumped(fork, "1.5.1"), fork.comment(FEATURES, "Main's."))
    fork.move_head(circuit(1, "1.4.9"))

    found = fork.review()

    assert edit_due(found) is None
    assert "MERGE_CONFLICT" in [one.code for one in obstacles(found, "tom")]
