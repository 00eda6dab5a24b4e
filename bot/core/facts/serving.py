"""Packages without which a batch deployment cannot run its scoring script."""

from collections.abc import Iterator, Mapping

from bot.core.change import Change, Kind
from bot.core.environment_layout import SPEC_PATH
from bot.core.facts.listed import declarations, listed_packages
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import Tree

# Microsoft, "Author scoring scripts for batch deployments": an environment needs azureml-core and
# azureml-dataset-runtime[fuse]; each by itself or brought by a package that depends on it.
_NEEDED: Mapping[str, frozenset[str]] = {
    "azureml-core": frozenset({"azureml-core", "azureml-defaults", "azureml-sdk"}),
    "azureml-dataset-runtime": frozenset(
        {"azureml-dataset-runtime", "azureml-defaults", "azureml-sdk"}
    ),
}
_CURATED = "/azureml/curated/"


def missing_serving_packages(before: Tree, after: Tree) -> Iterator[Change]:
    """Yield a change for each package that batch deployments need and `after` does not install.

    Where nothing lists packages, or the base image is one of Microsoft's own environments, what is
    installed is not known, and nothing is yielded.
    """
    now = _installed(after)
    missing = [needed for needed, bringers in _NEEDED.items() if not now & bringers]
    if not now or not missing:
        return
    was = _installed(before)
    for needed in missing:
        had = was & _NEEDED[needed]
        kind = Kind.SERVING_PACKAGE_REMOVED if had else Kind.SERVING_PACKAGE_MISSING
        yield Change(kind, needed, None, None, SPEC_PATH, 1)


def _installed(tree: Tree) -> set[str]:
    """Return the names of all packages that a file lists; nothing where that is not all."""
    if any(_CURATED in file.data.decode("latin-1") for file in declarations(tree)):
        return set()
    try:
        return {package.name for file in declarations(tree) for package in listed_packages(file)}
    except UnreadableError:
        return set()
