"""A folder of git as a folder on disk, for the SDK to upload as a build context."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from bot.core.environment import BuildContext
from bot.core.refusal import Refusal
from bot.core.tree import EXECUTABLE, REGULAR, File, Tree, subtree
from bot.core.untrusted import inline
from bot.errors import UserError

# Azure ML, "Manage and increase quotas": build contexts.
MAX_FILES = 100
MAX_BYTES = 1024 * 1024

_SHOWN = 3
_AUTHOR = "the author of the change"


def write_build_context(build: BuildContext, files: Tree, target: Path) -> None:
    """Write the context's files below the existing folder `target`.

    Raises:
        UserError: BUILD_CONTEXT_TOO_LARGE, more than Azure ML takes; BUILD_CONTEXT_UNSAFE, an
            entry that is no regular file, or a path that leaves the folder. Nothing was written.
    """
    chosen = subtree(files, build.folder)
    _refuse_too_large(build, chosen)
    for path, file in chosen.items():
        _refuse_unsafe(path, file)
    for path, file in chosen.items():
        place = target / PurePosixPath(path).relative_to(build.folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.data)
        if file.mode == EXECUTABLE:
            place.chmod(0o755)


def _refuse_too_large(build: BuildContext, chosen: Tree) -> None:
    sizes = {path: len(file.data) for path, file in chosen.items()}
    size = sum(sizes.values())
    if len(chosen) <= MAX_FILES and size <= MAX_BYTES:
        return
    raise UserError(
        Refusal(
            code="BUILD_CONTEXT_TOO_LARGE",
            headline=f"the build context `{build.folder}/` is more than Azure ML takes",
            facts=(
                f"It holds {len(chosen)} files and {size} bytes.",
                f"The limits are {MAX_FILES} files and {MAX_BYTES} bytes.",
                f"The largest: {_largest(sizes)}.",
            ),
            resolver=_AUTHOR,
            next=f"Move what the image does not need out of `{build.folder}/`.",
        )
    )


def _largest(sizes: Mapping[str, int]) -> str:
    largest = sorted(sizes.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN]
    return ", ".join(f"{inline(path)} with {size} bytes" for path, size in largest)


def _refuse_unsafe(path: str, file: File) -> None:
    parts = path.split("/")
    if file.mode in {REGULAR, EXECUTABLE} and not {"", ".", ".."} & set(parts):
        return
    raise UserError(
        Refusal(
            code="BUILD_CONTEXT_UNSAFE",
            headline=f"`{path}` cannot be part of a build context",
            facts=(f"Its mode is {file.mode}; only regular files are uploaded.",),
            resolver=_AUTHOR,
            next="Replace it with the file itself.",
        )
    )
