"""One circuit: what it is trained with, and what production runs for it."""

import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from bot.core.config.circuit_file import ID, CircuitFile, Deployment
from bot.core.config.config_file import convert, convert_clean, misspellings
from bot.core.config.layout import PLANTS, PRODUCTION_VERSION, TRAINING_VERSION
from bot.core.problem import Problem
from bot.core.tree import REGULAR, SUBMODULE, SYMLINK, File, Tree, subtree
from bot.core.yaml.document import Document, dotted
from bot.core.yaml.lines import Lines, read_lines
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

_CIRCUIT_FILE = re.compile(rf"{PLANTS}/(?P<plant>{ID})/(?P<circuit>{ID})\.yml")
_TOLERATED = frozenset({"README.md", ".gitkeep"})
_REFUSED_MODES = {
    SYMLINK: ("is a symbolic link", "Replace it with the file itself."),
    SUBMODULE: ("is a submodule", "Replace it with the files themselves."),
}
_EXECUTABLE = ("is executable", "Run `git update-index --chmod=-x` on it.")


class CircuitId(NamedTuple):
    """A circuit's name; sorts by plant, then circuit."""

    plant: str
    circuit: str

    def __str__(self) -> str:
        return f"{self.plant}/{self.circuit}"


@dataclass(frozen=True, slots=True)
class CircuitConfig:
    """What git says about one circuit.

    Attributes:
        deployment_version: the environment production is held at; None follows the training.
        model_version: the model production runs; None leaves the one that is deployed.
        notes: unknown keys that look like a misspelling of a known one, and the like.
    """

    id: CircuitId
    path: str
    training_version: str
    deployment_version: str | None
    model_version: str | None
    notes: tuple[Problem, ...] = ()

    @property
    def production_version(self) -> str:
        """Return the version of the environment that production should run."""
        return self.deployment_version or self.training_version


@dataclass(frozen=True, slots=True)
class Fleet:
    """All circuits by id, in the order of their ids, and all that is wrong below config/plants."""

    circuits: Mapping[CircuitId, CircuitConfig]
    problems: tuple[Problem, ...]

    @property
    def notes(self) -> tuple[Problem, ...]:
        """Return what every circuit's author should look at, in the order of their files."""
        return tuple(note for circuit in self.circuits.values() for note in circuit.notes)


CircuitCache: TypeAlias = MutableMapping[tuple[str, str], CircuitConfig]


def circuit_path(circuit: CircuitId) -> str:
    """Return where the config of `circuit` lies in the repository."""
    return f"{PLANTS}/{circuit.plant}/{circuit.circuit}.yml"


def circuit_of(path: str) -> CircuitId | None:
    """Return the circuit whose config stands at `path`; None where no config can."""
    found = _CIRCUIT_FILE.fullmatch(path)
    return CircuitId(found["plant"], found["circuit"]) if found else None


def read_circuit(file: File) -> CircuitConfig:
    """Return the circuit that `file` configures; keys envbot does not know are accepted.

    Raises:
        InvalidFileError: the file is misplaced, not a regular file, not restricted YAML, has wrong
            values, or ids that disagree with its path.
    """
    circuit = _circuit_at(file)
    lines = read_lines(file.data)
    content = convert_clean(lines.value, CircuitFile) if lines else None
    if lines and content and (content.plant_id, content.circuit_id) == circuit:
        return _config(circuit, content, _unquoted_lines(lines, file.path))
    return _read_any(file, circuit)


def _read_any(file: File, circuit: CircuitId) -> CircuitConfig:
    document = read(file.data, file.path)
    disagreements = tuple(_disagreements(document, circuit))
    try:
        content = convert(document, CircuitFile)
    except InvalidFileError as error:
        raise InvalidFileError(sorted([*disagreements, *error.problems])) from None
    if disagreements:
        raise InvalidFileError(disagreements)
    notes = (*misspellings(document, CircuitFile), *_unquoted(document))
    return _config(circuit, content, notes)


