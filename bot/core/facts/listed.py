"""All packages that an environment's files ask for, wherever they are listed."""

from collections.abc import Iterator

from bot.core.environment_layout import is_dockerfile
from bot.core.facts.conda import is_conda, read_conda
from bot.core.facts.dependency import Dependency
from bot.core.facts.dockerfile.lines import read_lines
from bot.core.facts.requirements import read_requirements
from bot.core.tree import File, Tree

_ENDINGS = (".in", ".pip", ".txt", ".yaml", ".yml")


def declarations(tree: Tree) -> Iterator[File]:
    """Yield the files that may list packages, by their names."""
    yield from (f for f in tree.values() if is_dockerfile(f.path) or f.path.endswith(_ENDINGS))


def listed_packages(file: File) -> Iterator[Dependency]:
    """Yield the packages that one file lists; nothing where it lists none.

    Raises:
        UnreadableError: it cannot be analysed.
    """
    if is_dockerfile(file.path):
        steps = (step for line in read_lines(file.data) for step in line.steps)
        yield from (package for step in steps if step.install for package in step.install.packages)
    elif file.path.endswith((".yaml", ".yml")):
        yield from read_conda(file).all_packages if is_conda(file) else ()
    elif "requirements" in file.path.rpartition("/")[2]:
        yield from read_requirements(file.data).packages
