"""Commands that nobody has answered, because the event of their comment was lost.

The schedule answers them as the event would have. The bot's 👀 and its reply tell that one was
answered: both are found again, so that two schedules, or an event that comes late, add nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.core.commands.command import parse
from bot.core.commands.registry import Job
from bot.core.gates.approval import same_login
from bot.core.gates.facts import Giver
from bot.core.pull_request import Comment, ListedComment
from bot.core.refusal import Refusal
from bot.core.render import marker
from bot.core.render.refusal import refusal_markdown
from bot.errors import BotError, UserError
from bot.handlers.bugs import TellingOfBugs
from bot.handlers.commands import ACTS
from bot.handlers.comment import Following, Said, answer
from bot.handlers.context import Context
from bot.handlers.promote import require_seen_head
from bot.handlers.reply import REFUSED, SEEN, Reply

WINDOW = timedelta(days=1)
"""What is older is not answered any more: whoever typed it has long looked elsewhere."""

_EDITS = "bump"  # the command that writes to the branch


@dataclass(frozen=True, slots=True)
class Late:
    """What the schedule made of the commands that nobody had answered.

    Attributes:
        taken: each command that was answered, and what must follow.
        done: False when a command could not be answered; its author was told if that was possible.
    """

    taken: tuple[tuple[ListedComment, Following], ...] = ()
    done: bool = True

    def left_to(self, job: Job) -> str:
        """Return the commands that `job` must go on with, in the form of `ENVBOT_COMMANDS`."""
        return _names(one for one, following in self.taken if following.job is job)

    @property
    def candidates(self) -> str:
        """Return the commands that ask for a candidate, in the same form."""
        return _names(one for one, following in self.taken if following.wanted.candidate)


def _names(listed: Iterable[ListedComment]) -> str:
    return " ".join(f"{one.number}/{one.comment.id}" for one in listed)


def answer_unanswered(context: Context) -> Late:
    """Answer, oldest first, every command that waits for its event too long.

    One that fails does not keep the others waiting. With nothing to answer it costs one request.
    """
    taken, done = [], True
    try:
        waiting = _find(context)
    except BotError as error:
        context.reporter.step(f"Unanswered commands are not known: {error.what}")
        return Late(done=False)
    for one in waiting:
        try:
            taken.append((one.listed, _answered(context, one)))
        except BotError as error:
            context.reporter.step(f"#{one.listed.number}: {error.what}")
            done = False
    return Late(tuple(taken), done)


def taken_up(context: Context) -> Iterator[dict[str, Any]]:
    """Yield the events of the commands that this job goes on with, as they would have come.

    A comment that was edited or deleted since has none.
    """
    for number, comment_id in context.commands:
        comment = context.hosting.comment(comment_id)
        if comment is not None and not comment.edited:
            yield _event(number, comment)


def _event(number: int, comment: Comment) -> dict[str, Any]:
    """Return the event that GitHub would have sent, as far as it is looked at."""
    said = {"id": comment.id, "body": comment.body, "user": {"login": comment.author}}
    issue = {"number": number, "pull_request": {}}
    return {"action": "created", "issue": issue, "comment": said}


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A command without an answer; `is_repeated`: the same was given again, and answered."""

    listed: ListedComment
    is_repeated: bool


def _find(context: Context) -> list[_Waiting]:
    now, hosting = context.clock.now(), context.hosting
    listed = hosting.comments_since(now - WINDOW)
    mine = (one.comment for one in listed if same_login(one.comment.author, hosting.login))
    replies = {comment.body.split("\n", 1)[0] for comment in mine}
    waiting: list[_Waiting] = []
    answered: set[tuple[int, str]] = set()
    for one in reversed(listed):
        verb = _verb(one)
        if not verb or one.comment.created_at < now - WINDOW:
            continue
        if marker.reply(one.comment.id) in replies or _is_seen(context, one):
            answered.add((one.number, verb))
        elif one.comment.created_at <= now - context.patience.answer:
            waiting.append(_Waiting(one, (one.number, verb) in answered))
    return waiting[::-1]


def _verb(one: ListedComment) -> str:
    """Return which command a comment gives, if its event would have been heard; else nothing."""
    comment = one.comment
    if comment.by_bot or comment.edited or not comment.body.startswith("/"):
        return ""
    command = parse(comment.body)
    return command.name if command else ""


def _is_seen(context: Context, one: ListedComment) -> bool:
    return one.has_eyes and context.hosting.has_reacted(one.comment.id, SEEN)


def _answered(context: Context, waiting: _Waiting) -> Following:
    """Answer one command, unless its text may be somebody else's.

    The event is compared with the comment; here there is none. Times of REST have whole seconds,
    so it is asked for an edit that they do not show.
    """
    one = waiting.listed
    if context.hosting.was_ever_edited(one.node):
        return Following()
    try:
        _require_current(context, waiting)
    except UserError as error:
        reply = Reply(context, one.number, one.comment.id)
        reply.acknowledge()
        reply.finish(refusal_markdown(error.refusal), REFUSED)
        return Following()
    with TellingOfBugs(context, _event(one.number, one.comment)):
        said = Said(one.number, one.comment.id, one.comment.body)
        return answer(context, said, Job.COMMAND, ACTS)


def _require_current(context: Context, waiting: _Waiting) -> None:
    """Require that nothing has taken the command's place while nobody answered it.

    Raises:
        UserError: it was given again and answered (`CMD_REPEATED`), or it would edit the branch of
            an open pull request to which somebody has pushed since (`HEAD_MOVED`).
    """
    one = waiting.listed
    if waiting.is_repeated:
        raise UserError(_repeated(one))
    pull = context.hosting.pull(one.number) if _verb(one) == _EDITS else None
    if pull is not None and pull.open:
        require_seen_head(context, pull, Giver(one.comment.author, one.comment.created_at))


def _repeated(one: ListedComment) -> Refusal:
    return Refusal(
        code="CMD_REPEATED",
        headline="GitHub never told envbot of this comment, and a later one took its place",
        facts=("The same command was given again since, and answered.",),
        resolver=one.comment.author,
        next="Give it again if it is still wanted",
    )
