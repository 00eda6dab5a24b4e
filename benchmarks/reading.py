"""Reading and checking a fleet, against the parser alone on the same bytes."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from benchmarks.corpus import fleet, tree_of
from benchmarks.measure import Case, Side
from benchmarks.scale import Scale
from bot.core.canonical import digest
from bot.core.config.circuit import Fleet, read_fleet


def cases(scale: Scale, folder: Path) -> Iterator[Case]:
    """Yield a case for every size of fleet; nothing is read from disk."""
    del folder
    for size in scale.fleets:
        yield _case(fleet(size))


def _case(files: Mapping[str, bytes]) -> Case:
    tree = tree_of(files)
    return Case(
        name="read_fleet",
        size=len(files),
        ours=Side("read_fleet", lambda: read_fleet(tree), _read, _loaded(files)),
        yardstick=Side(
            name="PyYAML, C events only",
            run=lambda: _events(files, yaml.CSafeLoader),
            digest=str,
            expected=str(_events(files, yaml.SafeLoader)),
        ),
    )


def _events(files: Mapping[str, bytes], loader: type[yaml.CSafeLoader | yaml.SafeLoader]) -> int:
    return sum(1 for data in files.values() for _ in yaml.parse(data, Loader=loader))


def _read(found: Fleet) -> str:
    versions = {
        circuit.path: (circuit.training_version, circuit.production_version)
        for circuit in found.circuits.values()
    }
    return digest([versions, [str(problem) for problem in found.problems]])


def _loaded(files: Mapping[str, bytes]) -> str:
    """Return what `_read` must return, read by PyYAML's own constructor."""
    versions = {}
    for path, data in files.items():
        content = yaml.load(data, yaml.CSafeLoader)
        training = content["training"]["environment_version"]
        pins = content.get("deployment") or {}
        versions[path] = (training, pins.get("environment_version", training))
    return digest([versions, []])
