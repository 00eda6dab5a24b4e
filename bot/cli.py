"""The command line: the same verbs as in a pull request, and the one place of exit codes."""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bot import __version__
from bot.cli_sandbox import demo, sandbox
from bot.errors import BotError, Exit, InvalidFileError, UserError

if TYPE_CHECKING:
    from bot.adapters.git import GitRepository
    from bot.handlers.context import Context

FORMATS = ("text", "markdown", "json")
JOBS = (
    "publish",
    "candidate",
    "cloud",
    "refresh",
    "command",
    "apply",
    "rehearse",
    "schedule",
    "drift",
)

output_format = click.option(
    "--format", "shape", type=click.Choice(FORMATS), default="text", help="How to print."
)
stage_option = click.option(
    "--stage",
    type=click.Choice(["production", "test"]),
    default="production",
    show_default=True,
    help="`test` rehearses it on the deployments of the test workspace.",
)
root_folder = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder that holds config/ and environment/.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="envbot")
def cli() -> None:
    """Say what an environment change means, and make Azure ML equal to what was merged.

    Exit codes: 0 done or nothing to do; 1 could not; 2 wrong command line; 3 a bug in envbot;
    100 the check ran and the change may not pass.
    """


@cli.command()
@click.option("--base", default="origin/main", show_default=True, help="What main is.")
@click.option("--head", default="HEAD", show_default=True, help="What would be merged.")
@output_format
def review(base: str, head: str, shape: str) -> None:
    """Say all that the summary comment says of a pull request, from git alone."""
    from bot import wiring
    from bot.core.obstacles import obstacles
    from bot.core.render.review import review_report
    from bot.handlers.local import review_revisions

    teams = wiring.teams_of(wiring.settings())
    found = review_revisions(_repository(), base, head, teams)
    click.echo(review_report(found, shape), nl=False)
    _block_unless(passes=not obstacles(found, "the author"))


@cli.command()
@click.option("--base", default="origin/main", show_default=True, help="What main is.")
@click.option("--head", default="HEAD", show_default=True, help="What would be merged.")
@click.option("--base-dir", type=click.Path(path_type=Path), help="A folder instead of --base.")
@click.option("--head-dir", type=click.Path(path_type=Path), help="A folder instead of --head.")
@output_format
def classify(
    base: str, head: str, base_dir: Path | None, head_dir: Path | None, shape: str
) -> None:
    """Say whether the change of environment/ is breaking, and why, rule by rule."""
    from bot.core.render.classification import classification_report
    from bot.handlers.classification import classify_by_base_policy, classify_revisions

    if (base_dir is None) != (head_dir is None):
        raise click.UsageError("Give --base-dir and --head-dir together.")
    if base_dir and head_dir:
        from bot.adapters.folder import read_environment_folder

        before, after = read_environment_folder(base_dir), read_environment_folder(head_dir)
        found = classify_by_base_policy(before, after)
    else:
        found = classify_revisions(_repository(), base, head)
    click.echo(classification_report(found, shape), nl=False)
    _block_unless(passes=found.agrees)


@cli.command()
@click.argument("rule")
def explain(rule: str) -> None:
    """Print a rule: what it detects, why, what to do, and an example."""
    from bot.core.rules import CATALOGUE
    from bot.core.rules_document import DECLARATION_FINDINGS

    if rule in DECLARATION_FINDINGS:
        click.echo(f"{rule}: {DECLARATION_FINDINGS[rule]}")
    elif any(one.id == rule for one in CATALOGUE):
        click.echo(_rule_section(rule), nl=False)
    else:
        raise click.BadParameter(f"there is no rule `{rule}`; `envbot rules` lists them")


@cli.command()
def rules() -> None:
    """List the rules that a change is judged by."""
    from bot.core.rules import CATALOGUE

    for rule in CATALOGUE:
        click.echo(f"{rule.id:36} {rule.impact.name.lower():9} {rule.summary}")


@cli.command()
@root_folder
def validate(root: Path) -> None:
    """Check every config file; say file, line, what is wrong and what would be right."""
    from bot import wiring
    from bot.adapters.folder import read_folder
    from bot.core.config.validate import validate as check
    from bot.core.render.markdown import plural

    _need_config(root)
    found = check(
        read_folder(root, "config", "environment"), teams=bool(wiring.settings().teams_token)
    )
    for problem in found.problems:
        click.echo(str(problem))
    for note in found.notes:
        click.echo(f"note: {note}")
    counts = plural(len(found.problems), "problem"), plural(len(found.notes), "note")
    click.echo(f"{', '.join(counts)}.", err=True)
    _block_unless(passes=not found.problems)


@cli.command()
@click.argument("name", required=False)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write NAME.json, or all of them, to this folder instead.",
)
def schema(name: str | None, output: Path | None) -> None:
    """Print the JSON Schema of a config file; without a NAME, list what there is."""
    from bot.core.config.schema import FILES, schema_text

    if name is not None and name not in FILES:
        raise click.BadParameter(f"there is no schema `{name}`; known: {', '.join(FILES)}")
    if output is not None:
        _write(output, {f"{one}.json": schema_text(one) for one in FILES if name in (None, one)})
    elif name is not None:
        click.echo(schema_text(name), nl=False)
    else:
        for one, path in FILES.items():
            click.echo(f"{one:9} {path}")


