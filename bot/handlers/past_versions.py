"""Which versions main had before: none of them comes back with other content."""

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
    past: dict[str, set[str]] = {}
    for entry in repository.history(main, [SPEC_PATH])[:_LOOK_BACK]:
        tree = repository.read(entry.commit, FOLDER)
        if version := _version(tree):
            past.setdefault(version, set()).add(env_digest(tree))
    return replace(sources, past=past)


def _version(tree: Tree) -> str:
    """Return the version of the environment in `tree`; empty where it cannot be read."""
    try:
        return read_environment(tree).version
    except InvalidFileError:
        return ""
