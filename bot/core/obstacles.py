"""What keeps a head from being released whatever anybody approves, each with its remedy."""

from collections.abc import Iterator

from bot.core.config.layout import PLANTS
from bot.core.refusal import Refusal
from bot.core.render.markdown import plural
from bot.core.render.overrides import CONTEST, override_facts
from bot.core.review import Review
from bot.core.untrusted import inline

_FILES = 10
_OTHER_CANDIDATE = "What would be merged is not what the candidate was made from."
_OTHER_CIRCUITS = "The circuits that it changes would run with that one, which nobody has approved."

_WRITE = "Write it where the finding says and push; `required_notes` in the policy asks for it."


def obstacles(review: Review, author: str) -> tuple[Refusal, ...]:
    """Return every obstacle of an ordinary pull request, most fundamental first."""
    return (
        *_problems(review, author),
        *_conflicts(review, author),
        *_base_moved(review, author),
        *review.broken_limits,
        *_disagreements(review, author),
        *_bump_outstanding(review),
    )


def standing_in_the_way(review: Review, author: str) -> tuple[Refusal, ...]:
    """Return the obstacles that a rollback has too: what is merged must be usable as a whole."""
    return (*_problems(review, author), *_conflicts(review, author), *review.broken_limits)


def _problems(review: Review, author: str) -> Iterator[Refusal]:
    if review.problems:
        count = plural(len(review.problems), "problem")
        yield Refusal(
            code="CONFIG_INVALID",
            headline=f"{count} in files that envbot must read; nothing was edited",
            facts=tuple(inline(str(problem)) for problem in review.problems),
            resolver=author,
            next="Correct the files named and push.",
        )


def _conflicts(review: Review, author: str) -> Iterator[Refusal]:
    if not review.conflicts:
        return
    if review.can_join and review.bump is not None:
        yield Refusal(
            code="MERGE_CONFLICT",
            headline="this branch and main set versions in the same lines",
            facts=("Nothing else conflicts, and those lines can be made anew.",),
            resolver="anyone with write access",
            next=f"{_bump_command(review)}, which merges main in",
        )
    else:
        yield conflict_for_people(review, author)


def _base_moved(review: Review, author: str) -> Iterator[Refusal]:
    if review.base_moved:
        yield Refusal(
            code="BASE_MOVED",
            headline="main has another environment than when this branch began",
            facts=(_OTHER_CANDIDATE if review.environment_changes else _OTHER_CIRCUITS,),
            resolver=author,
            next=_merge_main(review),
        )


def conflict_for_people(review: Review, author: str) -> Refusal:
    """Return what says which files somebody must merge by hand, and how."""
    files = review.sources.conflicts
    left = len(files) - _FILES
    names = ", ".join(inline(path) for path in files[:_FILES]) + (f", … {left} more" * (left > 0))
    circuits = any(path.startswith(PLANTS) for path in files)
    return Refusal(
        code="MERGE_CONFLICT",
        headline=f"this branch conflicts with main in {names or 'some files'}",
        facts=("Both changed the same lines since they parted.",),
        resolver=author,
        next="Merge main into the branch, mend these files and push."
        + (" Circuits may be taken from main: `/bump` moves them then." if circuits else ""),
    )


def _merge_main(review: Review) -> str:
    by_hand = "Merge main into the branch and push."
    if review.bump is None or review.disagreements:
        return by_hand
    return f"{_bump_command(review)}, which merges main in"


def _bump_command(review: Review) -> str:
    """Return the command that sets the version that is needed, declared or not."""
    is_declared = not review.disagreements or review.verdict.blocking
    version = review.content.version if is_declared else review.required_version
    return f"`/bump {version or review.content.version}`"


def _disagreements(review: Review, author: str) -> Iterator[Refusal]:
    for finding in review.disagreements:
        yield Refusal(
            code="CLASS_MISMATCH",
            headline=inline(finding.message),
            facts=(inline(f"{finding.path}:{finding.line}"), *override_facts(review)),
            resolver=author,
            next=_WRITE if finding.warns else _declare(review),
        )


def _declare(review: Review) -> str:
    """Return the one step that mends every disagreement about version and tags."""
    if review.verdict.blocking or not review.required_version:
        return "Correct version and tags in `environment/environment.yml` as said above; push."
    steps = (
        f"`/bump {review.required_version}`, which also sets the tags; "
        "or take back the change that asks for it"
    )
    if review.contestable and review.verdict.verdict == "breaking":
        return f"{steps}; or contest the class: {CONTEST}."
    return f"{steps}."


def _bump_outstanding(review: Review) -> Iterator[Refusal]:
    if review.bump and review.bump.files and not (review.disagreements or review.conflicts):
        count, to = plural(len(review.bump.files), "config"), review.content.version
        yield Refusal(
            code="BUMP_OUTSTANDING",
            headline=f"{count} are not at {to} yet",
            facts=(),
            resolver="anyone with write access",
            next=f"`/bump {to}`",
        )
