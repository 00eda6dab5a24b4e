"""Classifications without GitHub or Azure: two revisions of the repository at hand, or two trees.

Apart from the review, whose plan and evidence this command would import and not use.
"""

from typing import TYPE_CHECKING

from bot.core.classification import Classification, classify_trees
from bot.core.config.layout import POLICY
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

if TYPE_CHECKING:  # the ports name everything that any handler handles
    from bot.core.config.policy import Policy
    from bot.handlers.ports import Repository


def classify_revisions(repository: "Repository", base: str, head: str) -> Classification:
    """Return the classification of `head` from where it left `base`.

    Raises:
        BotError: one of the revisions does not exist, or they share no history.
    """
    before, after = repository.read_change(
        base, head, whole=(POLICY, "environment"), differing=("config/plants",)
    )
    return classify_by_base_policy(before, after)


def classify_by_base_policy(base: Tree, head: Tree) -> Classification:
    """Return the classification between two trees, by the policy of the base."""
    policy = _policy(base)
    if policy is None:
        return classify_trees(base, head, NoAdditions())
    return classify_trees(base, head, policy.packages, policy.required_notes)


def _policy(tree: Tree) -> "Policy | None":
    """Return the base's policy where it adds to the built-in floor, and can be read."""
    file = tree.get(POLICY)
    try:
        if file is None or not _adds(read(file.data, POLICY).value):
            return None
        from bot.core.config.policy import read_policy  # most policies add nothing

        return read_policy(file.data, teams=True)
    except InvalidFileError:
        return None


def _adds(policy: object) -> bool:
    """Tell whether anything in a policy's text is for classifications."""
    content = policy if isinstance(policy, dict) else {}
    packages = content.get("packages")
    named = packages.values() if isinstance(packages, dict) else ()
    return bool(content.get("required_notes")) or any(named)
