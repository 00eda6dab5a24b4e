"""Which pull requests only take back what main had before, and which file gives others away."""

import hashlib
from collections.abc import Mapping

import pytest

from bot.core.config.circuit import CircuitId, circuit_path
from bot.core.gates.circuit_values import circuit_values
from bot.core.gates.rollback import (
    CircuitReturn,
    MovedOn,
    NotRollback,
    PastCommit,
    PullChanges,
    Rollback,
    recognise,
)
from bot.core.tree import EXECUTABLE, SYMLINK, File

ONE, TWO, THREE = (CircuitId("P001", f"C00{number}") for number in (1, 2, 3))
OLD_TREE, NEW_TREE = "1" * 40, "2" * 40
Texts = Mapping[str, str]


def config(version: str, *, model: str = "5", more: str = "") -> str:
    return (
        f'plant_id: "P001"\ntraining:\n  environment_version: "{version}"\n'
        f'  hyperparameters: {{units: 128}}\ndeployment:\n  model_version: "{model}"\n{more}'
    )


def files(texts: Texts, mode: str = "100644") -> dict[str, File]:
    return {
        path: File(path, mode, hashlib.sha1(text.encode()).hexdigest(), text.encode())  # noqa: S324 - git's own hash
        for path, text in texts.items()
    }


def fleet(one: str, two: str, **others: str) -> dict[str, str]:
    texts = {circuit_path(ONE): config(one), circuit_path(TWO): config(two)}
    return texts | {circuit_path(CircuitId("P001", name)): text for name, text in others.items()}


OLD = fleet("1.5.0", "1.5.0") | {"environment/src/score.py": "old"}
NEW = fleet("1.5.1", "1.5.1") | {"environment/src/score.py": "new"}


def past(commit: str, texts: Texts, tree: str) -> PastCommit:
    circuits = {
        CircuitId(*path.removeprefix("config/plants/").removesuffix(".yml").split("/")): (
            circuit_values(file)
        )
        for path, file in files(texts).items()
        if path.startswith("config/plants/")
    }
    return PastCommit(commit, tree, circuits)


HISTORY = (past("b" * 40, OLD, OLD_TREE), past("a" * 40, OLD, OLD_TREE))


def pull(base: Texts, head: Texts, tree: str = OLD_TREE, mode: str = "100644") -> PullChanges:
    paths = sorted(p for p in base.keys() | head.keys() if base.get(p) != head.get(p))
    return PullChanges(files(base), files(head, mode), tuple(paths), tree)


def test_a_revert_of_a_release_is_a_rollback_to_the_newest_fitting_commit() -> None:
    found = recognise(pull(NEW, OLD), HISTORY)

    field = "training.environment_version"
    assert found == Rollback(
        restores="b" * 40,
        circuits=(
            CircuitReturn(ONE, field, "1.5.1", "1.5.0"),
            CircuitReturn(TWO, field, "1.5.1", "1.5.0"),
        ),
        moved_on=(),
    )


@pytest.mark.parametrize(
    "rider",
    ["CHANGELOG.md", "evidence/1.5.1.ipynb", "evidence/README.md"],
)
def test_evidence_and_changelog_may_change_with_it(rider: str) -> None:
    assert isinstance(recognise(pull(NEW | {rider: "x"}, OLD), HISTORY), Rollback)


@pytest.mark.parametrize(
    ("rider", "named"),
    [
        pytest.param("bot/cli.py", "bot/cli.py", id="program"),
        pytest.param("config/policy.yml", "config/policy.yml", id="policy"),
        pytest.param("config/platform.yml", "config/platform.yml", id="platform"),
        pytest.param(".github/workflows/apply.yml", ".github/workflows/apply.yml", id="workflow"),
        pytest.param("docs/CHANGELOG.md", "docs/CHANGELOG.md", id="another changelog"),
        pytest.param("config/plants/P001.yml", "config/plants/P001.yml", id="misplaced config"),
        pytest.param(
            "config/plants/P001/x/C.yml", "config/plants/P001/x/C.yml", id="deeper config"
        ),
        pytest.param("environment2/x", "environment2/x", id="look-alike folder"),
    ],
)
def test_nothing_else_rides_along(rider: str, named: str) -> None:
    found = recognise(pull(NEW, OLD | {rider: "x"}), HISTORY)

    assert isinstance(found, NotRollback)
    assert found.path == named


def test_an_environment_that_main_never_had_disqualifies() -> None:
    found = recognise(pull(NEW, OLD | {"environment/src/score.py": "other"}, "9" * 40), HISTORY)

    assert isinstance(found, NotRollback)
    assert found.path == "environment/src/score.py"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(config("1.4.9"), id="another version"),
        pytest.param(config("1.5.0", model="6"), id="another model"),
        pytest.param(config("1.5.0", more='x: "1"\n'), id="another key"),
        pytest.param(config("1.5.0").replace("128", "64"), id="another hyperparameter"),
        pytest.param(config("1.5.0").replace("128", '"128"'), id="another type"),
    ],
)
def test_a_value_that_the_circuit_did_not_hold_disqualifies(text: str) -> None:
    found = recognise(pull(NEW, OLD | {circuit_path(TWO): text}), HISTORY)

    assert isinstance(found, NotRollback)
    assert found.path == circuit_path(TWO)


