"""A class that people gave a change: who, why, until when; and what no longer counts."""

from bot.core.override import Override
from bot.core.render.markdown import document
from bot.core.review import Review
from bot.core.untrusted import inline

CONTEST = '`/override class non-breaking --reason "…"`, by an approver who is not the author'

_VOID = 5


def override_facts(review: Review) -> tuple[str, ...]:
    """Return one sentence for what is in force and one for each override that is void."""
    in_force = (_in_force(review, review.override),) if review.override else ()
    void = [
        f"Void: {one.override.word} by `{one.override.by}`, reason {inline(one.override.reason)}: "
        f"{one.why}."
        for one in review.overrides.void[-_VOID:]
    ]
    return (*in_force, *void)


def override_section(review: Review) -> str:
    """Return the same as a paragraph; empty where nobody overrode anything."""
    return "\n\n".join(f"⚖️ {fact}" for fact in override_facts(review))


def overridden_markdown(review: Review, override: Override) -> str:
    """Return the reply to an override that was taken; `review` is the one before it."""
    blocking = [f"`{one.rule}`" for one in review.found.blocking]
    left = f"It goes on blocking: {', '.join(sorted(set(blocking)))}." if blocking else ""
    ending = (
        "Every gate reads this comment again: edited or deleted, it counts no more. "
        "The summary says what to do now."
    )
    return document((f"### ⚖️ {_in_force(review, override)}", ending, left))


def _in_force(review: Review, override: Override) -> str:
    return (
        f"Found {review.found.verdict}, overridden to {override.word} by `{override.by}`: "
        f"{inline(override.reason)}. It counts until `environment/` changes."
    )
