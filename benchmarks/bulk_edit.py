"""The bulk edit: the version in every circuit's config, and no other byte."""

import io
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import yaml

from benchmarks import rewrite
from benchmarks.corpus import (
    NEXT_VERSION,
    OTHER_VERSION,
    VERSION,
    digest_of,
    fleet,
    read_back,
    tree_of,
    write,
)
from benchmarks.measure import Case, Side
from benchmarks.process import ENVBOT, output
from benchmarks.scale import Scale
from bot.core.canonical import digest
from bot.core.config.bump import Bump, make_bump

_RECORD = "config/plants"


def cases(scale: Scale, folder: Path) -> Iterator[Case]:
    """Yield the cases for every size of fleet, and a round trip where its library is there."""
    for size in scale.fleets:
        files = fleet(size)
        root = folder / str(size)
        write(root, files)
        yield _in_memory(files, root)
        yield _on_disk(files, root)
    # Either side's effort for one file is the same in every fleet, and a round trip's is large.
    if find_spec("ruamel.yaml"):
        yield _against_a_round_trip(fleet(min(scale.fleets)))


def _in_memory(files: Mapping[str, bytes], root: Path) -> Case:
    plants = str(root / _RECORD)
    return Case(
        name="make_bump in memory",
        size=len(files),
        ours=_bump_side(files),
        yardstick=Side(
            name="read + write in place",
            run=lambda: rewrite.rewrite_in_place(plants),
            digest=lambda _: digest_of(read_back(root, files)),
            expected=digest_of(files),
        ),
    )


def _on_disk(files: Mapping[str, bytes], root: Path) -> Case:
    plants = str(root / _RECORD)
    bump = (*ENVBOT, "bump", "--from", VERSION, "--to", NEXT_VERSION, "--root", str(root))
    program = (sys.executable, rewrite.__file__, plants)

    def restore() -> None:
        write(root, files)

    def found(_: object) -> str:
        return digest_of(read_back(root, files))

    return Case(
        name="envbot bump, whole process",
        size=len(files),
        ours=Side("envbot bump", lambda: output(bump), found, _expected(files), restore),
        yardstick=Side(
            name="python: read + write in place",
            run=lambda: output(program),
            digest=found,
            expected=digest_of(files),
            prepare=restore,
        ),
    )


def _against_a_round_trip(files: Mapping[str, bytes]) -> Case:
    """Compare values only: a round trip does not keep all bytes, which `counts` says."""
    values = _values(fleet(len(files), NEXT_VERSION))
    made: dict[str, bytes] = {}

    def round_trip() -> Mapping[str, bytes]:
        made.update((path, _round_trip(data)) for path, data in files.items())
        return made

    def damage() -> str:
        right = fleet(len(files), NEXT_VERSION)
        wrong = sum(made[path] != data for path, data in right.items())
        return f"the round trip changes other bytes of {wrong} files, ours of 0"

    return Case(
        name="make_bump in memory",
        size=len(files),
        ours=_bump_side(files),
        yardstick=Side("ruamel.yaml round trip in memory", round_trip, _values, values),
        counts=damage,
    )


def _bump_side(files: Mapping[str, bytes]) -> Side[Bump]:
    tree = tree_of(files)
    return Side(
        name="make_bump",
        run=lambda: make_bump(tree, to=NEXT_VERSION, from_version=VERSION, selector=None),
        digest=lambda bump: digest_of({**files, **bump.files}),
        expected=_expected(files),
    )


def _expected(files: Mapping[str, bytes]) -> str:
    return digest_of(fleet(len(files), NEXT_VERSION))


def _values(files: Mapping[str, bytes]) -> str:
    """Return a digest of what PyYAML, which neither side writes with, reads in `files`."""
    read = {path: yaml.load(data, yaml.CSafeLoader) for path, data in files.items()}
    return digest(read)


def _round_trip(data: bytes) -> bytes:
    from ruamel.yaml import YAML  # noqa: PLC0415 - a tool of development brings it, or none does

    engine = YAML()
    engine.preserve_quotes = True
    engine.width = 4096
    content = engine.load(data)
    for part in ("training", "deployment"):
        pin = content.get(part, {}).get("environment_version")
        if pin is not None and pin != OTHER_VERSION:
            content[part]["environment_version"] = type(pin)(NEXT_VERSION)
    text = io.BytesIO()
    engine.dump(content, text)
    return text.getvalue()