def _config(circuit: CircuitId, content: CircuitFile, notes: tuple[Problem, ...]) -> CircuitConfig:
    pins = content.deployment or Deployment()
    return CircuitConfig(
        id=circuit,
        path=circuit_path(circuit),
        training_version=content.training.environment_version,
        deployment_version=pins.environment_version or None,
        model_version=pins.model_version or None,
        notes=notes,
    )


def read_fleet(tree: Tree, cache: CircuitCache | None = None) -> Fleet:
    """Return every circuit below config/plants, and every problem of every file there.

    Args:
        tree: a commit's files.
        cache: circuits read before, by path and blob id; what is read is added to it.
    """
    known = {} if cache is None else cache
    circuits: list[CircuitConfig] = []
    problems = [_not_a_folder(tree[path]) for path in ("config", PLANTS) if path in tree]
    for path, file in sorted(subtree(tree, PLANTS).items()):
        if _is_tolerated(file):
            continue
        try:
            circuit = known.get((path, file.oid)) or read_circuit(file)
        except InvalidFileError as error:
            problems += error.problems
        else:
            known[path, file.oid] = circuit
            circuits.append(circuit)
    problems += _collisions(circuits)
    circuits.sort(key=lambda circuit: circuit.id)
    return Fleet({circuit.id: circuit for circuit in circuits}, tuple(sorted(problems)))


def _circuit_at(file: File) -> CircuitId:
    if file.mode != REGULAR:
        problem = Problem(file.path, 0, 0, *_REFUSED_MODES.get(file.mode, _EXECUTABLE))
        raise InvalidFileError([problem])
    circuit = circuit_of(file.path)
    if circuit is None:
        what = "is not the path of a circuit"
        remedy = f"Name it {PLANTS}/<plant_id>/<circuit_id>.yml, or move it elsewhere."
        raise InvalidFileError([Problem(file.path, 0, 0, what, remedy)])
    return circuit


def _disagreements(document: Document, circuit: CircuitId) -> Iterator[Problem]:
    content = document.value if isinstance(document.value, dict) else {}
    for key, wanted in (("plant_id", circuit.plant), ("circuit_id", circuit.circuit)):
        written = content.get(key)
        if isinstance(written, str) and re.fullmatch(ID, written) and written != wanted:
            what = f"`{key}` is `{written}`, but the path says `{wanted}`"
            yield document.problem((key,), what, f'Write "{wanted}", or move the file.')


def _unquoted(document: Document) -> tuple[Problem, ...]:
    return tuple(
        _not_quoted(document.path, *document.position(where), where)
        for where in (TRAINING_VERSION, PRODUCTION_VERSION)
        if where in document.nodes and document.nodes[where].style == "plain"
    )


def _unquoted_lines(lines: Lines, path: str) -> tuple[Problem, ...]:
    notes = []
    for where in (TRAINING_VERSION, PRODUCTION_VERSION):
        found = lines.find(*where)
        if found and found[1].style == "plain":
            notes.append(_not_quoted(path, found[0] + 1, found[1].start + 1, where))
    return tuple(notes)


def _not_quoted(path: str, line: int, column: int, where: tuple[str, str]) -> Problem:
    return Problem(path, line, column, f"`{dotted(where)}` is not in quotes", "Put it in quotes.")


def _is_tolerated(file: File) -> bool:
    return file.mode == REGULAR and file.path.rpartition("/")[2] in _TOLERATED


def _not_a_folder(file: File) -> Problem:
    return Problem(file.path, 0, 0, "is not a folder", "Keep the circuits' configs in it.")


def _collisions(circuits: list[CircuitConfig]) -> list[Problem]:
    """Return a problem for each circuit that differs from an earlier one only by case."""
    seen: dict[str, CircuitConfig] = {}
    problems = []
    for circuit in circuits:
        first = seen.setdefault(circuit.path.lower(), circuit)
        if first is not circuit:
            what = f"differs from {first.path} only by case"
            problems.append(Problem(circuit.path, 0, 0, what, "Azure ML ignores case; rename it."))
    return problems
