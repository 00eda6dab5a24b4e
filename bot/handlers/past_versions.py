"""Which versions main had before: none of them comes back with other content."""

from collections.abc import Mapping
from dataclasses import replace

from bot.core.environment import env_digest, read_environment
from bot.core.environment_layout import FOLDER, SPEC_PATH
from bot.core.sources import Sources
from bot.core.tree import Tree
from bot.errors import InvalidFileError
from bot.handlers.ports import Repository

_LOOK_BACK = 50  # changes of environment.yml; a version older than these is found at the registry


def with_past_versions(repository: Repository, main: str, sources: Sources) -> Sources:
    """Return `sources` with the versions that main had, where the head brings another than main's.

    The registry would refuse such a version too (`ENV_CONTENT_DIFFERS`), but after all approvals.
    """
    if _version(sources.head) in {"", _version(sources.main)}:
        return sources
    return replace(sources, past=past_versions(repository, main))


def past_versions(repository: Repository, main: str) -> Mapping[str, set[str]]:
    """Return the versions that main had, each with the `env_digest` of its contents."""
    past: dict[str, set[str]] = {}
    for commit, _ in changes_of_version(repository, main):
        tree = repository.read(commit, FOLDER)
        if version := _version(tree):
            past.setdefault(version, set()).add(env_digest(tree))
    return past


def changes_of_version(repository: Repository, main: str) -> tuple[tuple[str, str], ...]:
    """Return the latest commits of main that touched `environment.yml`, newest first.

    Each comes with the commit before it, which is empty for the root.
    """
    found = repository.history(main, [SPEC_PATH])[:_LOOK_BACK]
    return tuple((entry.commit, entry.before) for entry in found)


def version_at(repository: Repository, commit: str) -> str:
    """Return the environment's version at a commit; empty where there is none."""
    return _version(repository.read(commit, FOLDER)) if commit else ""


def _version(tree: Tree) -> str:
    """Return the version of the environment in `tree`; empty where it cannot be read."""
    try:
        return read_environment(tree).version
    except InvalidFileError:
        return ""