@cli.command()
@click.option("--to", "to", required=True, help="The version to set.")
@click.option("--from", "from_version", help="Only circuits at this version.")
@click.option("--circuits", help="Only these: P001/C001, P001/*, plant:P001, env:1.5.0.")
@root_folder
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
def bump(
    to: str, from_version: str | None, circuits: str | None, root: Path, *, dry_run: bool
) -> None:
    """Set the environment version in the circuits' configs; every other byte stays."""
    from bot.adapters.folder import read_folder
    from bot.adapters.in_place import write_in_place
    from bot.core.config.bump import make_bump
    from bot.core.config.selector import parse
    from bot.core.render.bump import bump_text

    selector = parse(circuits) if circuits else None
    _need_config(root)
    tree = read_folder(root, "config/plants")
    made = make_bump(tree, to=to, from_version=from_version, selector=selector)
    if not dry_run:
        write_in_place(root, made.files, tree)
    click.echo(bump_text(made, done=not dry_run), nl=False)


@cli.group()
def evidence() -> None:
    """Read evidence notebooks."""


@evidence.command("check")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--environment", required=True, help="Name of the environment.")
@click.option("--version", "version", required=True, help="The final version.")
@click.option("--candidate", help="The rc version that may stand for it.")
@output_format
def evidence_check(
    notebook: Path, environment: str, version: str, candidate: str | None, shape: str
) -> None:
    """Check a notebook without running it: each required item, ticked or refused."""
    from bot.core.evidence.checklist import check_notebook
    from bot.core.render.evidence import evidence_report

    try:
        data = notebook.read_bytes() if notebook.is_file() else None
    except OSError as error:
        raise BotError(f"{notebook} cannot be read ({error.strerror}).") from error
    found = check_notebook(data, environment=environment, version=version, candidate=candidate)
    click.echo(evidence_report(found, shape), nl=False)
    _block_unless(passes=found.decision == "complete")


@cli.command()
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
    click.echo(plan_report(select(context, prepared, circuits), shape), nl=False)
    _block_unless(passes=not prepared.errors)


@cli.command()
@stage_option
@click.option("--plan", "fingerprint", required=True, help="The plan that you looked at.")
def apply(stage: str, fingerprint: str) -> None:
    """Make production what main asks for, if the plan still is the one you looked at."""
    from bot.core.render.apply import apply_text
    from bot.handlers.applied import apply_and_tell
    from bot.handlers.apply import ApplyRequest
    from bot.handlers.rehearsal import rehearse

    if len(fingerprint) < 12:  # noqa: PLR2004 - as many digits as `envbot plan` prints
        raise click.BadParameter("give at least the twelve digits that `envbot plan` prints")
    context = _cloud_context()
    cloud = context.need_cloud()
    if stage == "test":
        report = rehearse(context, cloud, approved=fingerprint)
    else:
        report = apply_and_tell(context, cloud, ApplyRequest(approved=fingerprint))
    click.echo(apply_text(report), nl=False)
    _block_unless(passes=report.converged)


@cli.command()
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
    _block_unless(passes=report.converged)


@cli.command()
@click.argument("stage", type=click.Choice(["registry"]))
@click.option("--pull", type=int, required=True, help="Number of the pull request.")
def promote(stage: str, pull: int) -> None:
    """Share the candidate of a pull request and test every production model on it."""
    from bot.handlers.commands import promote_from_terminal

    del stage  # the only one there is; the word makes the command read as in a comment
    click.echo(promote_from_terminal(_cloud_context(), pull), nl=False)


@cli.command()
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
        _write(output.parent, {output.name: report})


@cli.command()
@output_format
def drift(shape: str) -> None:
    """Show what was changed outside of git; exit with 100 if anything was."""
    from bot.core.render.drift import drift_report
    from bot.handlers.drift import place_of, read_drift

    context = _cloud_context()
    found = read_drift(context, context.need_cloud())
    click.echo(drift_report(found, place_of(context), shape), nl=False)
    _block_unless(passes=not found.found)


@cli.command()
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
    from bot.handlers.event import TellingOfBugs, answer_event

    found = wiring.settings()
    actions = Actions(found.environment)
    woken = actions.event()
    with_cloud = job in ("candidate", "cloud", "apply", "rehearse", "drift")
    context = wiring.event_context(found, actions, with_cloud=with_cloud)
    with TellingOfBugs(context, woken.payload):
        outcome = answer_event(context, job, woken.name, woken.payload)
    for name, value in outcome.outputs.items():
        actions.set_output(name, value)
    if outcome.summary:
        actions.summarize(outcome.summary)
    _block_unless(passes=outcome.done)


def _rule_section(rule: str) -> str:
    """Return the section of docs/rules.md: the rules' examples live there and beside no rule.

    Raises:
        BotError: envbot was installed without its documents.
    """
    page = Path(__file__).resolve().parents[1] / "docs" / "rules.md"
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    found = re.search(rf"^## ({rule}\n.*?\n```\n)(?=\n#)", text, re.DOTALL | re.MULTILINE)
    if found is None:
        raise BotError(f"{page} does not explain `{rule}`.")
    return found[1]


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts by name, and make the folder where it is missing.

    Raises:
        BotError: a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BotError(f"{error.filename} cannot be written ({error.strerror}).") from error


def _need_config(root: Path) -> None:
    """Keep a mistyped folder from looking like one in which all is well.

    Raises:
        BotError: there is no config/ below `root`.
    """
    if not (root / "config").is_dir():
        raise BotError(f"There is no folder {root / 'config'}.")


def _repository() -> "GitRepository":
    from bot import wiring

    return wiring.local_repository(wiring.settings().repository_root)


def _cloud_context() -> "Context":
    from bot import wiring
    from bot.adapters.actions import Actions

    found = wiring.settings()
    return wiring.event_context(found, Actions(found.environment), with_cloud=True)


def _block_unless(*, passes: bool) -> None:
    if not passes:
        sys.exit(Exit.BLOCKED)


cli.add_command(sandbox)
cli.add_command(demo)


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
