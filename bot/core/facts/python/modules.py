"""Python files that were added, and that nothing which was there before can notice."""

import ast
import re
from collections.abc import Collection, Iterator

from bot.core.change import Change, Kind
from bot.core.facts.python.names import identifiers
from bot.core.facts.python.parsing import parse, parse_beside
from bot.core.facts.python.surroundings import module_names
from bot.core.facts.python.taken_modules import TAKEN_MODULES
from bot.core.facts.python.walk import walk
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File, Tree

_NAME = re.compile(r"[A-Za-z]\w*")
# Files that Python, pip or a server looks for by name.
_SOUGHT_WORDS = (
    "app conftest conf entry entry_script gunicorn_conf main manage noxfile score settings setup "
    "sitecustomize tasks usercustomize versioneer wsgi"
)
_SOUGHT = frozenset(_SOUGHT_WORDS.split())
# What finds modules, or runs code, by a name that is made while it runs.
_FINDERS_WORDS = (
    "__import__ entry_points exec_module find_spec import_module iter_modules run_module run_path "
    "spec_from_file_location walk_packages autodiscover_tasks"
)
_FINDERS = frozenset(_FINDERS_WORDS.split())
# What lists files, and what may run one that was listed.
_LISTERS = frozenset({"glob", "iglob", "iterdir", "listdir", "rglob", "scandir", "walk"})
_RUNNERS = frozenset({"Popen", "check_call", "exec", "subprocess", "system"})


def is_unnoticed_module(path: str, before: Tree, after: Tree) -> bool:
    """Tell whether nothing that was there before can notice a Python file that is new.

    No file imports or even holds its name, no module of Python's, of a package or of ours has it,
    no folder it is in was there as something else, and no code looks for modules.
    """
    names = _new_names(path, before)
    if not names or not all(_NAME.fullmatch(name) for name in names):
        return False
    if names & (TAKEN_MODULES | _SOUGHT | module_names(before)):
        return False
    try:
        parse(after[path].data)
        modules = [parse_beside(file.data) for file in _python(before)]
    except (UnreadableError, RecursionError):
        return False
    if _find_modules(modules, names):
        return False
    others = [file for file in before.values() if not file.path.endswith(".py")]
    are_run = any(b"*.py" in file.data for file in others if file.path.endswith(".sh"))
    return not are_run and not any(_is_told(n, [file.data for file in others]) for n in names)


def misleading_text(added: File) -> Iterator[Change]:
    """Yield a change if a new Python file holds what misleads whoever reads it."""
    try:
        parse(added.data)
    except UnreadableError as error:
        if error.kind is not Kind.UNREADABLE:
            yield Change(error.kind, error.what, None, None, added.path, error.line or 1)


def _find_modules(modules: list[ast.Module], names: Collection[str]) -> bool:
    """Tell whether code holds one of these names, or looks for modules or files to run."""
    held = {name for module in modules for name in identifiers(module)}
    is_searched = bool(held & _FINDERS) or bool(held & _LISTERS and held & _RUNNERS)
    is_held = is_searched or not held.isdisjoint(names)
    return is_held or any(_is_star_of_package(module) for module in modules)


def _new_names(path: str, before: Tree) -> frozenset[str]:
    """Return the names that a new file makes importable: its own, and those of new folders."""
    folder, _, file = path.rpartition("/")
    names = [] if file == "__init__.py" else [file.removesuffix(".py")]
    while folder and not any(other.startswith(f"{folder}/") for other in before):
        folder, _, name = folder.rpartition("/")
        names.append(name)
    return frozenset(names)


def _python(tree: Tree) -> list[File]:
    return [file for file in tree.values() if file.path.endswith(".py")]


def _is_star_of_package(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in walk(module)
    )


def _is_told(name: str, texts: list[bytes]) -> bool:
    """Tell whether a text may start, copy or require the module: it holds the name as a word."""
    word = re.compile(rb"(?<![\w.-])" + re.escape(name.encode()) + rb"(?![\w-])")
    return any(word.search(text) for text in texts)
