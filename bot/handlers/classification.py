"""Classifications without GitHub or Azure: two revisions of the repository at hand, or two trees.

Apart from the review, whose plan and evidence this command would import and not use.
"""

from typing import TYPE_CHECKING

from bot.core.classification import Classification, classify_trees
from bot.core.config.policy import PATH, PackageGroups, read_policy
from bot.core.package_groups import Packages
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
    """Return the classification between two trees, with the package groups of the base's policy."""
    return classify_trees(base, head, _packages(base))


def _packages(tree: Tree) -> Packages:
    """Return the base's package groups; without a readable policy the built-in floor is all."""
    file = tree.get(PATH)
    if file is None:
        return PackageGroups()
    try:
        return read_policy(file.data).packages
    except InvalidFileError:
        return PackageGroups()
