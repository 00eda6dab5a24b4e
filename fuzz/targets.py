"""What reads hostile texts, and what must hold of every one of them."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.core.classify import classify
from bot.core.config.bump import make_bump
from bot.core.config.circuit import read_fleet
from bot.core.config.platform import read_platform
from bot.core.config.policy import read_policy
from bot.core.config.template import read_template
from bot.core.package_groups import NoAdditions
from bot.core.tree import REGULAR, File
from bot.errors import InvalidFileError
from fuzz.mutation import Mutant

ROOT = Path(__file__).resolve().parents[1]
CIRCUIT = "config/plants/P001/C001.yml"
_SPEC = b'name: e\nversion: "1.5.0"\nbuild:\n  path: .\n'


@dataclass(frozen=True, slots=True)
class Target:
    """One reader.

    Attributes:
        corpus: good texts that hostile ones are made from.
        read: takes a text and the good one that it was made from; it raises only where a promise
            is broken.
    """

    corpus: tuple[bytes, ...]
    read: Callable[[Mutant], None]


def targets() -> Mapping[str, Target]:
    """Return the readers by name."""
    rules = ROOT / "tests" / "rules"
    return {
        "yaml": Target(_texts(ROOT.glob("config/**/*.yml")), _read_config),
        "python": Target(
            _texts([*rules.rglob("*.py.txt"), *(ROOT / "environment").rglob("*.py")]),
            _changed("environment/src/score.py"),
        ),
        "requirements": Target(
            _texts(rules.rglob("*requirements*.txt")), _changed("environment/requirements.txt")
        ),
        "dockerfile": Target(
            _texts([*rules.rglob("*Dockerfile"), ROOT / "environment" / "Dockerfile"]),
            _changed("environment/Dockerfile"),
        ),
        "conda": Target(
            _texts([*rules.rglob("*conda*.yml"), ROOT / "environment" / "conda.yml"]),
            _changed("environment/conda.yml"),
        ),
        "schema": Target(
            _texts([*rules.rglob("*.json"), *(ROOT / "environment").rglob("*.json")]),
            _changed("environment/schema/input.json"),
        ),
    }


def _texts(paths: Iterable[Path]) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(paths) if path.is_file())


def _read_config(mutant: Mutant) -> None:
    """Read and edit a text as a circuit, and read it as each file of rules."""
    text = mutant.text
    tree = {CIRCUIT: _file(CIRCUIT, text)}
    fleet = read_fleet(tree)
    if not fleet.circuits and not fleet.problems:
        raise AssertionError("a config is neither read nor refused")
    try:
        bump = make_bump(tree, to="1.5.9", from_version=None, selector=None)
    except InvalidFileError as refused:
        _check(all(one.what and one.remedy for one in refused.problems), "a refusal says nothing")
    else:
        _check_edit(fleet.circuits.keys(), {p: _file(p, data) for p, data in bump.files.items()})
    for read in (read_platform, read_policy, read_template):
        try:
            read(text)
        except InvalidFileError as refused:
            _check(bool(refused.problems), "a file is refused without a problem")


def _check_edit(before: Iterable[object], edited: Mapping[str, File]) -> None:
    fleet = read_fleet(edited)
    versions = {circuit.training_version for circuit in fleet.circuits.values()}
    _check(not fleet.problems, "an edit broke a config")
    _check(not edited or (fleet.circuits.keys() == set(before)), "an edit lost a circuit")
    _check(not edited or versions == {"1.5.9"}, "an edit set another version")


def _changed(path: str) -> Callable[[Mutant], None]:
    """Return what classifies the way from a good text to a hostile one, and back."""

    def read(mutant: Mutant) -> None:
        spec = _file("environment/environment.yml", _SPEC)
        good, bad = (_file(path, text) for text in mutant)
        for before, after in ((good, bad), (bad, good)):
            verdict = classify(
                {one.path: one for one in (spec, before)},
                {one.path: one for one in (spec, after)},
                NoAdditions(),
            )
            same = before.oid == after.oid
            _check(same or bool(verdict.findings), "a change has no finding")

    return read


def _check(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise AssertionError(otherwise)


def _file(path: str, data: bytes) -> File:
    return File(path, REGULAR, hashlib.sha1(data, usedforsecurity=False).hexdigest(), data)
