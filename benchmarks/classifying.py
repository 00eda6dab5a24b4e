"""`envbot classify` of a pull request among many circuits: the whole process, git included."""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import bot
from benchmarks.corpus import NEXT_VERSION, fleet, tree_of
from benchmarks.measure import Case, Side
from benchmarks.process import ENVBOT, git, git_processes, imported_modules, output
from benchmarks.scale import Scale
from bot.adapters.folder import read_folder
from bot.adapters.git import GitRepository
from bot.core.render.classification import classification_report
from bot.handlers.classification import classify_by_base_policy

_PROJECT = Path(bot.__file__).parents[1]
_AT = datetime(2026, 1, 5, tzinfo=UTC)
_FEW = 240
_CONDA, _SPEC, _SCORE = _EDITED = (
    "environment/conda.yml",
    "environment/environment.yml",
    "environment/src/score.py",
)
# What any command of this kind must do: load parsers of arguments, versions and YAML, and let git
# say which blobs differ and hand them over.
_YARDSTICK = """
import subprocess
import click, packaging, ruamel.yaml

diff = subprocess.run(
    ["git", "diff-tree", "-r", "--raw", "--no-abbrev", "--no-renames", "base", "head"],
    check=True, stdout=subprocess.PIPE,
).stdout
oids = b"".join(oid + b"\\n" for line in diff.splitlines() for oid in line.split()[2:4])
blobs = subprocess.run(
    ["git", "cat-file", "--batch", "--buffer"], check=True, input=oids, stdout=subprocess.PIPE
).stdout
print(blobs.count(b" blob "))
"""


def cases(scale: Scale, folder: Path) -> Iterator[Case]:
    """Yield a pull request that changes some circuits beside the environment, and all of them."""
    for changed in (min(_FEW, scale.pulls // 2), scale.pulls):
        yield _case(folder / str(changed), scale.pulls, changed)


def _case(folder: Path, size: int, changed: int) -> Case:
    before, after = _sides(size, changed)
    _make_repository(folder, before, after)
    command = (*ENVBOT, "classify", "--base", "base", "--head", "head")
    verdict = classify_by_base_policy(tree_of(before), tree_of({**before, **after}))
    return Case(
        name=f"envbot classify, {len(after) - len(_EDITED):,} of them and the environment",
        size=size,
        ours=Side(
            "envbot classify",
            lambda: output(command, folder=folder, accept=(100,)),
            str,
            classification_report(verdict, "text"),
        ),
        yardstick=Side(
            "click, packaging, ruamel.yaml and the git pipe",
            lambda: output((sys.executable, "-c", _YARDSTICK), folder=folder),
            str,
            f"{2 * len(after)}\n",
        ),
        counts=lambda: (
            f"{git_processes(command, folder)} git processes, "
            f"{imported_modules(command, folder=folder)} modules"
        ),
    )


def _sides(size: int, changed: int) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the files of base, and those that head replaces: a package, a log line, versions."""
    sample = {
        path: file.data
        for path, file in read_folder(_PROJECT, "config", "environment").items()
        if not path.startswith("config/plants/")
    }
    circuits, moved = fleet(size), fleet(size, NEXT_VERSION)
    paths = [path for path in circuits if circuits[path] != moved[path]]
    edits = {
        _CONDA: sample[_CONDA].replace(b"tensorflow==2.13.0", b"tensorflow==2.14.0"),
        _SPEC: sample[_SPEC].replace(b'version: "1.5.0"', b'version: "1.5.1"'),
        _SCORE: sample[_SCORE].replace(b'print(f"Prediction:', b'print(f"Predicted:'),
    }
    return sample | circuits, edits | {path: moved[path] for path in paths[:changed]}


def _make_repository(folder: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    repository = GitRepository.at(folder)
    base = repository.commit((), before, "before", at=_AT)
    head = repository.commit((base,), after, "after", at=_AT)
    git(folder, "branch", "base", base)
    git(folder, "branch", "head", head)
