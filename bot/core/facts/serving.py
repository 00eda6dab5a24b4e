"""Packages without which a batch deployment cannot run its scoring script."""

from collections.abc import Iterator, Mapping

from bot.core.change import Change, Kind
from bot.core.environment_layout import SPEC_PATH, is_dockerfile
from bot.core.facts.conda import is_conda, read_conda
from bot.core.facts.dependency import Dependency
from bot.core.facts.dockerfile.lines import read_lines
from bot.core.facts.requirements import read_requirements
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File, Tree

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
    if any(_CURATED in file.data.decode("latin-1") for file in _declarations(tree)):
        return set()
    try:
        return {package.name for file in _declarations(tree) for package in _packages(file)}
    except UnreadableError:
        return set()


def _declarations(tree: Tree) -> Iterator[File]:
    endings = (".in", ".pip", ".txt", ".yaml", ".yml")
    yield from (f for f in tree.values() if is_dockerfile(f.path) or f.path.endswith(endings))


def _packages(file: File) -> Iterator[Dependency]:
    if is_dockerfile(file.path):
        steps = (step for line in read_lines(file.data) for step in line.steps)
        yield from (package for step in steps if step.install for package in step.install.packages)
    elif file.path.endswith((".yaml", ".yml")):
        yield from read_conda(file).all_packages if is_conda(file) else ()
    elif "requirements" in file.path.rpartition("/")[2]:
        yield from read_requirements(file.data).packages
