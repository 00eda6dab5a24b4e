"""The verbs that ask Azure, and most of them GitHub; what they need is imported when they run."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli_output import FORMATS, block_unless, output_format, write_texts

if TYPE_CHECKING:
    from bot.handlers.context import Context

stage_option = click.option(
    "--stage",
    type=click.Choice(["production", "test"]),
    default="production",
    show_default=True,
    help="`test` rehearses it on the deployments of the test workspace.",
)


@click.command()
@stage_option
@click.option("--circuits", help="Show only these circuits.")
@output_format
def plan(stage: str, circuits: str | None, shape: str) -> None:
    """Say what would be written to production, and who stands behind it."""
    from bot.core.render.plan import plan_report
    from bot.handlers.planning import prepare, select
    from bot.handlers.rehearsal import prepare_rehearsal

    context = _cloud_context()
    cloud = context.need_cloud()
    rehearsed = stage == "test"
    prepared = prepare_rehearsal(context, cloud) if rehearsed else prepare(context, cloud).plan
    click.echo(plan_report(select(context, prepared, circuits), shape, stage), nl=False)
    block_unless(passes=not prepared.errors)


@click.command()
@stage_option
@click.option("--plan", "fingerprint", required=True, help="The plan that you looked at.")
def apply(stage: str, fingerprint: str) -> None:
    """Make production what main asks for, if the plan still is the one you looked at."""
    from bot.core.production.plan import FINGERPRINT_DIGITS
    from bot.core.render.apply import apply_text
    from bot.handlers.applied import apply_and_tell
    from bot.handlers.apply import ApplyRequest
    from bot.handlers.rehearsal import rehearse

    if len(fingerprint) < FINGERPRINT_DIGITS:
        raise click.BadParameter(
            f"give at least the {FINGERPRINT_DIGITS} digits that `envbot plan` prints"
        )
    context = _cloud_context()
    cloud = context.need_cloud()
    if stage == "test":
        report = rehearse(context, cloud, approved=fingerprint)
    else:
        report = apply_and_tell(context, cloud, ApplyRequest(approved=fingerprint))
    click.echo(apply_text(report), nl=False)
    block_unless(passes=report.passes)


@click.command()
@click.option("--failed", is_flag=True, help="Only what an apply has tried in vain.")
def retry(*, failed: bool) -> None:
    """Go on with what is merged and not applied; what is done stays done."""
    from bot.core.render.apply import apply_text
    from bot.handlers.applied import apply_and_tell
    from bot.handlers.apply import ApplyRequest

    context = _cloud_context()
    request = ApplyRequest(failed_only=failed)
    report = apply_and_tell(context, context.need_cloud(), request)
    click.echo(apply_text(report), nl=False)
    block_unless(passes=report.passes)


@click.command()
@click.argument("stage", type=click.Choice(["registry"]))
@click.option("--pull", type=int, required=True, help="Number of the pull request.")
def promote(stage: str, pull: int) -> None:
    """Share the candidate of a pull request and test every production model on it."""
    from bot.handlers.commands import promote_from_terminal

    del stage  # the only one there is; the word makes the command read as in a comment
    click.echo(promote_from_terminal(_cloud_context(), pull), nl=False)


@click.command()
@click.option(
    "--format",
    "shape",
    type=click.Choice((*FORMATS, "html")),
    default="text",
    help="How to print; `html` is one page that needs no other file.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it here.")
@click.option("--all", "every", is_flag=True, help="Name every circuit in text.")
def status(shape: str, output: Path | None, *, every: bool) -> None:
    """Show the fleet: which circuits run what, and where git and Azure differ.

    It asks git and Azure alone, so anyone may run it who can read both.
    """
    from bot import wiring
    from bot.core.render.fleet import fleet_report

    fleet = wiring.read_fleet(wiring.settings())
    if shape == "html":
        from bot.adapters.page_parts import page_parts
        from bot.core.render.fleet_page import fleet_page

        report = fleet_page(fleet, page_parts())
    else:
        report = fleet_report(fleet, shape, every=every)
    if output is None:
        click.echo(report, nl=False)
    else:
        write_texts(output.parent, {output.name: report})


@click.command()
@output_format
def drift(shape: str) -> None:
    """Show what was changed outside of git; exit with 100 if anything was."""
    from bot.core.render.drift import drift_report
    from bot.handlers.drift import place_of, read_drift

    context = _cloud_context()
    found = read_drift(context, context.need_cloud())
    click.echo(drift_report(found, place_of(context), shape), nl=False)
    block_unless(passes=not found.found)


@click.command()
@click.option("--compatible", is_flag=True, help="Only those that production could run as it is.")
@output_format
def environments(shape: str, *, compatible: bool) -> None:
    """List the versions of the environment in dev and in the registry, with what they promise."""
    from bot.core.render.environments import environments_report
    from bot.handlers.environments import read_catalogue

    context = _cloud_context()
    found = read_catalogue(context, context.need_cloud(), compatible=compatible)
    name = context.rules.platform.names.environment
    click.echo(environments_report(name, found, shape), nl=False)


def _cloud_context() -> "Context":
    from bot import wiring
    from bot.adapters.actions import Actions

    found = wiring.settings()
    return wiring.event_context(found, Actions(found.environment), with_cloud=True)
