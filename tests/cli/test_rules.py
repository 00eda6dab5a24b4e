"""`envbot rules` and `envbot explain`: the catalogue on a terminal."""

from typing import TYPE_CHECKING

import pytest

from bot.core.declaration import FINDINGS
from bot.core.rules import CATALOGUE
from bot.core.rules._rule import Rule

if TYPE_CHECKING:
    from tests.cli.conftest import Envbot


def test_every_rule_is_listed_with_its_impact(envbot: "Envbot") -> None:
    ended = envbot("rules")

    assert ended.code == 0
    listed = [line.split()[:2] for line in ended.out.splitlines()]
    assert listed == [[rule.id, rule.impact.name.lower()] for rule in CATALOGUE]


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.id)
def test_a_rule_is_explained_with_its_example(envbot: "Envbot", rule: Rule) -> None:
    ended = envbot("explain", rule.id)

    assert ended.code == 0
    assert ended.out.startswith(f"{rule.id}\n")
    for part in (rule.summary, rule.remedy, "\n```diff\n"):
        assert part in ended.out
    assert ended.out.endswith("\n```\n")
    assert "\n## " not in ended.out


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_fault_of_the_declaration_is_explained(envbot: "Envbot", finding: str) -> None:
    ended = envbot("explain", finding)

    assert (ended.code, ended.out) == (0, f"{finding}: {FINDINGS[finding]}\n")
