"""From changes and the catalogue to a verdict. What no rule recognises is breaking (D5)."""

from collections.abc import Sequence
from operator import attrgetter

from bot.core.change import Change
from bot.core.comparison import changes
from bot.core.declaration import Declaration, declared, disagreements
from bot.core.facts.circuit_training import training_changes
from bot.core.finding import Finding, Impact, Verdict
from bot.core.package_groups import Packages
from bot.core.rules import CATALOGUE
from bot.core.rules._rule import Rule
from bot.core.rules.unrecognised import RULE as UNRECOGNISED
from bot.core.tree import Tree
from bot.core.versioning import Level

__all__ = [
    "Declaration",
    "Finding",
    "Impact",
    "Verdict",
    "classify",
    "declared",
    "disagreements",
    "judge",
]

_BUMPS = {
    Impact.NONE: Level.NONE,
    Impact.PATCH: Level.PATCH,
    Impact.MINOR: Level.MINOR,
    Impact.BREAKING: Level.MAJOR,
}


def classify(base: Tree, head: Tree, packages: Packages) -> Verdict:
    """Return what the change of `environment/` from `base` to `head` means.

    Beside it stands what changed in the training of circuits, as far as the trees hold configs.

    `packages` are what the policy adds to the built-in groups. It never raises for what the trees
    hold: what cannot be read is breaking.
    """
    circuits = judge(training_changes(base, head), packages).findings
    return judge(changes(base, head), packages)._replace(circuits=circuits)


def judge(
    found: Sequence[Change], packages: Packages, catalogue: Sequence[Rule] = CATALOGUE
) -> Verdict:
    """Return the verdict over these changes: the largest impact wins, whatever the order."""
    judged = [(change, _deciding_rule(change, packages, catalogue)) for change in found]
    impact = max((rule.impact for _, rule in judged), default=Impact.NONE)
    return Verdict(
        verdict=_word(impact),
        required_bump=_BUMPS[impact].label,
        requires_retrain=any(rule.requires_retrain for _, rule in judged),
        findings=tuple(_finding(change, rule) for change, rule in judged),
    )


def _deciding_rule(change: Change, packages: Packages, catalogue: Sequence[Rule]) -> Rule:
    matching = (rule for rule in catalogue if rule.matches(change, packages))
    return max(matching, key=attrgetter("impact"), default=UNRECOGNISED)


def _word(impact: Impact) -> str:
    if impact is Impact.NONE:
        return "none"
    return "breaking" if impact is Impact.BREAKING else "non-breaking"


def _finding(change: Change, rule: Rule) -> Finding:
    message = f"{_what(change)} — {_lower(rule.summary)}"
    return Finding(
        rule.id,
        rule.impact,
        change.path,
        change.line,
        message,
        blocks=rule.blocks,
        warns=rule.warns,
    )


def _what(change: Change) -> str:
    """Return the change on one line: `tensorflow 2.13.0 → 2.14.0`, `numpy 1.23.5 removed`."""
    before, after = (_one_line(text) for text in (change.before, change.after))
    subject = _one_line(change.subject) or ""
    if before is None and after is None:
        return subject
    if before is None:
        return f"{subject} {after} added"
    if after is None:
        return f"{subject} {before} removed"
    return f"{subject} {before} → {after}"


def _one_line(text: str | None, limit: int = 200) -> str | None:
    if text is None:
        return None
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _lower(sentence: str) -> str:
    clause = sentence.removesuffix(".")
    return clause if clause.startswith("Python") else clause[0].lower() + clause[1:]
