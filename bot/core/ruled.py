"""Which files only people may decide on: all of which nobody has shown that they decide nothing."""

from collections.abc import Iterable, Mapping

from bot.core.canonical import digest
from bot.core.tree import File

# Judged on their own: circuits by what they ask of production, environments by the rules.
_JUDGED = ("config/plants/", "environment/")
# Read by people, or by jobs that hold no token. Everything else may end up in a job that does: the
# bot's code, its lock files, its workflows, the policy.
_UNRULED = ("benchmarks/", "docs/", "evidence/", "tests/")


def ruled_paths(paths: Iterable[str]) -> tuple[str, ...]:
    """Return those of `paths` that no merge may change without people, sorted."""
    return tuple(sorted(path for path in paths if not _is_free(path)))


def ruled_digest(files: Mapping[str, File | None]) -> str:
    """Return the sha256 that binds approvals to these files; empty where there are none."""
    if not files:
        return ""
    return digest(
        [[path, file.mode, file.oid] if file else [path] for path, file in sorted(files.items())]
    )


def _is_free(path: str) -> bool:
    is_page = "/" not in path and path.endswith(".md")
    return path.startswith((*_JUDGED, *_UNRULED)) or is_page
