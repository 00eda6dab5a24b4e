"""The command line: the same verbs as in a pull request, and the one place of exit codes."""

import sys
from collections.abc import Callable
from typing import NoReturn

import click

from bot import __version__
from bot.cli_cloud import apply, drift, environments, plan, promote, retry, status
from bot.cli_local import bump, classify, evidence, explain, review, rules, schema, validate
from bot.cli_output import block_unless
from bot.cli_sandbox import demo, sandbox
from bot.errors import BotError, Exit, InvalidFileError, UserError

JOBS = (
    "publish",
    "candidate",
    "cloud",
    "refresh",
    "finish",
    "command",
    "apply",
    "rehearse",
    "schedule",
    "drift",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="envbot")
def cli() -> None:
    """Say what an environment change means, and make Azure ML equal to what was merged.

    Exit codes: 0 done or nothing to do; 1 could not; 2 wrong command line; 3 a bug in envbot;
    100 the check ran and the change may not pass.
    """


@cli.command()
@click.option(
    "--job",
    type=click.Choice(JOBS),
    envvar="GITHUB_JOB",
    required=True,
    help="Which job this is; GITHUB_JOB says so in a run.",
)
def event(job: str) -> None:
    """Answer the event that started this workflow run."""
    from bot import wiring
    from bot.adapters.actions import Actions
    from bot.handlers.bugs import TellingOfBugs
    from bot.handlers.event import answer_event

    found = wiring.settings()
    actions = Actions(found.environment)
    woken = actions.event()
    with_cloud = job in ("candidate", "cloud", "finish", "apply", "rehearse", "drift")
    context = wiring.event_context(found, actions, with_cloud=with_cloud)
    with TellingOfBugs(context, woken.payload):
        outcome = answer_event(context, job, woken.name, woken.payload)
    for name, value in outcome.outputs.items():
        actions.set_output(name, value)
    if outcome.summary:
        actions.summarize(outcome.summary)
    block_unless(passes=outcome.done)


_VERBS = (
    *(review, classify, explain, rules, validate, schema, bump, evidence),
    *(plan, apply, retry, promote, status, drift, environments),
    *(sandbox, demo),
)
for _verb in _VERBS:
    cli.add_command(_verb)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run envbot and end the process with the exit code of `Exit`."""
    sys.exit(_exit_code(lambda: cli.main(arguments, prog_name="envbot", standalone_mode=False)))


def _exit_code(run: Callable[[], object]) -> int:
    try:
        run()
    except Exception as raised:  # noqa: BLE001 - the one boundary: what nobody expected is a bug
        return _explain(raised)
    return Exit.OK


def _explain(raised: Exception) -> Exit:
    """Say on standard error what went wrong, and return the exit code: whose turn it is."""
    code = Exit.FAILED
    match raised:
        case click.ClickException():
            raised.show()
            code = Exit.USAGE
        case click.Abort():
            click.echo("Aborted.", err=True)
        case UserError():
            _show_refusal(raised)
            code = Exit.BLOCKED
        case InvalidFileError():
            click.echo(str(raised), err=True)
            code = Exit.BLOCKED
        case BotError():
            click.echo(str(raised), err=True)
        case _:
            _show_bug(raised)
            code = Exit.BUG
    return code


def _show_refusal(refused: UserError) -> None:
    from bot.core.render.refusal import refusal_text

    click.echo(refusal_text(refused.refusal), err=True, nl=False)


def _show_bug(bug: Exception) -> None:
    import traceback

    traceback.print_exception(bug)
    click.echo("This is a bug in envbot. Nothing else is known; please report it.", err=True)
