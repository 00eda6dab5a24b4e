"""What a run on a converged state must not do: change anything."""

from collections.abc import Iterable, Iterator

from bot.sandbox.faults.wire import AZURE, WireCall

_CHANGING = ("PUT", "PATCH", "DELETE")
_CREATED, _ACCEPTED = 201, 202
_PUSH = "/git-receive-pack"


def writes(calls: Iterable[WireCall]) -> Iterator[WireCall]:
    """Yield each call that changed something at a service: Azure, a ref, or a conversation.

    A POST that only asks answers 200, and so does a reaction that is there already.
    """
    yield from (call for call in calls if call.is_applied and _changes(call))


def _changes(call: WireCall) -> bool:
    if call.is_git:
        return call.method == "POST" and call.path.endswith(_PUSH)
    made = call.method == "POST" and call.status in (_CREATED, _ACCEPTED)
    known = call.server == AZURE or call.path.startswith("/api/")
    return known and (made or call.method in _CHANGING)
