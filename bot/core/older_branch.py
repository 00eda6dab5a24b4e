"""A branch that began before main's `environment/` became what it is, and leaves that alone."""

from dataclasses import replace

from bot.core.environment_layout import FOLDER
from bot.core.sources import Sources
from bot.core.tree import Tree, subtree


def on_mains_environment(sources: Sources) -> Sources:
    """Return the sources as if the branch had begun on main's `environment/` as it is now.

    Merging takes main's where the branch has not touched it, so there is nothing of it to judge. A
    branch that touches it, or whose merge would not leave main's as it is, stays as it is.
    """
    head, main = subtree(sources.head, FOLDER), subtree(sources.main, FOLDER)
    if sources.merged is None or head == main or head != subtree(sources.base, FOLDER):
        return sources
    if subtree(sources.merged, FOLDER) != main:
        return sources
    return replace(sources, base=_with(sources.base, main), head=_with(sources.head, main))


def _with(tree: Tree, environment: Tree) -> Tree:
    others = {path: tree[path] for path in tree.keys() - subtree(tree, FOLDER).keys()}
    return {**others, **environment}
