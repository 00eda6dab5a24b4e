"""Classifications without GitHub or Azure: two revisions of the repository at hand, or two trees.

Apart from the review, whose plan and evidence this command would import and not use.
"""

from typing import TYPE_CHECKING

from bot.core.classification import Classification, classify_trees
from bot.core.config.policy import PATH, PackageGroups, Policy, read_policy
from bot.core.tree import Tree
from bot.errors import InvalidFileError

if TYPE_CHECKING:  # the ports name everything that any handler handles
    from bot.handlers.ports import Repository


def classify_revisions(repository: "Repository", base: str, head: str) -> Classification:
    """Return the classification of `head` from where it left `base`.

    Raises:
        BotError: one of the revisions does not exist, or they share no history.
    """
    before, after = repository.read_change(
        base, head, whole=(PATH, "environment"), differing=("config/plants",)
    )
    return classify_by_base_policy(before, after)


def classify_by_base_policy(base: Tree, head: Tree) -> Classification:
    """Return the classification between two trees, by the policy of the base."""
    policy = _policy(base)
    if policy is None:
        return classify_trees(base, head, PackageGroups())
    return classify_trees(base, head, policy.packages, policy.required_notes)


def _policy(tree: Tree) -> Policy | None:
    """Return the base's policy; without a readable one the built-in floor is all."""
    file = tree.get(PATH)
    try:
        return read_policy(file.data, teams=True) if file else None
    except InvalidFileError:
        return None
