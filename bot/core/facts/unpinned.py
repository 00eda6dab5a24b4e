"""What an environment leaves open: made anew from such files, it can be another one."""

import re
from collections.abc import Iterator

from bot.core.environment_layout import FOLDER
from bot.core.facts.dependency import Dependency, Form
from bot.core.facts.includes import Sides
from bot.core.facts.listed import declarations, listed_packages
from bot.core.facts.uninstalled import is_uninstalled
from bot.core.facts.unreadable import UnreadableError
from bot.core.facts.untagged import untagged_images
from bot.core.problem import Problem
from bot.core.tree import File, Tree, subtree

_COMMIT = re.compile(r"@[0-9a-f]{40}\b|#(?:sha256=|.*&sha256=)[0-9a-f]{64}")
_LOCAL = re.compile(r"(?:-e\s+|--editable[ =])?(?:\.|/|file:)")


def unpinned_sources(head: Tree) -> tuple[Problem, ...]:
    """Return each image and package of `environment/` that is not held to one version, by place.

    Empty means that registering the files again asks for the same image and packages. Packages of
    the operating system are not looked at: their archives keep no old versions to ask for.
    """
    tree = subtree(head, FOLDER)
    found = {
        Problem(one.path, one.line, 0, f"{one.subject} has no fixed tag", _IMAGE)
        for one in untagged_images(head)
    }
    sides = Sides(tree, tree)
    for file in declarations(tree):
        if not is_uninstalled(file.path, sides):
            found.update(_in_file(file))
    return tuple(sorted(found))


_IMAGE = "Write the tag or, better, the digest of the image."


def _in_file(file: File) -> Iterator[Problem]:
    try:
        packages = tuple(listed_packages(file))
    except UnreadableError as error:
        what = f"{error.what}, so what it installs is not known"
        yield Problem(file.path, error.line or 0, 0, what, "Write it so that it can be read.")
        return
    for package in packages:
        if not _is_pinned(package):
            what = f"`{package.name}` is asked for as {package.shown}"
            yield Problem(file.path, package.line, 0, what, _remedy(package))


def _is_pinned(package: Dependency) -> bool:
    if package.form is Form.EXACT:
        return True
    text = f"{package.constraint} {package.variant}".strip()
    if package.form is not Form.SOURCE:
        return False
    return bool(_COMMIT.search(text) or _LOCAL.match(text))  # git holds what lies beside


def _remedy(package: Dependency) -> str:
    if package.form is Form.SOURCE:
        return "Name one commit or the file's sha256 in its address."
    sign = "==" if package.installer == "pip" else "="
    return f"Pin it: `{package.name}{sign}<version>`."
