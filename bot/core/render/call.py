"""The one comment of the bot that calls people by name, and the same for a machine."""

import hashlib
from collections.abc import Mapping

from bot.core.gates.call import Call
from bot.core.render.gates import STAGES
from bot.core.render.markdown import bullets, document, step

MOST = 10
"""People who are called at once; more would be a noise that nobody feels meant by."""
CALLS = "<!-- envbot:v1 kind=call "
"""What the marker of every such comment begins with."""
_STATE = {
    "waiting": "waits for an approval",
    "failed": "is closed: tests failed",
    "expired": "has expired",
}


def call_marker(call: Call) -> str:
    """Return the marker of this call: the same for the same gate, state and content."""
    about = hashlib.sha256(call.content.encode()).hexdigest()[:12]
    return f"{CALLS}stage={call.stage} state={call.state} of={about} -->"


def call_markdown(call: Call) -> str:
    """Return the comment, which GitHub turns into notifications."""
    shown = " ".join(f"@{login}" for login in call.who[:MOST])
    left = len(call.who) - MOST
    people = f"{shown} and {left} more" if left > 0 else shown
    return document(
        (
            f"{people}: the gate **{STAGES[call.stage].lower()}** {_STATE[call.state]}.",
            bullets(call.missing),
            f"**Next:** {step(call.next)}",
        )
    )


def call_message(call: Call, pull: int) -> Mapping[str, object]:
    """Return the same for a webhook."""
    return {
        "pull": pull,
        "stage": call.stage,
        "state": call.state,
        "missing": list(call.missing),
        "who": list(call.who),
    }
