"""Reads which models production ran before a merge, from the journals of the applies since.

Any writer can rewrite a journal. So what it says is only ever proposed: main never named these
models, and the pull request that names them passes the gates of a release.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress

from bot.core.config.circuit import CircuitId
from bot.core.production import journal as journals
from bot.core.production.earlier_models import earlier_models
from bot.core.production.journal import Journal
from bot.errors import InvalidFileError
from bot.handlers.context import Context
from bot.handlers.journal import FILE, release_ref
from bot.handlers.ref_record import read_record

# An apply that failed is repeated on the main of that moment. Each commit costs a call.
_TRIED = 20
_LOOK_BACK = 500


def models_before(
    context: Context, merge: str, circuits: Collection[CircuitId]
) -> dict[CircuitId, str]:
    """Return the versions of the models before `merge`, a commit of main, as far as known.

    Raises:
        BotError: `origin` cannot be asked.
    """
    names = context.rules.platform.model_name
    return earlier_models(_journals_since(context, merge), circuits, names)


def _journals_since(context: Context, merge: str) -> Iterator[Journal]:
    for commit in (merge, *_after(context, merge)):
        ref = release_ref(commit)
        data = read_record(context.repository, ref, FILE).data
        with suppress(InvalidFileError):  # it is no journal, and tells nothing
            if data is not None:
                yield journals.from_bytes(data, ref)


def _after(context: Context, merge: str) -> list[str]:
    """Return the commits of main after `merge`, the oldest first; none where it is too far back."""
    commits: list[str] = []
    commit = context.rules.main
    while commit != merge:
        parents = context.repository.parents(commit)
        if not parents or len(commits) == _LOOK_BACK:
            return []
        commits.append(commit)
        commit = parents[0]
    return commits[::-1][:_TRIED]
