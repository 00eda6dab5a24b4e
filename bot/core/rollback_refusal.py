"""Why a merge cannot be taken back by a command, and what can be done instead."""

from collections.abc import Sequence

from bot.core.refusal import Refusal
from bot.core.untrusted import inline

_NAMED = 10
_PEOPLE = "whoever asked for it"


def nothing_to_take_back(number: int, why: str) -> Refusal:
    """Return the answer where main holds nothing any more of what the merge brought."""
    return Refusal(
        code="ROLLBACK_NOTHING",
        headline=f"main asks for nothing any more that #{number} brought",
        facts=(why,),
        resolver="nobody",
        next="`/rollback` on the pull request whose merge is to be taken back",
    )


def environment_moved_on(number: int, paths: Sequence[str], later: Sequence[str]) -> Refusal:
    """Return the answer where later merges build on the environment that the merge brought.

    Args:
        number: the pull request that is to be taken back.
        paths: what they changed in `environment/`, any text.
        later: those merges, newest first, as `#12` or the id of a commit.
    """
    left = len(paths) - _NAMED
    named = ", ".join(inline(path) for path in paths[:_NAMED]) + (f", … {left} more" * (left > 0))
    since = ", ".join(later[:_NAMED]) or "a direct push"
    return Refusal(
        code="ROLLBACK_CONFLICT",
        headline=f"environment/ was changed again since #{number} was merged",
        facts=(f"Changed since: {named}.", f"By {since}; what they brought would be mixed."),
        resolver=_PEOPLE,
        next=(
            f"`/rollback` on {later[0] if later else 'what changed it since'} first, and so on back"
            f" to #{number}; or mend the environment in a new version"
        ),
    )


def branch_taken(branch: str) -> Refusal:
    """Return the answer where the branch for the rollback holds something else."""
    return Refusal(
        code="ROLLBACK_BRANCH_TAKEN",
        headline=f"the branch {inline(branch)} holds something else",
        facts=("It has the name of this rollback's branch, but commits of somebody else.",),
        resolver="anyone with write access",
        next="Delete that branch, then comment `/rollback` again",
    )


def push_refused(branch: str, said: str) -> Refusal:
    """Return the answer where a rule of the repository keeps envbot from making the branch."""
    return Refusal(
        code="PUSH_REFUSED",
        headline=f"GitHub does not let envbot push to {inline(branch)}",
        facts=(inline(said),),
        resolver="whoever administers the repository's rules",
        next="Let envbot push to `envbot/rollback-*`; or open the revert by hand",
    )
