"""The one comment that says where a pull request stands, edited for ever.

Order: the answer and what blocks; declared beside found; why, rule by rule; the circuits, the
unlike ones first; the gates; what to do now. No time and no run stands in it, so that it is
edited only when something has changed.
"""

from collections.abc import Iterator, Sequence

from bot.core.gates.rollback import MovedOn
from bot.core.production.planned_change import changing_circuits
from bot.core.render.circuits import circuits_section
from bot.core.render.findings import findings_table, loud, quiet_table
from bot.core.render.gates import evidence_section, gates_section
from bot.core.render.markdown import (
    BUDGET,
    PAGE_BUDGET,
    bullets,
    details,
    document,
    numbered,
    plural,
    step,
    table,
)
from bot.core.render.overrides import override_section
from bot.core.render.people import names
from bot.core.render.training import training_section
from bot.core.review import Review
from bot.core.standing import Standing
from bot.core.untrusted import inline
from bot.core.versioning import Level

_ROWS = 40
_PAGE_ROWS = 400
_PROBLEMS = 20
_MOVED = 30


def summary_markdown(standing: Standing) -> str:
    """Return the summary comment without its marker; never over GitHub's limit."""
    return _summary(standing, _ROWS, BUDGET)


def page_markdown(standing: Standing) -> str:
    """Return the summary for the page of the run: what the comment only counts stands here."""
    return _summary(standing, _PAGE_ROWS, PAGE_BUDGET)


def _summary(standing: Standing, rows: int, budget: int) -> str:
    return document(
        (
            f"## {_headline(standing)}",
            _answer(standing),
            _near_miss(standing),
            "" if standing.rollback else override_section(standing.review),
            _problems(standing.review),
            _declared(standing),
            _why(standing, rows),
            circuits_section(standing.review, rows),
            "" if standing.rollback else training_section(standing.review.verdict.circuits, rows),
            _moved_on(standing),
            _kept_models(standing),
            _image(standing),
            "" if standing.obstacles else evidence_section(standing),
            _tests(standing),
            _gates(standing),
            next_section(standing),
            _footer(standing),
        ),
        budget,
    )


def _moved_on(standing: Standing) -> str:
    """Return the circuits that a rollback leaves alone, because they have moved on since."""
    moved = standing.rollback.moved_on if standing.rollback else ()
    return f"### Moved on since, left as they are\n\n{_then_and_now(moved)}" if moved else ""


def _kept_models(standing: Standing) -> str:
    """Return the circuits that go back with a model that main did not name then."""
    kept = standing.rollback.kept_models if standing.rollback else ()
    note = "The apply holds those whose model was not tested in what they return to."
    return f"### Go back with another model\n\n{note}\n\n{_then_and_now(kept)}" if kept else ""


def _then_and_now(moved: Sequence[MovedOn]) -> str:
    rows = [
        (f"⚠️ {one.circuit}", one.field, one.then or "—", one.now or "—") for one in moved[:_MOVED]
    ]
    left = len(moved) - len(rows)
    note = f"\n\n… {left:,} more" if left else ""
    return table(("Circuit", "Field", "Then", "Now"), rows) + note


def next_section(standing: Standing) -> str:
    """Return the steps that come next, each with who can take it."""
    steps = list(_steps(standing))
    return f"### What to do now\n\n{numbered(steps)}" if steps else ""


def _headline(standing: Standing) -> str:
    review = standing.review
    if standing.rollback:
        return f"↩️ Rollback to {_environment(review)}"
    if review.problems:
        return "🔴 Some files cannot be used"
    if not review.environment_changes:
        if standing.gate is None:
            return "⚪ Nothing to release"
        return "⚙️ Change of configs" if review.planned else "⚙️ Change of the rules"
    if review.override:
        found = f"⚖️ {_word(review.found.verdict)} environment change"
        return f"{found}, overridden to {review.override.word} · {_versions(review)}"
    sign = {"breaking": "🔴", "non-breaking": "🟢"}.get(review.verdict.verdict, "⚪")
    word = _word(review.verdict.verdict)
    return f"{sign} {word} environment change · {_versions(review)}"


def _word(verdict: str) -> str:
    return "New" if verdict == "none" else verdict.capitalize()


def _versions(review: Review) -> str:
    after = review.content.version
    before = review.before.version if review.before else ""
    way = f"{before} → {after}" if before else after
    return f"{review.content.environment} {way}"


def _environment(review: Review) -> str:
    return f"{review.content.environment} {review.content.version}"


def _answer(standing: Standing) -> str:
    """Return one line: how large it is, and whether and by what it is held up."""
    review = standing.review
    circuits = plural(len(changing_circuits(review.planned)), "circuit")
    if standing.obstacles:
        first, *others = standing.obstacles
        blocked = f"**Blocked by {len(others) + 1} problems**, first:" if others else "**Blocked:**"
        return f"{blocked} {first.headline}."
    if standing.gate is None:
        return "No production deployment, environment, policy or workflow changes."
    _, description = standing.status
    return f"**{circuits} in production would change.** {description}."