def test_values_of_different_commits_do_not_add_up() -> None:
    older = fleet("1.4.9", "1.4.9")
    history = (past("b" * 40, OLD, OLD_TREE), past("a" * 40, older, OLD_TREE))

    found = recognise(pull(NEW, OLD | {circuit_path(TWO): config("1.4.9")}), history)

    assert isinstance(found, NotRollback)


def test_a_circuit_that_moved_on_is_left_alone_and_listed() -> None:
    moved = NEW | {circuit_path(TWO): config("1.5.1", model="6")}

    found = recognise(pull(moved, OLD | {circuit_path(TWO): moved[circuit_path(TWO)]}), HISTORY)

    assert isinstance(found, Rollback)
    assert [change.circuit for change in found.circuits] == [ONE]
    assert found.moved_on == (
        MovedOn(TWO, "training.environment_version", "1.5.0", "1.5.1"),
        MovedOn(TWO, "deployment.model_version", "5", "6"),
    )


def test_configs_alone_can_return() -> None:
    """After a bulk edit of its own commit, environment/ is the same before and after."""
    history = (past("b" * 40, OLD, NEW_TREE), past("a" * 40, OLD, OLD_TREE))

    found = recognise(pull(fleet("1.5.1", "1.5.1"), fleet("1.5.0", "1.5.0"), NEW_TREE), history)

    assert isinstance(found, Rollback)
    assert found.restores == "b" * 40


def test_a_circuit_added_since_may_go_again() -> None:
    found = recognise(pull(NEW | fleet("1.5.1", "1.5.1", C003=config("1.5.1")), OLD), HISTORY)

    assert isinstance(found, Rollback)
    assert {change.after for change in found.circuits if change.circuit == THREE} == {None}


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(NEW, id="nothing"),
        pytest.param(NEW | {"CHANGELOG.md": "x"}, id="changelog"),
        pytest.param(NEW | {circuit_path(ONE): f"# note\n{config('1.5.1')}"}, id="a comment"),
    ],
)
def test_what_takes_nothing_back_is_no_rollback(head: Texts) -> None:
    assert isinstance(recognise(pull(NEW, head, NEW_TREE), HISTORY), NotRollback)


@pytest.mark.parametrize("mode", [SYMLINK, EXECUTABLE])
def test_a_config_that_is_no_regular_file_disqualifies(mode: str) -> None:
    found = recognise(pull(NEW, OLD, mode=mode), HISTORY)

    assert found == NotRollback(circuit_path(ONE), "cannot be read as a circuit's config")


def test_a_config_that_cannot_be_read_disqualifies() -> None:
    found = recognise(pull(NEW, OLD | {circuit_path(TWO): "a: &x 1\nb: *x\n"}), HISTORY)

    assert isinstance(found, NotRollback)
    assert found.path == circuit_path(TWO)


def test_without_history_nothing_is_a_rollback() -> None:
    assert isinstance(recognise(pull(NEW, OLD), ()), NotRollback)


@pytest.mark.parametrize(
    ("history", "path", "reason"),
    [
        pytest.param(
            (), "environment/src/score.py",
            "leaves environment/ as main did not have it in its last 50 releases",
            id="an environment",
        ),
        pytest.param(
            (past("b" * 40, fleet("1.4.9", "1.5.0"), OLD_TREE),), circuit_path(ONE),
            f"sets a value that main did not hold at {'b' * 12}, nor in its last 50 releases",
            id="a circuit",
        ),
    ],
)  # fmt: skip
def test_what_may_be_older_than_was_looked_at_is_told_so(
    history: tuple[PastCommit, ...], path: str, reason: str
) -> None:
    found = recognise(pull(NEW, OLD), history, looked_at="its last 50 releases")

    assert found == NotRollback(path, reason)


def test_what_fits_is_a_rollback_however_little_was_looked_at() -> None:
    assert isinstance(recognise(pull(NEW, OLD), HISTORY, looked_at="its last 50"), Rollback)


SPEC = "environment/environment.yml"


def test_what_raises_the_version_of_the_environment_is_a_release() -> None:
    """Taking back a rollback returns to what main held, too."""
    base, head = (
        {**texts, SPEC: f'version: "{version}"\n'}
        for texts, version in ((OLD, "1.5.0"), (NEW, "1.5.1"))
    )

    found = recognise(pull(base, head, NEW_TREE), (past("b" * 40, NEW, NEW_TREE),))

    assert found == NotRollback(SPEC, "raises a version, 1.5.0 → 1.5.1")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(config("1.9.0"), config("1.10.0"), id="environment"),
        pytest.param(config("1.5.0", model="9"), config("1.5.0", model="10"), id="model"),
    ],
)
def test_what_raises_a_version_of_a_circuit_is_a_release(before: str, after: str) -> None:
    base, head = (OLD | {circuit_path(TWO): text} for text in (before, after))

    found = recognise(pull(base, head), (past("b" * 40, head, OLD_TREE),))

    assert isinstance(found, NotRollback)
    assert found.path == circuit_path(TWO)
    assert found.reason.startswith("raises a version")


def test_a_circuit_that_returns_with_a_newer_model_is_told() -> None:
    base = NEW | {circuit_path(TWO): config("1.5.1", model="6")}
    head = OLD | {circuit_path(TWO): config("1.5.0", model="6")}

    found = recognise(pull(base, head), HISTORY)

    assert isinstance(found, Rollback)
    assert found.kept_models == (MovedOn(TWO, "deployment.model_version", "5", "6"),)
    assert found.moved_on == ()
