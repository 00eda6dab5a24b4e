"""docs/rules.md: the catalogue for people, made from the rules and their examples."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff

from bot.core.declaration import FINDINGS
from bot.core.finding import Impact
from bot.core.omissions import OMISSIONS
from bot.core.rules._rule import Rule
from bot.core.tree import Tree

DECLARATION_FINDINGS: Mapping[str, str] = {**FINDINGS, **OMISSIONS}
"""What can be found about what is declared and written, by id."""

_IMPACTS = {
    Impact.NONE: "none: the content stays as it is",
    Impact.PATCH: "non-breaking, needs a patch version",
    Impact.MINOR: "non-breaking, needs a minor version",
    Impact.BREAKING: "breaking, needs a major version",
}

_INTRODUCTION = """\
# Rules

Every difference below `environment/` is judged by one of these rules; `bot/core/rules/` holds one
file for each. Where several match, the largest impact wins. What none of them recognises is
breaking (`unrecognised`). `envbot classify` names the rule, the file and the line. How a verdict
is reached and where it is careful on purpose: [classification.md](classification.md).

This page is made from the rules and from their examples in `tests/rules/`; a test compares them.
`ENVBOT_WRITE_DOCUMENTS=1 make test` writes it anew.
"""

_DECLARATIONS = """\
# What the declaration must say

The class tag, the retraining tag and the version of `environment.yml` are compared with the
verdict. A declaration may be stricter than the verdict, never looser.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """The files that a rule's example brings itself.

    Attributes:
        near_miss: what might have come after `before`, and is not judged by the rule.
        judges: the rules that judge the near miss.
    """

    before: Tree
    after: Tree
    near_miss: Tree
    judges: tuple[str, ...]


def rules_document(catalogue: Iterable[Rule], examples: Mapping[str, Example]) -> str:
    """Return the page: one section for each rule, in the catalogue's order."""
    sections = [_section(rule, examples[rule.id]) for rule in catalogue]
    findings = [f"- **`{name}`**: {meaning}" for name, meaning in DECLARATION_FINDINGS.items()]
    parts = [_INTRODUCTION, *sections, _DECLARATIONS, "\n".join(findings) + "\n"]
    return "\n".join(parts)


def _section(rule: Rule, example: Example) -> str:
    judgement = _IMPACTS[rule.impact]
    retrain = "; models must be retrained" if rule.requires_retrain else ""
    blocks = "; blocks whatever the verdict" if rule.blocks else ""
    warns = "; warns about the environment as it stands" if rule.warns else ""
    why = " ".join((rule.why or "").split())
    return "\n".join(
        [
            f"## {rule.id}",
            "",
            f"Impact: {judgement}{retrain}{blocks}{warns}.",
            "",
            f"**Detects.** {rule.summary}",
            "",
            f"**Why.** {why}",
            "",
            f"**What to do.** {rule.remedy}",
            "",
            "**Before and after.**",
            "",
            "```diff",
            *_differences(example.before, example.after),
            "```",
            "",
            f"**Near miss.** {_judged(example.judges)}",
            "",
            "```diff",
            *_differences(example.before, example.near_miss),
            "```",
            "",
        ]
    )


def _judged(judges: tuple[str, ...]) -> str:
    if not judges:
        return "This is no change of the environment."
    return f"This is {', '.join(f'[`{rule}`](#{rule})' for rule in judges)}."


def _differences(first: Tree, second: Tree) -> Iterator[str]:
    for path in sorted(first.keys() | second.keys()):
        before, after = first.get(path), second.get(path)
        if before == after:
            continue
        was, now = ((file.data.decode() if file else "").splitlines() for file in (before, after))
        yield f"# {path}"
        if before and after and before.mode != after.mode:
            yield f"-mode {before.mode}"
            yield f"+mode {after.mode}"
        yield from list(unified_diff(was, now, lineterm=""))[2:]
