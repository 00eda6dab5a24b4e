"""Progress in a log and on a terminal."""

import io
import sys
from collections.abc import Callable

import pytest

from bot.adapters.terminal import TerminalReporter


@pytest.fixture
def reporter() -> TerminalReporter:
    return TerminalReporter()


class Terminal(io.StringIO):
    """Standard error as a person sees it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def show_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Return what makes standard error a terminal; pytest puts its own there before each test."""

    def show() -> Terminal:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        return terminal

    return show


def test_a_step_goes_to_standard_error(
    reporter: TerminalReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter.step("Registered")

    assert capsys.readouterr() == ("", "Registered\n")


@pytest.mark.parametrize(
    ("total", "lines"),
    [
        pytest.param(3, 3, id="few"),
        pytest.param(10, 10, id="ten"),
        pytest.param(997, 10, id="many"),
    ],
)
def test_a_log_shows_progress_at_most_ten_times(
    reporter: TerminalReporter, capsys: pytest.CaptureFixture[str], total: int, lines: int
) -> None:
    for done in range(total + 1):
        reporter.progress(done, total, "deployments")

    out, error = capsys.readouterr()
    assert out == ""
    assert error.splitlines()[-1] == f"{total} of {total} deployments"
    assert len(error.splitlines()) == lines


def test_a_second_piece_of_work_starts_anew(
    reporter: TerminalReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    for what in ("deployments", "models"):
        reporter.progress(1, 2, what)
        reporter.progress(2, 2, what)

    assert capsys.readouterr().err.splitlines() == [
        "1 of 2 deployments",
        "2 of 2 deployments",
        "1 of 2 models",
        "2 of 2 models",
    ]


def test_progress_that_stands_still_is_shown_once(
    reporter: TerminalReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        reporter.progress(1, 4, "models")

    assert capsys.readouterr().err == "1 of 4 models\n"


def test_large_numbers_are_grouped(
    reporter: TerminalReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter.progress(1_000, 2_000, "models")

    assert capsys.readouterr().err == "1,000 of 2,000 models\n"


def test_no_work_has_no_progress(
    reporter: TerminalReporter, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter.progress(0, 0, "models")

    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_a_bar_on_standard_error(
    reporter: TerminalReporter,
    capsys: pytest.CaptureFixture[str],
    show_terminal: Callable[[], Terminal],
) -> None:
    terminal = show_terminal()

    for done in range(5):
        reporter.progress(done, 4, "models")

    assert "models" in terminal.getvalue()
    assert "4/4" in terminal.getvalue()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("done", [4, 1], ids=["full", "not full"])
def test_a_step_stands_below_a_bar_that_has_ended(
    reporter: TerminalReporter, show_terminal: Callable[[], Terminal], done: int
) -> None:
    terminal = show_terminal()

    reporter.progress(done, 4, "models")
    reporter.step("Tested")

    bar, _, below = terminal.getvalue().rpartition("\n\x1b[?25h")  # rich shows the cursor again
    assert f"{done}/4" in bar
    assert below == "Tested\n"


def test_a_bar_says_what_it_counts_now(
    reporter: TerminalReporter, show_terminal: Callable[[], Terminal]
) -> None:
    terminal = show_terminal()

    reporter.progress(1, 4, "models")
    reporter.progress(1, 8, "deployments")
    reporter.step("Stopped")

    assert "1/8" in terminal.getvalue().rpartition("deployments")[2]