def _near_miss(standing: Standing) -> str:
    """Return which file makes an ordinary pull request of what looks like a rollback."""
    miss = standing.near_miss
    if miss is None:
        return ""
    return (
        "↩️ Not a rollback, although `environment/` returns to what main had before: "
        f"{inline(miss.path)} {miss.reason}."
    )


def _problems(review: Review) -> str:
    # Inside code a back-tick is only noise.
    texts = (str(problem).replace("`", "'") for problem in review.problems[:_PROBLEMS])
    shown = [inline(text, 400) for text in texts]
    left = len(review.problems) - len(shown)
    if left:
        shown.append(f"… {left:,} more; `envbot validate` lists them")
    return f"### Files to correct\n\n{bullets(shown)}" if shown else ""


def _declared(standing: Standing) -> str:
    review, declaration = standing.review, standing.review.declaration
    if declaration is None or not review.environment_changes or standing.rollback:
        return ""
    verdict, level = review.verdict, declaration.level
    compatible = {True: "non-breaking", False: "breaking", None: "not declared"}
    retrain = {True: "yes", False: "no", None: "not declared"}
    required = _required(review)
    rows = [
        ("Class", compatible[declaration.backward_compatible], _found(review)),
        ("Version", f"{_versions(review)} ({_level(level)})", f"**{required}**"),
        (
            "Retraining",
            retrain[declaration.requires_retrain],
            f"**{retrain[verdict.requires_retrain]}**",
        ),
        (
            "Path",
            _path(breaking=declaration.level is Level.MAJOR),
            f"**{_path(breaking=verdict.verdict == 'breaking')}**",
        ),
    ]
    shown = table(("", "Declared", "Found"), rows)
    agrees = not review.disagreements and review.override is None
    return details("Declared and found agree", shown) if agrees else shown


def _found(review: Review) -> str:
    """Return the class that counts, and the one that was found where it is another."""
    if review.override is None:
        return f"**{review.verdict.verdict}**"
    return f"{review.found.verdict}, overridden: **{review.verdict.verdict}**"


def _required(review: Review) -> str:
    """Return the bump that the verdict asks for, with the version that would satisfy it."""
    needed = Level[review.verdict.required_bump.upper()]
    if not review.required_version or needed is Level.NONE:
        return f"{needed.label} required"
    return f"{needed.label} required: {review.required_version}"


def _level(level: Level | None) -> str:
    return level.label if level is not None else "lower"


def _path(*, breaking: bool) -> str:
    return "full training, then release per circuit" if breaking else "environment-only release"


def _why(standing: Standing, rows: int) -> str:
    review = standing.review
    judged = (one for one in review.verdict.findings if not one.blocks)
    findings = (*review.disagreements, *review.omissions, *judged)
    if standing.rollback or not review.environment_changes or not findings:
        return ""
    told = "\n\n".join(
        filter(None, (findings_table(loud(findings), rows), quiet_table(findings, rows)))
    )
    return f"### Why\n\n{told}"


def _image(standing: Standing) -> str:
    """Return the candidate with its image, once there is something to say about it."""
    image = standing.progress.image
    if not image or standing.rollback or not standing.review.environment_changes:
        return ""
    label = f"{standing.review.content.environment}:{standing.review.candidate}"
    return f"**Image of `{label}`:** {inline(image)}"


def _gates(standing: Standing) -> str:
    """Return the gates; folded while something else must be mended first."""
    shown = gates_section(standing)
    if not standing.obstacles or not shown:
        return shown
    return details("Gates: nothing to do there before the problems above are mended", shown)


def _tests(standing: Standing) -> str:
    tests = standing.progress.tests
    if tests.state not in ("passed", "failed") or standing.rollback:
        return ""
    sign = "🟢" if tests.state == "passed" else "🔴"
    return (
        f"### Tests\n\n{sign} {tests.passed:,} of {plural(tests.total, 'production model')} passed"
    )


def _steps(standing: Standing) -> Iterator[str]:
    if standing.obstacles:
        steps = (f"{_who(one.resolver)} — {one.next}" for one in standing.obstacles)
        yield from dict.fromkeys(steps)
        return
    for gate in standing.gates.values():
        for missing in gate.missing:
            if missing.next:
                yield f"{names(missing.who) or 'anyone'} — {step(missing.next)}"
        if gate.missing:
            return
    if standing.gate is not None and standing.progress.final:
        yield "Merge; production is then updated from main, and a comment here tells how that went."


def _who(resolver: str) -> str:
    return f"`{resolver}`" if " " not in resolver else resolver


def _footer(standing: Standing) -> str:
    review = standing.review
    parts = [f"head `{standing.pull.head[:7]}`"]
    if review.environment_changes and not standing.rollback:
        parts.append(f"candidate `{review.candidate}`")
    same = "same thing locally: `envbot review`"
    return f"<sub>{' · '.join([*parts, same, '`/help`'])}</sub>"
