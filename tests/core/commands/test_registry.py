"""The registry cannot drift from the parser and from the documents made of it."""

from pathlib import Path

import pytest

from bot.core.commands.command import Command, parse
from bot.core.commands.help import entry, overview, reference
from bot.core.commands.registry import COMMANDS, CommandSpec, Job, Level
from bot.core.render.markdown import code

SPECS = [pytest.param(spec, id=name) for name, spec in COMMANDS.items()]
DOCUMENT = Path(__file__).parents[3] / "docs" / "commands.md"


def test_has_the_commands_of_this_version() -> None:
    assert list(COMMANDS) == [
        "help",
        "status",
        "bump",
        "evidence",
        "override",
        "promote",
        "retry",
        "rollback",
    ]


@pytest.mark.parametrize("spec", SPECS)
def test_every_example_is_a_command(spec: CommandSpec) -> None:
    assert spec.examples
    for example in spec.examples:
        parsed = parse(example.line)
        assert isinstance(parsed, Command)
        assert parsed.name == spec.name


@pytest.mark.parametrize("spec", SPECS)
def test_help_names_usage_and_who_may(spec: CommandSpec) -> None:
    assert spec.usage in entry(spec)
    assert spec.who.text in entry(spec)
    assert f"| {code(spec.usage)} |" in overview()


@pytest.mark.parametrize("spec", SPECS)
def test_what_reaches_the_cloud_asks_for_a_group(spec: CommandSpec) -> None:
    writes_outside = {Job.CLOUD, Job.APPLY} & {spec.job, spec.job_after_merge}

    assert not writes_outside or spec.who.stage is not None
    assert not writes_outside or spec.who.level is Level.WRITE


def test_retry_repeats_the_apply_once_merged() -> None:
    assert COMMANDS["retry"].job is Job.CLOUD
    assert COMMANDS["retry"].job_after_merge is Job.APPLY


def test_a_rollback_is_for_whom_its_gate_asks_and_after_the_merge_alone() -> None:
    spec = COMMANDS["rollback"]

    assert spec.who.stage == "rollback"
    assert (spec.job, spec.job_after_merge) == (None, Job.COMMAND)


def test_only_help_and_status_answer_on_a_closed_pull_request() -> None:
    answering = [name for name, spec in COMMANDS.items() if spec.job_when_closed]

    assert answering == ["help", "status"]


def test_the_document_is_what_the_registry_says() -> None:
    wanted = reference()

    assert DOCUMENT.read_text(encoding="utf-8") == wanted, (
        "write bot.core.commands.help.reference() to docs/commands.md"
    )
