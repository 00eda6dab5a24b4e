"""Reviews without GitHub or Azure: two revisions of the repository at hand."""

from bot.core.classification import Classification, classify_trees
from bot.core.config.policy import PATH, PackageGroups, read_policy
from bot.core.package_groups import Packages
from bot.core.review import Review, review
from bot.core.tree import Tree
from bot.errors import InvalidFileError
from bot.handlers.context import read_rules
from bot.handlers.ports import Repository
from bot.handlers.sources import read_sources


def review_revisions(repository: Repository, base: str, head: str) -> Review:
    """Return the review of `head` as if it were a pull request to `base`.

    Raises:
        BotError: one of the revisions does not exist.
        InvalidFileError: platform or policy of `base` cannot be used.
    """
    main = repository.resolve(base)
    rules = read_rules(repository, main)
    sources = read_sources(repository, main, repository.resolve(head))
    return review(sources, rules.platform, rules.policy)


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
