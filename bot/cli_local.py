"""The verbs that need nothing but files and git; what they need is imported when they run."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli_output import block_unless, output_format, write_texts
from bot.errors import BotError

if TYPE_CHECKING:
    from bot.adapters.git import GitRepository

root_folder = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder that holds config/ and environment/.",
)


@click.command()
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
    block_unless(passes=not obstacles(found, "the author"))


@click.command()
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
    block_unless(passes=found.agrees)


@click.command()
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


@click.command()
def rules() -> None:
    """List the rules that a change is judged by."""
    from bot.core.rules import CATALOGUE

    for rule in CATALOGUE:
        click.echo(f"{rule.id:36} {rule.impact.name.lower():9} {rule.summary}")


@click.command()
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
    block_unless(passes=not found.problems)


@click.command()
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
        write_texts(
            output, {f"{one}.json": schema_text(one) for one in FILES if name in (None, one)}
        )
    elif name is not None:
        click.echo(schema_text(name), nl=False)
    else:
        for one, path in FILES.items():
            click.echo(f"{one:9} {path}")


@click.command()
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


@click.group()
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
    block_unless(passes=found.decision == "complete")


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
