"""Verdict and declaration of one change of the environment, side by side."""

from dataclasses import dataclass

from bot.core.classify import classify
from bot.core.declaration import Declaration, declared, disagreements
from bot.core.environment import EnvironmentSpec, read_environment
from bot.core.finding import Finding, Verdict
from bot.core.package_groups import Packages
from bot.core.tree import Tree
from bot.errors import InvalidFileError


@dataclass(frozen=True, slots=True)
class Classification:
    """What a change means, what is declared of it, and where the two disagree.

    `declaration` is None where the head has no `environment.yml` that can be read.
    """

    verdict: Verdict
    declaration: Declaration | None
    disagreements: tuple[Finding, ...]

    @property
    def agrees(self) -> bool:
        """Tell whether the change may pass as it is declared; undeclared it never may."""
        silent = self.declaration is None and self.verdict.verdict != "none"
        return not silent and not self.disagreements


def classify_trees(base: Tree, head: Tree, packages: Packages) -> Classification:
    """Return the classification of the change of `environment/` between two trees."""
    verdict = classify(base, head, packages)
    after = _environment(head)
    declaration = declared(_environment(base), after) if after else None
    differ = disagreements(verdict, declaration) if declaration else verdict.blocking
    return Classification(verdict, declaration, differ)


def _environment(tree: Tree) -> EnvironmentSpec | None:
    try:
        return read_environment(tree)
    except InvalidFileError:
        return None
