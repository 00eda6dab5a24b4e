"""Answers a comment: parse, acknowledge, authorise, act, reply once.

The same steps run in every job that takes part: a job with an identity never trusts that the one
before it has checked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.core.commands.command import Command, Invalid, parse
from bot.core.commands.help import where
from bot.core.commands.permission import refuse_giver
from bot.core.commands.registry import COMMANDS, CommandSpec, Job
from bot.core.gates.facts import Giver
from bot.core.pull_request import Comment, PullRequest
from bot.core.refusal import Refusal
from bot.core.render.failure import failure_markdown
from bot.core.render.refusal import refusal_markdown
from bot.core.untrusted import inline
from bot.errors import BotError, InvalidFileError, UserError
from bot.handlers.context import Context
from bot.handlers.publish import Wanted
from bot.handlers.reply import FAILED, REFUSED, Reply


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that was understood, and everything that carrying it out needs."""

    command: Command
    comment: Comment
    pull: PullRequest
    reply: Reply

    @property
    def giver(self) -> Giver:
        """Return who gave the command."""
        return Giver(self.comment.author, self.comment.created_at)


Act = Callable[[Context, Asked], Wanted | None]


@dataclass(frozen=True, slots=True)
class Following:
    """What must follow an answer: the job that goes on with the command, or others' work."""

    job: Job | None = None
    wanted: Wanted = field(default_factory=Wanted)


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as the event carried it: what was written, before anybody could edit it."""

    number: int
    comment: int
    body: str


def answer(context: Context, said: Said, job: Job, acts: Mapping[str, Act]) -> Following:
    """Answer one comment as far as `job` can; return what must follow.

    What is no command, was edited, deleted, or written by a bot gets no answer at all. The text of
    the event is compared with the text that stands there now, because times have whole seconds:
    people with write access can edit a comment of somebody else.

    Raises:
        BotError: the outside failed; the reply says so.
    """
    command = parse(said.body)
    comment = context.hosting.comment(said.comment) if command else None
    if command is None or comment is None or comment.by_bot:
        return Following()
    reply = Reply(context, said.number, said.comment)
    if comment.edited or comment.body != said.body:
        _pass_over(reply, comment, job)
        return Following()
    if job is Job.COMMAND:
        reply.acknowledge()
    try:
        asked = _understood(context, command, comment, reply)
        return _carry_out(context, asked, job, acts)
    except UserError as error:
        _refuse(reply, error.refusal)
    except InvalidFileError as error:
        _refuse(reply, _invalid(error))
    except BotError as error:
        reply.finish(failure_markdown(error, context.run_url), FAILED)
        raise
    return Following()


def _refuse(reply: Reply, refusal: Refusal) -> None:
    """Say that it was not done, unless it was: the event of a comment can come again, and late."""
    if not reply.is_done():
        reply.finish(refusal_markdown(refusal), REFUSED)


def _understood(
    context: Context, command: Command | Invalid, comment: Comment, reply: Reply
) -> Asked:
    if isinstance(command, Invalid):
        raise UserError(command.refusal)
    return Asked(command, comment, context.hosting.pull(reply.number), reply)


def _carry_out(context: Context, asked: Asked, job: Job, acts: Mapping[str, Act]) -> Following:
    spec = COMMANDS[asked.command.name]
    responsible = _responsible(spec, asked)
    require_permission(context, spec, asked.comment.author)
    if responsible is job:
        return Following(wanted=acts[spec.name](context, asked) or Wanted())
    if not asked.reply.is_done():
        asked.reply.show(f"⏳ `/{spec.name}` is queued.\n")
    return Following(responsible)


def _responsible(spec: CommandSpec, asked: Asked) -> Job:
    """Return the job that carries out the command on a pull request in this state.

    Raises:
        UserError: nothing does: the command makes no sense there, or the branch is a fork's.
    """
    pull = asked.pull
    if pull.from_fork and pull.open and not spec.effect.startswith("nothing"):
        raise UserError(_fork(spec, asked))
    closed = spec.job_after_merge if pull.merged_at else spec.job_when_closed
    job = spec.job if pull.open else closed
    if job is None:
        raise UserError(_wrong_state(spec, pull))
    return job


def require_permission(context: Context, spec: CommandSpec, login: str) -> None:
    """Require that `login` may give the command, asked of the API now.

    Raises:
        UserError: they may not (`PERM_DENIED`).
    """
    policy = context.rules.policy
    members: frozenset[str] = frozenset()
    if spec.who.stage is not None:
        gate = getattr(policy.gates, spec.who.stage)
        members = frozenset(login for group in gate.groups for login in policy.groups[group])
    refusal = refuse_giver(spec, login, context.hosting.permission(login), members)
    if refusal:
        raise UserError(refusal)


def _pass_over(reply: Reply, comment: Comment, job: Job) -> None:
    """Leave an edited comment without an answer, unless one was begun."""
    if job is not Job.COMMAND:
        reply.finish(refusal_markdown(_edited(comment)), REFUSED)


def _edited(comment: Comment) -> Refusal:
    return Refusal(
        code="COMMENT_EDITED",
        headline="the comment was edited after it was written",
        facts=("Only what a comment said when it was written counts.",),
        resolver=comment.author,
        next="Give the command in a new comment",
    )


def _fork(spec: CommandSpec, asked: Asked) -> Refusal:
    return Refusal(
        code="FORK_PR",
        headline=f"`/{spec.name}` does not work on pull requests from forks",
        facts=(
            "Who pushes to a fork cannot be known, so nothing is written for one.",
            *_by_hand(asked.command),
        ),
        resolver=asked.pull.author,
        next="Push the branch to this repository and open a pull request from it",
    )


def _by_hand(command: Command) -> tuple[str, ...]:
    """Return what does the same in a clone, for a command that edits files."""
    if command.name != "bump":
        return ()
    given = {"to": command.arguments["version"], **command.arguments}
    flags = [f"--{flag} {given[flag]}" for flag in ("to", "circuits", "from") if flag in given]
    local = inline(f"envbot bump {' '.join(flags)}")
    return (f"In a clone, {local} edits the circuits in the same way.",)


def _wrong_state(spec: CommandSpec, pull: PullRequest) -> Refusal:
    state = "merged" if pull.merged_at else "closed"
    kind = "an open" if pull.open else f"a {state}"
    return Refusal(
        code="PR_STATE",
        headline=f"`/{spec.name}` makes no sense on {kind} pull request",
        facts=(
            f"#{pull.number} is {kind.partition(' ')[2]}.",
            f"It works on {where(spec)}.",
        ),
        resolver="nobody",
        next="/help",
    )


def _invalid(error: InvalidFileError) -> Refusal:
    return Refusal(
        code="CONFIG_INVALID",
        headline="files that envbot must read cannot be used",
        facts=tuple(str(problem) for problem in error.problems),
        resolver="the author of the change",
        next="Correct the files named and push.",
    )
