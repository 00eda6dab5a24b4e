"""A review as notes on the lines of the diff."""

from collections.abc import Callable

from bot.core.check_report import Level
from bot.core.render.annotations import check_report
from bot.core.review import Review

Reviewed = Callable[..., Review]
SPEC = "environment/environment.yml"
CONDA = "environment/conda.yml"
C001 = "config/plants/P001/C001.yml"


def test_what_blocks_comes_first_on_its_line(reviewed: Reviewed, sample: dict[str, bytes]) -> None:
    head = {
        SPEC: sample[SPEC].replace(b'"1.5.0"', b'"1.5.1"'),
        CONDA: sample[CONDA].replace(b"tensorflow==2.13.0", b"tensorflow==2.14.0"),
    }

    report = check_report(reviewed(head), "")

    first = report.annotations[0]
    last = next(one for one in reversed(report.annotations) if one.path == CONDA)
    assert (first.level, first.path, first.title) == (Level.FAILURE, SPEC, "version_too_low")
    assert (last.level, last.path, last.title) == (Level.WARNING, CONDA, "framework_minor_raised")
    line = head[CONDA].splitlines()[last.line - 1]
    assert b"tensorflow==2.14.0" in line


def test_a_broken_config_is_marked_where_it_is_broken(
    reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    head = {C001: sample[C001].replace(b'"1.5.0"', b"1.5")}

    (note,) = check_report(reviewed(head), "").annotations

    assert (note.path, note.line, note.level) == (C001, 5, Level.FAILURE)
    assert "quotes" in note.message


def test_what_is_not_written_is_a_note_too(reviewed: Reviewed, sample: dict[str, bytes]) -> None:
    head = {
        SPEC: sample[SPEC].replace(b'"1.5.0"', b'"1.5.1"'),
        "environment/README.md": b"More.\n",
    }

    notes = check_report(reviewed(head), "").annotations

    assert (Level.NOTICE, "change_summary_missing") in {(one.level, one.title) for one in notes}


def test_a_change_without_meaning_is_no_note(reviewed: Reviewed, sample: dict[str, bytes]) -> None:
    head = {SPEC: sample[SPEC].replace(b"change_summary: ", b"change_summary:  ")}

    assert check_report(reviewed(head), "").annotations == ()


def test_two_reports_that_say_the_same_have_one_digest(
    reviewed: Reviewed, sample: dict[str, bytes]
) -> None:
    head = {C001: sample[C001].replace(b'"1.5.0"', b"1.5")}

    assert check_report(reviewed(head), "").digest == check_report(reviewed(head), "").digest
    assert check_report(reviewed(head), "").digest != check_report(reviewed(), "").digest
