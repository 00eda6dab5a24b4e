"""What keeps a head from being released whatever anybody approves, each with its remedy."""

from collections.abc import Iterator

from bot.core.refusal import Refusal
from bot.core.render.markdown import plural
from bot.core.review import Review
from bot.core.untrusted import inline


def obstacles(review: Review, author: str) -> tuple[Refusal, ...]:
    """Return every obstacle of an ordinary pull request, most fundamental first."""
    return (
        *_problems(review, author),
        *_conflicts(review, author),
        *_base_moved(review, author),
        *_disagreements(review, author),
        *_bump_outstanding(review),
    )


def standing_in_the_way(review: Review, author: str) -> tuple[Refusal, ...]:
    """Return the obstacles that a rollback has too: files must be usable and merge cleanly."""
    return (*_problems(review, author), *_conflicts(review, author))


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
    if review.conflicts:
        yield Refusal(
            code="MERGE_CONFLICT",
            headline="this branch conflicts with main",
            facts=("Both changed the same lines since they parted.",),
            resolver=author,
            next="Merge main into the branch and push.",
        )


def _base_moved(review: Review, author: str) -> Iterator[Refusal]:
    if review.base_moved:
        yield Refusal(
            code="BASE_MOVED",
            headline="main has another environment than when this branch began",
            facts=("What would be merged is not what the candidate was made from.",),
            resolver=author,
            next="Merge main into the branch and push.",
        )


def _disagreements(review: Review, author: str) -> Iterator[Refusal]:
    for finding in review.disagreements:
        yield Refusal(
            code="CLASS_MISMATCH",
            headline=inline(finding.message),
            facts=(inline(f"{finding.path}:{finding.line}"),),
            resolver=author,
            next=_declare(review),
        )


def _declare(review: Review) -> str:
    """Return the one step that mends every disagreement about version and tags."""
    if review.verdict.blocking or not review.required_version:
        return "Correct version and tags in `environment/environment.yml` as said above; push."
    return (
        f"`/bump {review.required_version}`, which also sets the tags; "
        "or take back the change that asks for it."
    )


def _bump_outstanding(review: Review) -> Iterator[Refusal]:
    if review.bump and review.bump.files and not review.disagreements:
        count, to = plural(len(review.bump.files), "config"), review.content.version
        yield Refusal(
            code="BUMP_OUTSTANDING",
            headline=f"{count} are not at {to} yet",
            facts=(),
            resolver="anyone with write access",
            next=f"`/bump {to}`",
        )
