"""Verdict and declaration of one change of the environment, side by side."""

from collections.abc import Collection
from typing import NamedTuple

from bot.core.classify import classify
from bot.core.declaration import Declaration, declared, disagreements
from bot.core.environment import EnvironmentSpec, read_environment
from bot.core.finding import Finding, Verdict
from bot.core.omissions import tag_omissions
from bot.core.package_groups import Packages
from bot.core.tree import Tree
from bot.errors import InvalidFileError


class Classification(NamedTuple):
    """What a change means, what is declared of it, and where the two disagree.

    Attributes:
        declaration: None where the head has no `environment.yml` that can be read.
        disagreements: what keeps the change from passing as it is declared.
        omissions: what is not written and need not be: warnings.
    """

    verdict: Verdict
    declaration: Declaration | None
    disagreements: tuple[Finding, ...]
    omissions: tuple[Finding, ...] = ()

    @property
    def agrees(self) -> bool:
        """Tell whether the change may pass as it is declared; undeclared it never may."""
        silent = self.declaration is None and self.verdict.verdict != "none"
        return not silent and not self.disagreements


def classify_trees(
    base: Tree, head: Tree, packages: Packages, required: Collection[str] = ()
) -> Classification:
    """Return the classification of the change of `environment/` between two trees.

    `required` names what the policy wants written about it; a changelog is not looked for.
    """
    verdict = classify(base, head, packages)
    before, after = _environment(base), _environment(head)
    if after is None:
        return Classification(verdict, None, verdict.blocking)
    omitted = tuple(tag_omissions(verdict, before, after, required))
    return compare(verdict, declared(before, after), omitted)


def compare(
    verdict: Verdict, declaration: Declaration, omitted: Collection[Finding]
) -> Classification:
    """Return verdict and declaration side by side; what is omitted and blocks is a disagreement."""
    blocking = tuple(one for one in omitted if one.blocks)
    return Classification(
        verdict,
        declaration,
        disagreements=(*disagreements(verdict, declaration), *blocking),
        omissions=tuple(one for one in omitted if not one.blocks),
    )


def _environment(tree: Tree) -> EnvironmentSpec | None:
    try:
        return read_environment(tree)
    except InvalidFileError:
        return None
