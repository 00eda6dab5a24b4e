"""The bulk edit of a pull request: what its merge still needs, whatever main did meanwhile."""

from collections.abc import Iterator
from dataclasses import replace

from bot.core.config.bump import Bump, FieldEdit, make_bump
from bot.core.config.circuit import CircuitConfig, read_circuit
from bot.core.config.layout import PLANTS, PRODUCTION_VERSION, TRAINING_VERSION
from bot.core.config.selector import Selector
from bot.core.tree import File, Tree, subtree
from bot.core.versioning import parse_version
from bot.core.yaml.document import KeyPath, dotted
from bot.core.yaml.edit import set_scalars


def follow(
    tree: Tree, main: Tree, *, to: str, from_version: str, selector: Selector | None = None
) -> Bump:
    """Return what takes every circuit in `tree` that should follow main's environment to `to`.

    Circuits at `from_version`, main's environment version, move. So do circuits that the pull
    request had moved to a version which it then gave up for `to`: they start again from what main
    has, so that a pin names what production runs, and not what it was about to run.

    Args:
        tree: the merge of main and the head, or the head where that cannot be made.
        main: main as it is now.
        to: the version that the pull request goes for.
        from_version: main's environment version.
        selector: whom to look at; None means everyone.

    Raises:
        InvalidFileError: any file below config/plants cannot be used; nothing is edited then.
        UserError: `VERSION_INVALID`, or `SELECTOR_EMPTY` when a part of `selector` means nothing.
    """
    made = make_bump(tree, to=to, from_version=from_version, selector=selector)
    given_up = {
        circuit.path: file
        for circuit, file in _given_up(tree, main, to=to, since=from_version)
        if selector is None or selector.matches(circuit)
    }
    if not given_up:
        return made
    again = make_bump(given_up, to=to, from_version=from_version, selector=None)
    return _with_restarts(made, again, tree, given_up)


def _with_restarts(made: Bump, again: Bump, tree: Tree, given_up: Tree) -> Bump:
    """Return the bump `made` of `tree`, with what was made of the circuits `given_up` instead."""
    files = {path: file.data for path, file in given_up.items()} | dict(again.files)
    restarted = {read_circuit(tree[path]).id for path in files}
    touched = {edit.circuit for edit in made.changed} | {one.circuit for one in made.outliers}
    return replace(
        made,
        files={**made.files, **files},
        changed=(
            *(edit for edit in made.changed if edit.circuit not in restarted),
            *(edit for path in files for edit in _edits(tree[path], files[path])),
        ),
        outliers=(
            *(one for one in made.outliers if one.circuit not in restarted),
            *again.outliers,
        ),
        untouched=made.untouched - len(restarted - touched),
    )


def _given_up(
    tree: Tree, main: Tree, *, to: str, since: str
) -> Iterator[tuple[CircuitConfig, File]]:
    """Yield each circuit at a version that is no longer gone for, and its file as main has it."""
    for path, file in subtree(tree, PLANTS).items():
        known = main.get(path)
        if not path.endswith(".yml") or (known is not None and _is_bumped(known, file, since, to)):
            continue
        circuit = read_circuit(file)
        before = read_circuit(known) if known else None
        values = dict(_restarts(circuit, before, to=to, since=since))
        if values:
            yield circuit, replace(file, oid="", data=set_scalars(file.data, values, path=path))


def _is_bumped(known: File, file: File, since: str, to: str) -> bool:
    """Tell at a glance whether nothing but the bump was done to a file: the usual case."""
    return file.oid == known.oid or file.data.replace(to.encode(), since.encode()) == known.data


def _restarts(
    circuit: CircuitConfig, before: CircuitConfig | None, *, to: str, since: str
) -> Iterator[tuple[KeyPath, str]]:
    training = before.training_version if before else since
    production = before.production_version if before else since
    for where, value, known in (
        (TRAINING_VERSION, circuit.training_version, training),
        (PRODUCTION_VERSION, circuit.deployment_version, production),
    ):
        if value is None or value in {to, known}:
            continue
        if parse_version(value) > parse_version(since):
            yield where, known


def _edits(before: File, after: bytes) -> Iterator[FieldEdit]:
    old, new = read_circuit(before), read_circuit(replace(before, oid="", data=after))
    for where, was, now in (
        (TRAINING_VERSION, old.training_version, new.training_version),
        (PRODUCTION_VERSION, old.deployment_version, new.deployment_version),
    ):
        if now is not None and was != now:
            yield FieldEdit(old.id, dotted(where), was, now)
