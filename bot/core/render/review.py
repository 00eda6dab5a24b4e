"""What `envbot review` prints: the same review as in the comment, without what GitHub knows."""

import json

from bot.core.classification import Classification
from bot.core.obstacles import obstacles
from bot.core.production.planned_change import changing_circuits
from bot.core.render.circuits import circuits_section
from bot.core.render.classification import classification_json, classification_report
from bot.core.render.gates import checklist
from bot.core.render.markdown import bullets, document, plural
from bot.core.review import Review


def review_report(review: Review, shape: str) -> str:
    """Return the review as `text`, `markdown` or `json`."""
    found = Classification(
        review.verdict, review.declaration, review.disagreements, review.omissions
    )
    if shape == "json":
        return json.dumps(_content(review, found), indent=2) + "\n"
    blockers = [
        f"{one.headline} ({one.code}); {one.next}" for one in obstacles(review, "the author")
    ]
    if shape == "markdown":
        evidence = f"### Evidence\n\n{checklist(review.evidence)}"
        return document(
            (
                classification_report(found, "markdown").rstrip("\n"),
                f"### Blocked\n\n{bullets(blockers)}" if blockers else "",
                circuits_section(review),
                evidence if review.environment_changes else "",
            )
        )
    changing = plural(len(changing_circuits(review.planned)), "circuit")
    return "".join(
        [
            classification_report(found, "text"),
            *(f"blocked: {text}\n" for text in blockers),
            f"{changing} would change, {len(review.fleet.circuits):,} in the fleet.\n",
            f"evidence: {review.evidence.decision}\n" if review.environment_changes else "",
        ]
    )


def _content(review: Review, found: Classification) -> dict[str, object]:
    return {
        **classification_json(found),
        "candidate": review.candidate,
        "env_digest": review.env_digest,
        "evidence": review.evidence.decision,
        "blocked": [one.code for one in obstacles(review, "the author")],
        "problems": [str(problem) for problem in review.problems],
        "planned": [
            {
                "circuit": str(one.circuit),
                "field": one.field,
                "before": one.before,
                "after": one.after,
            }
            for one in review.planned
        ],
    }
