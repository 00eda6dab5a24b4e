"""Which circuits must be trained anew because of their own configs."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import pytest

from bot.core.change import Change, Kind
from bot.core.classify import classify
from bot.core.facts.circuit_training import training_changes
from bot.core.package_groups import NoAdditions
from bot.core.render.training import training_section
from bot.core.tree import Tree

MakeTree: TypeAlias = Callable[[Mapping[str, str | bytes]], Tree]

PATH = "config/plants/P001/C001.yml"
CONFIG = """\
plant_id: "P001"
circuit_id: "C001"
training:
  cutoff_date: "2025-12-09"
  environment_version: "1.5.0"
  hyperparameters: {sequence_length: 24, lstm_units: 128}
"""


@pytest.fixture
def changed(make_tree: MakeTree) -> Callable[..., tuple[Change, ...]]:
    """Return what compares two texts of one config."""

    def run(after: str, before: str = CONFIG, path: str = PATH) -> tuple[Change, ...]:
        return training_changes(make_tree({path: before}), make_tree({path: after}))

    return run


@pytest.mark.parametrize(
    ("before", "after", "kind", "where"),
    [
        pytest.param(
            '"2025-12-09"',
            '"2026-01-31"',
            Kind.CIRCUIT_CUTOFF_DATE_CHANGED,
            ("P001/C001 training.cutoff_date", 4),
            id="cutoff date",
        ),
        pytest.param(
            "lstm_units: 128",
            "lstm_units: 256",
            Kind.CIRCUIT_HYPERPARAMETERS_CHANGED,
            ("P001/C001 training.hyperparameters.lstm_units", 6),
            id="hyperparameter",
        ),
        pytest.param(
            ", lstm_units: 128",
            "",
            Kind.CIRCUIT_HYPERPARAMETERS_CHANGED,
            ("P001/C001 training.hyperparameters.lstm_units", 6),
            id="hyperparameter removed",
        ),
        pytest.param(
            "128}",
            "128, depth: 2}",
            Kind.CIRCUIT_HYPERPARAMETERS_CHANGED,
            ("P001/C001 training.hyperparameters.depth", 6),
            id="hyperparameter added",
        ),
        pytest.param(
            "training:\n",
            "training:\n  sensors: [a, b]\n",
            Kind.CIRCUIT_TRAINING_CHANGED,
            ("P001/C001 training.sensors", 4),
            id="another setting",
        ),
        pytest.param(
            'cutoff_date: "2025-12-09"\n  environment_version: "1.5.0"',
            'cutoff_date: "2026-01-31"\n  environment_version: "1.5.1"',
            Kind.CIRCUIT_CUTOFF_DATE_CHANGED,
            ("P001/C001 training.cutoff_date", 4),
            id="beside another environment",
        ),
    ],
)
def test_what_a_circuit_is_trained_with(
    changed: Callable[..., tuple[Change, ...]],
    before: str,
    after: str,
    kind: Kind,
    where: tuple[str, int],
) -> None:
    (found,) = changed(CONFIG.replace(before, after))

    assert (found.kind, (found.subject, found.line), found.path) == (kind, where, PATH)


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(CONFIG, id="nothing"),
        pytest.param(CONFIG.replace("1.5.0", "1.5.1"), id="another environment"),
        pytest.param(f"# A note.\n{CONFIG}", id="a comment"),
        pytest.param(CONFIG.replace('"', "'"), id="other quotes"),
        pytest.param(CONFIG.replace("\n", "\r\n"), id="other line ends"),
        pytest.param(
            CONFIG.replace(
                "{sequence_length: 24, lstm_units: 128}",
                "\n    lstm_units: 128\n    sequence_length: 24",
            ),
            id="another layout",
        ),
        pytest.param(f'{CONFIG}deployment:\n  model_version: "6"\n', id="what production runs"),
        pytest.param(f"{CONFIG}owner: team-a\n", id="what is not training"),
        pytest.param("training: [\n", id="what cannot be read"),
        pytest.param("- a\n", id="a list"),
        pytest.param("training: 1\n", id="no mapping"),
    ],
)
def test_everything_else_trains_nobody_anew(
    changed: Callable[..., tuple[Change, ...]], after: str
) -> None:
    assert changed(after) == ()


def test_a_flow_mapping_hides_no_change_beside_the_version(
    changed: Callable[..., tuple[Change, ...]],
) -> None:
    flow = 'training: {cutoff_date: "2025-12-09", environment_version: "1.5.0"}\n'
    after = flow.replace("2025-12-09", "2026-01-31").replace("1.5.0", "1.5.1")

    assert [one.kind for one in changed(after, flow)] == [Kind.CIRCUIT_CUTOFF_DATE_CHANGED]


@pytest.mark.parametrize("path", ["config/plants/README.yml", "environment/P001/C001.yml"])
def test_other_files_are_no_circuits(changed: Callable[..., tuple[Change, ...]], path: str) -> None:
    assert changed(CONFIG.replace("128", "256"), path=path) == ()


def test_a_circuit_that_comes_or_goes_changes_no_training(make_tree: MakeTree) -> None:
    with_it, without = make_tree({PATH: CONFIG}), make_tree({})

    assert training_changes(with_it, without) == training_changes(without, with_it) == ()


def test_the_verdict_on_the_environment_does_not_depend_on_it(make_tree: MakeTree) -> None:
    base, head = (make_tree({PATH: text}) for text in (CONFIG, CONFIG.replace("128", "256")))

    verdict = classify(base, head, NoAdditions())

    assert (verdict.verdict, verdict.required_bump, verdict.requires_retrain) == (
        "none",
        "none",
        False,
    )
    assert [one.rule for one in verdict.circuits] == ["circuit_hyperparameters_changed"]


def test_circuits_are_counted_by_plant(make_tree: MakeTree) -> None:
    paths = [f"config/plants/P00{1 + number // 7}/C{number:03}.yml" for number in range(9)]
    before = make_tree(dict.fromkeys(paths, CONFIG))
    after = make_tree(dict.fromkeys(paths, CONFIG.replace("128", "256").replace("12-09", "12-10")))

    told = training_section(classify(before, after, NoAdditions()).circuits)

    assert "### Training: 9 circuits in 2 plants to train anew" in told
    assert "| `P001` | 7: `C000, C001, C002, C003, C004` and 2 more |" in told
    assert "| `P002` | 2: `C007, C008` |" in told
    assert told.count("[`circuit_cutoff_date_changed`]") == 2


def test_plants_beyond_the_limit_are_counted(make_tree: MakeTree) -> None:
    paths = [f"config/plants/P{number:03}/C001.yml" for number in range(5)]
    before = make_tree(dict.fromkeys(paths, CONFIG))
    after = make_tree(dict.fromkeys(paths, CONFIG.replace("128", "256")))

    told = training_section(classify(before, after, NoAdditions()).circuits, limit=3)

    assert "| … 2 more plants |" in told


def test_nothing_is_told_of_nobody() -> None:
    assert training_section(()) == ""
