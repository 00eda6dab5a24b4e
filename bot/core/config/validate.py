"""Every config file of a commit, checked together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from bot.core.config import platform, policy, template
from bot.core.config.circuit import read_fleet
from bot.core.config.platform import read_platform
from bot.core.environment import read_environment
from bot.core.environment_layout import FOLDER, SPEC_PATH
from bot.core.problem import Problem
from bot.core.tree import REGULAR, Tree
from bot.errors import InvalidFileError

Reader = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Validation:
    """What is wrong, and what only deserves a look; both sorted by place.

    Attributes:
        problems: with any of these, nothing is edited and nothing is released.
        notes: probable slips, such as misspelled keys, and files that are not there yet.
    """

    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]

    @property
    def is_valid(self) -> bool:
        """Tell whether everything can be used as it is."""
        return not self.problems


def validate(tree: Tree, *, teams: bool = False) -> Validation:
    """Return every problem of the circuits, the platform, the policy and the template.

    So is what Azure ML would refuse of `environment.yml`.
    Where a hop registers the environment anew, so is everything of it that is not pinned.

    With `teams`, the policy may name teams: there is a token to read their members with.
    """
    fleet = read_fleet(tree)
    problems, notes = list(fleet.problems), list(fleet.notes)
    for path, reader in _readers(teams=teams):
        if path not in tree:
            notes.append(Problem(path, 0, 0, "is missing", "Releases need it; add it."))
        else:
            problems += _problems_of(tree, path, reader)
    if SPEC_PATH not in tree and any(path.startswith(f"{FOLDER}/") for path in tree):
        notes.append(Problem(SPEC_PATH, 0, 0, "is missing", "Releases need it; add it."))
    notes += _closed_gates(tree)
    problems += [*_of_environment(tree), *_unpinned(tree)]
    return Validation(tuple(sorted(problems)), tuple(sorted(notes)))


def _of_environment(tree: Tree) -> tuple[Problem, ...]:
    if SPEC_PATH not in tree:
        return ()
    try:
        read_environment(tree)
    except InvalidFileError as error:
        return error.problems
    return ()


def _closed_gates(tree: Tree) -> Iterator[Problem]:
    """Yield why gates that want the notebook run stay closed: there is no compute to run it on."""
    try:
        settings = read_platform(tree[platform.PATH].data)
        level = policy.read_policy(tree[policy.PATH].data, teams=True).evidence_level
    except (KeyError, InvalidFileError):
        return
    if settings.dev.compute or not level.asks_for_a_run:
        return
    gates = [name for name in ("registry", "production") if getattr(level, name) == "run"]
    what = f"names no `dev.compute`, so the gate {' and '.join(gates)} stays closed"
    remedy = (
        f"Name a compute of the dev workspace, or let {policy.PATH} ask for `claimed` evidence."
    )
    yield Problem(platform.PATH, 0, 0, what, remedy)


def _unpinned(tree: Tree) -> tuple[Problem, ...]:
    """Return what leaves open what a hop that registers anew would make of `environment/`."""
    try:
        recreates = read_platform(tree[platform.PATH].data).promotion.recreates
    except (KeyError, InvalidFileError):
        return ()
    if not recreates:
        return ()
    from bot.core.facts.unpinned import unpinned_sources  # few files are read for this

    return unpinned_sources(tree)


def _readers(*, teams: bool) -> Iterator[tuple[str, Reader]]:
    yield platform.PATH, read_platform
    yield policy.PATH, partial(policy.read_policy, teams=teams)
    yield template.PATH, template.read_template


def _problems_of(tree: Tree, path: str, reader: Reader) -> tuple[Problem, ...]:
    file = tree[path]
    if file.mode != REGULAR:
        return (Problem(path, 0, 0, "is not a regular file", "Replace it with the file itself."),)
    try:
        reader(file.data)
    except InvalidFileError as error:
        return error.problems
    return ()
