"""What each command does, by its name in the registry."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.core.commands.help import entry, overview
from bot.core.commands.registry import COMMANDS
from bot.core.config.selector import parse as parse_selector
from bot.core.gates.facts import Giver
from bot.core.refusal import Refusal
from bot.core.render.apply import apply_markdown
from bot.core.render.gates import evidence_section, gates_section, settled_markdown
from bot.core.render.markdown import document
from bot.core.render.overrides import overridden_markdown, override_section
from bot.core.render.rollback import already_open_markdown, opened_markdown
from bot.core.render.summary import next_section
from bot.errors import UserError
from bot.handlers.applied import apply_and_tell
from bot.handlers.apply import ApplyRequest
from bot.handlers.bump import bumped_markdown, edit_for, push_bump
from bot.handlers.comment import Act, Asked, require_permission
from bot.handlers.context import Context
from bot.handlers.evidence_run import require_runnable, started_markdown
from bot.handlers.overrides import require_override
from bot.handlers.promote import promote_to_registry
from bot.handlers.publish import (
    Wanted,
    publish,
    publish_head,
    reopen_registry,
    show,
    wants_run,
)
from bot.handlers.reply import DONE, FAILED, TerminalReply
from bot.handlers.rollback import why_no_rollback
from bot.handlers.standing import read_standing, review_head
from bot.handlers.take_back import open_rollback


def help_(_context: Context, asked: Asked) -> None:
    """Explain one command, or list them all."""
    verb = asked.command.arguments.get("verb", "")
    if verb and verb not in COMMANDS:
        raise UserError(_unknown(verb))
    asked.reply.finish(entry(COMMANDS[verb]) if verb else overview(), DONE)


def status(context: Context, asked: Asked) -> None:
    """Compute every gate anew and say what is missing; a settled pull request has none."""
    if not asked.pull.open:
        asked.reply.finish(settled_markdown(asked.pull), DONE)
        return
    standing = read_standing(context, asked.pull)
    body = (
        f"### {standing.status[1]}",
        override_section(standing.review),
        gates_section(standing),
        next_section(standing),
    )
    asked.reply.finish(document(body), DONE)


def evidence(context: Context, asked: Asked) -> Wanted:
    """Read the notebook again and show the checklist; `run` has it run on its candidate too."""
    standing = reopen_registry(context, read_standing(context, asked.pull))
    runs = "action" in asked.command.arguments
    if runs:
        require_runnable(context, standing)
    show(context, standing)
    said = started_markdown(standing) if runs else evidence_section(standing)
    asked.reply.finish(document((said,)), DONE)
    return Wanted(candidate=runs or standing.wants_candidate or wants_run(context, standing))


def bump(context: Context, asked: Asked) -> Wanted:
    """Set a version in the circuits that the command selects, then review the new head."""
    arguments = asked.command.arguments
    reviewed = review_head(context, asked.pull)
    selector = arguments.get("circuits")
    edit = edit_for(
        reviewed,
        arguments["version"],
        from_version=arguments.get("from"),
        selector=parse_selector(selector) if selector else None,
    )
    if not edit:
        asked.reply.finish("Nothing to change: every selected circuit has that version.\n", DONE)
        return publish(context, asked.pull.number).wanted
    commit = push_bump(context, asked.pull, edit)
    # Its 🚀 is what makes the comment count where the version was rolled back before.
    asked.reply.finish(bumped_markdown(edit, commit), DONE)
    return publish_head(context, replace(asked.pull, head=commit)).wanted


def override(context: Context, asked: Asked) -> Wanted:
    """Take another class than was found, if whoever gives it may, and show what follows."""
    reviewed = review_head(context, asked.pull)
    taken = require_override(context, asked.pull, asked.comment, reviewed)
    # Its 🚀 is what makes the comment count, so it comes before the review that it changes.
    asked.reply.finish(overridden_markdown(reviewed, taken), DONE)
    return publish(context, asked.pull.number).wanted


def promote(context: Context, asked: Asked) -> None:
    """Share the candidate and test every production model."""
    promote_to_registry(context, context.need_cloud(), asked.pull, asked.giver, asked.reply)


def retry(context: Context, asked: Asked) -> None:
    """Repeat the failed tests of an open pull request, or the apply of a merged one."""
    cloud = context.need_cloud()
    if asked.pull.open:
        promote_to_registry(context, cloud, asked.pull, asked.giver, asked.reply, again=True)
        return
    failed_only = "failed" in asked.command.arguments
    report = apply_and_tell(context, cloud, ApplyRequest(failed_only=failed_only))
    asked.reply.finish(apply_markdown(report, context.run_url), DONE if report.passes else FAILED)


def rollback(context: Context, asked: Asked) -> Wanted:
    """Open the pull request that takes a merged one back, and review it: nothing wakes us for it.

    GitHub starts no workflow for what a workflow's own token opens.
    """
    number, reason = asked.pull.number, asked.command.arguments.get("reason", "")
    taken = open_rollback(context, asked.pull, asked.comment, reason)
    wanted = publish(context, taken.pull.number).wanted
    why = why_no_rollback(context, taken.pull)
    if taken.edit is None:
        said = already_open_markdown(taken.pull.number, number, not_rollback=why)
    else:
        within, opened = context.rules.policy.gates.rollback.timeout, taken.pull.number
        said = opened_markdown(opened, number, taken.edit, within=within, not_rollback=why)
    asked.reply.finish(said, DONE)
    return wanted


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "help": help_,
        "status": status,
        "bump": bump,
        "evidence": evidence,
        "override": override,
        "promote": promote,
        "retry": retry,
        "rollback": rollback,
    }
)


def promote_from_terminal(context: Context, number: int) -> str:
    """Promote a pull request for whoever's token this is; return the reply as Markdown.

    Raises:
        UserError: they may not, or the gate is not open.
    """
    login = context.hosting.whoami()
    require_permission(context, COMMANDS["promote"], login)
    pull = context.hosting.pull(number)
    reply = TerminalReply(context)
    giver = Giver(login, context.clock.now())
    promote_to_registry(context, context.need_cloud(), pull, giver, reply)
    return reply.body


def _unknown(verb: str) -> Refusal:
    return Refusal(
        code="CMD_UNKNOWN",
        headline=f"there is no command `{verb}`",
        facts=(f"Known: {', '.join(COMMANDS)}.",),
        resolver="whoever typed it",
        next="/help",
    )
