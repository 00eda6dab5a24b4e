"""Calls the people that a gate waits for, once, and takes the call back when the gate has moved."""

from bot.core.canonical import digest
from bot.core.gates.call import call_for
from bot.core.render.call import CALLS, call_markdown, call_marker, call_message
from bot.core.render.marker import marked
from bot.core.standing import Standing
from bot.handlers.context import Context


def call_people(context: Context, standing: Standing) -> None:
    """Make the call that `standing` asks for the only one there is; tell the webhook of a new one.

    Whoever was called for this state is not called again, whatever else changes meanwhile.
    """
    number, gates = standing.pull.number, standing.gates.values()
    wanted = not standing.obstacles and standing.pull.open
    call = call_for(gates, digest(standing.review.content)) if wanted else None
    if call is None:
        take_back_calls(context, number)
        return
    marker = call_marker(call)
    body = marked(marker, call_markdown(call), context.documents)
    if context.hosting.keep_only(number, CALLS, marker, body):
        context.notify(call_message(call, number))


def take_back_calls_of(context: Context, commit: str) -> None:
    """Delete the calls on the closed pull requests whose head is `commit`: no gate waits there."""
    for pull in context.hosting.pulls_with(commit):
        if not pull.open and pull.head == commit:
            take_back_calls(context, pull.number)


def take_back_calls(context: Context, number: int) -> None:
    """Delete whatever call there is on a pull request."""
    context.hosting.keep_only(number, CALLS)
