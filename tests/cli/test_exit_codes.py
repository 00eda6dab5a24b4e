"""Exit codes: 0 done, 1 could not, 2 wrong command line, 3 a bug, 100 may not pass."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from bot import __version__
from bot.cli import _exit_code, cli
from bot.core.problem import Problem
from bot.core.refusal import Refusal
from bot.errors import BotError, InvalidFileError, UserError

if TYPE_CHECKING:
    from tests.cli.conftest import Envbot

REFUSAL = Refusal("LOCKED", "it is locked", ("By ada.",), "ada", "Wait.")


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


def spelt(path: tuple[str, ...]) -> str:
    return " ".join(path)


@pytest.mark.parametrize("path", [(), *commands(cli)], ids=spelt)
def test_every_command_has_help(envbot: "Envbot", path: tuple[str, ...]) -> None:
    ended = envbot(*path, "--help")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"Usage: {' '.join(('envbot', *path))} ")


@pytest.mark.parametrize("path", [(), *commands(cli)], ids=spelt)
def test_every_option_is_explained(path: tuple[str, ...]) -> None:
    command: click.Command = cli
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]

    assert command.help
    assert not [option.name for option in options if not option.help]


def test_the_version_is_the_package_version(envbot: "Envbot") -> None:
    assert envbot("--version").out == f"envbot, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="nothing"),
        pytest.param(("relase",), id="unknown command"),
        pytest.param(("evidence", "chek"), id="unknown subcommand"),
        pytest.param(("bump",), id="missing option"),
        pytest.param(("bump", "--to"), id="missing value"),
        pytest.param(("evidence", "check"), id="missing argument"),
        pytest.param(("review", "--format", "yaml"), id="unknown format"),
        pytest.param(("classify", "--base-dir", "."), id="one folder of two"),
        pytest.param(("apply", "--plan", "0a1b2c3d4e5"), id="too short a fingerprint"),
        pytest.param(("plan", "--stage", "dev"), id="a stage that nothing is applied to"),
        pytest.param(("promote", "production", "--pull", "1"), id="unknown stage"),
        pytest.param(("event", "--job", "release"), id="unknown job"),
        pytest.param(("explain", "no_such_rule"), id="unknown rule"),
        pytest.param(("validate", "--root", "no/such/folder", "more"), id="too many arguments"),
    ],
)
def test_a_wrong_command_line_is_2(envbot: "Envbot", arguments: tuple[str, ...]) -> None:
    ended = envbot(*arguments)

    assert ended.code == 2
    assert ended.out == ""
    assert "Error: " in ended.err or "Usage: " in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        pytest.param(BotError("GitHub is away.", undone="the apply"), 1, "the apply", id="outside"),
        pytest.param(click.Abort(), 1, "Aborted", id="interrupted"),
        pytest.param(click.UsageError("no"), 2, "Error: no", id="command line"),
        pytest.param(ZeroDivisionError("by zero"), 3, "a bug in envbot", id="bug"),
        pytest.param(OSError("disk full"), 3, "disk full", id="unexpected"),
        pytest.param(UserError(REFUSAL), 100, "LOCKED", id="refusal"),
        pytest.param(
            InvalidFileError([Problem("a.yml", 3, 1, "is bad", "Mend it.")]),
            100,
            "a.yml:3:1: is bad",
            id="file",
        ),
    ],
)
def test_each_kind_of_failure_has_its_code(
    capsys: pytest.CaptureFixture[str], raised: Exception, code: int, said: str
) -> None:
    def run() -> None:
        raise raised

    assert _exit_code(run) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert ("Traceback" in printed.err) is (code == 3)


def test_nothing_raised_is_0() -> None:
    assert _exit_code(lambda: None) == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(("rules",), 0, id="done"),
        pytest.param(("validate", "--root", "no/such/folder"), 1, id="could not"),
        pytest.param(("relase",), 2, id="wrong command line"),
        pytest.param(
            ("evidence", "check", "none.ipynb", "--environment", "e", "--version", "1.0.0"),
            100,
            id="may not pass",
        ),
    ],
)
def test_a_process_ends_with_the_code(arguments: tuple[str, ...], code: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bot", *arguments], capture_output=True, check=False, text=True
    )

    assert ended.returncode == code
    assert "Traceback" not in ended.stderr


def test_a_reader_that_leaves_early_is_no_bug() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "rules"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()

    assert b"Traceback" not in said
    assert process.returncode != 3


SDKS = ("azure", "github", "requests", "rich.console")
REPORT_IMPORTS = f"""
import atexit, sys
atexit.register(lambda: print("LOADED", *[n for n in {SDKS} if n in sys.modules]))
from bot.cli import main
main()
"""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--help",), id="help"),
        pytest.param(("rules",), id="rules"),
        pytest.param(("review", "--base", "HEAD"), id="review"),
        pytest.param(("classify", "--base", "HEAD"), id="classify"),
        pytest.param(("validate",), id="validate"),
        pytest.param(("bump", "--to", "1.5.1", "--dry-run"), id="bump"),
        pytest.param(
            ("evidence", "check", "x.ipynb", "--environment", "e", "--version", "1.0.0"),
            id="evidence check",
        ),
    ],
)
@pytest.mark.usefixtures("repository")
def test_what_needs_git_alone_loads_no_sdk_and_no_progress_bar(
    checkout: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(checkout))

    ended = subprocess.run(
        [sys.executable, "-c", REPORT_IMPORTS, *arguments],
        capture_output=True,
        check=False,
        text=True,
    )

    assert ended.returncode in {0, 100}, ended.stderr
    assert ended.stdout.splitlines()[-1] == "LOADED"
