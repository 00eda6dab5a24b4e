import re
from collections.abc import Callable
from pathlib import Path

import pytest

import bot.core.rules as rules_package
from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.rules import CATALOGUE
from bot.core.rules._rule import Rule
from bot.core.rules_document import Example, rules_document
from bot.core.tree import Tree

IDS = [rule.id for rule in CATALOGUE]
ReadSide = Callable[[str, str], Tree]


def test_every_rule_file_is_in_the_catalogue() -> None:
    folder = Path(str(rules_package.__file__)).parent
    files = {path.stem for path in folder.glob("[!_]*.py")}

    assert files == set(IDS)


def test_every_rule_is_in_the_catalogue_once() -> None:
    assert len(IDS) == len(set(IDS))


def test_every_rule_has_an_example_and_every_example_a_rule(examples: Path) -> None:
    assert {path.name for path in examples.iterdir()} == set(IDS)


@pytest.mark.parametrize("rule", CATALOGUE, ids=IDS)
def test_every_rule_reads_as_prescribed(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+|unrecognised", rule.id)
    assert rule.summary.endswith(".")
    assert rule.remedy.endswith(".")
    assert (rule.why or "").strip().endswith(".")


@pytest.mark.parametrize("rule", IDS)
def test_the_example_of_a_rule_is_judged_by_it(rule: str, example: ReadSide) -> None:
    verdict = classify(example(rule, "before"), example(rule, "after"), NoAdditions())

    assert rule in {finding.rule for finding in (*verdict.findings, *verdict.circuits)}


@pytest.mark.parametrize("rule", CATALOGUE, ids=IDS)
def test_the_example_of_a_rule_shows_its_impact(rule: Rule, example: ReadSide) -> None:
    verdict = classify(example(rule.id, "before"), example(rule.id, "after"), NoAdditions())

    largest = max(finding.impact for finding in (*verdict.findings, *verdict.circuits))
    stands_beside_a_change = (rule.blocks or rule.warns) and not rule.impact
    assert stands_beside_a_change or largest == rule.impact


@pytest.mark.parametrize("rule", IDS)
def test_the_near_miss_of_a_rule_is_judged_by_others(
    rule: str, example: ReadSide, own: ReadSide
) -> None:
    verdict = classify(example(rule, "before"), example(rule, "near_miss"), NoAdditions())

    assert own(rule, "near_miss"), "there is none"
    assert own(rule, "near_miss") != own(rule, "before"), "nothing differs"
    assert rule not in {finding.rule for finding in (*verdict.findings, *verdict.circuits)}


def test_the_whole_catalogue_over_all_examples_finds_what_was_reviewed(
    example: ReadSide, checkout: Path, *, write_documents: bool
) -> None:
    found = "".join(_report(rule, example) for rule in IDS)
    expected = checkout / "tests" / "core" / "rules" / "expected.txt"
    if write_documents:
        expected.write_text(found, encoding="utf-8")

    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("rule", IDS)
def test_an_example_compared_with_itself_is_silent(rule: str, side: str, example: ReadSide) -> None:
    verdict = classify(example(rule, side), example(rule, side), NoAdditions())

    changes = [finding for finding in verdict.findings if not finding.warns]
    assert (verdict.verdict, changes) == ("none", [])


def test_the_rules_page_says_what_the_rules_say(
    own: ReadSide, example: ReadSide, checkout: Path, *, write_documents: bool
) -> None:
    examples = {rule: _example(rule, own, example) for rule in IDS}
    page = rules_document(CATALOGUE, examples)
    written = checkout / "docs" / "rules.md"
    if write_documents:
        written.write_text(page, encoding="utf-8")

    assert written.read_text(encoding="utf-8") == page


def test_the_rules_page_has_a_heading_for_each_rule_in_order(checkout: Path) -> None:
    page = (checkout / "docs" / "rules.md").read_text(encoding="utf-8")

    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == IDS


def _example(rule: str, own: ReadSide, example: ReadSide) -> Example:
    verdict = classify(example(rule, "before"), example(rule, "near_miss"), NoAdditions())
    judges = dict.fromkeys(finding.rule for finding in verdict.findings if not finding.warns)
    before, after, near_miss = (own(rule, side) for side in ("before", "after", "near_miss"))
    return Example(before, after, near_miss, tuple(judges))


def _report(rule: str, example: ReadSide) -> str:
    verdict = classify(example(rule, "before"), example(rule, "after"), NoAdditions())
    lines = [f"{rule}: {verdict.verdict}, {verdict.required_bump}\n"]
    lines += [
        f"  {f.rule} {f.path}:{f.line} {f.message}\n"
        for f in (*verdict.findings, *verdict.circuits)
    ]
    return "".join(lines)
