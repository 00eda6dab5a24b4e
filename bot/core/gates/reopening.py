"""When the gate to production is open: from the test verdict on, and anew from a later approval.

Approvals grow old together: `duration` after the verdict none of them counts any more. What was
tested is still what it was, so nobody has to test again; the first approval after that opens the
gate once more, for as long, and only what is given from then on counts.
"""

from datetime import datetime, timedelta

from bot.core.gates.approval import Conversation, Groups, Window, objection_to

_AGAIN = "before the gate expired, and must approve again"


def window_since(
    verdict_at: datetime,
    duration: timedelta,
    conversation: Conversation,
    asked: Groups,
    now: datetime,
) -> Window:
    """Return the window that is open at `now`, or was the last to be."""
    window = Window(now, verdict_at, verdict_at + duration, "before the tests ended")
    for given in _given(conversation, asked, now):
        closed = window.until
        if closed is not None and given > closed:
            window = Window(now, closed, given + duration, _AGAIN)
    return window


def _given(conversation: Conversation, asked: Groups, now: datetime) -> list[datetime]:
    """Return when somebody asked has approved what the head has, oldest first."""
    return sorted(
        review.submitted_at
        for review in conversation.reviews
        if review.state == "APPROVED"
        and review.submitted_at <= now
        and conversation.contents.get(review.commit) == conversation.head
        and not objection_to(review.login, conversation, asked)
    )
