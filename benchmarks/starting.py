"""Start-up: what every call of the command line costs before it does anything."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import bot
from benchmarks.corpus import write
from benchmarks.measure import Case, Side
from benchmarks.process import ENVBOT, git, imported_modules, output
from benchmarks.scale import Scale
from bot.adapters.folder import read_environment_folder, read_folder
from bot.core.render.classification import classification_report
from bot.handlers.classification import classify_by_base_policy

_PROJECT = Path(bot.__file__).parents[1]
_PASS = (sys.executable, "-c", "pass")
_SPEC, _SCORE = "environment/environment.yml", "environment/src/score.py"


def cases(scale: Scale, folder: Path) -> Iterator[Case]:
    """Yield the cases; `scale` changes nothing, there is one sample change."""
    del scale
    yield _case("--version", folder, f"envbot, version {bot.__version__}\n")
    yield _case("--help", folder, _help_text())
    before, after = make_sample_change(folder)
    trees = read_environment_folder(before), read_environment_folder(after)
    expected = classification_report(classify_by_base_policy(*trees), "text")
    yield _case("classify", after, expected, "--base", "base", "--head", "head")


def make_sample_change(folder: Path) -> tuple[Path, Path]:
    """Return folders with the sample repository before and after a change of its logging.

    The second is also a git repository whose branches `base` and `head` are the two.
    """
    files = {
        path: file.data for path, file in read_folder(_PROJECT, "config", "environment").items()
    }
    changed = {
        _SPEC: files[_SPEC].replace(b'version: "1.5.0"', b'version: "1.5.1"'),
        _SCORE: files[_SCORE].replace(b'print(f"Prediction:', b'print(f"Predicted:'),
    }
    before, after = folder / "before", folder / "after"
    write(before, files)
    write(after, files)
    git(after, "init", "-q", "-b", "base")
    git(after, "add", "-A")
    git(after, "commit", "-q", "-m", "before")
    write(after, changed)
    git(after, "checkout", "-q", "-b", "head")
    git(after, "commit", "-q", "-a", "-m", "after")
    return before, after


def _case(verb: str, folder: Path, expected: str, *options: str) -> Case:
    command = (*ENVBOT, verb, *options)
    return Case(
        name=f"envbot {verb}",
        size=1,
        ours=Side(f"envbot {verb}", _runs(command, folder), str, expected),
        yardstick=Side("python -c pass", _runs(_PASS, folder), str, ""),
        counts=lambda: (
            f"{imported_modules(command, folder=folder)} modules, "
            f"python alone {imported_modules(_PASS, folder=folder)}"
        ),
    )


def _runs(command: tuple[str, ...], folder: Path) -> Callable[[], str]:
    return lambda: output(command, folder=folder)


def _help_text() -> str:
    return output([sys.executable, "-m", "bot", "--help"])
