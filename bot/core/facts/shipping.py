"""Whether the source beside an environment becomes part of its image (D15)."""

from collections.abc import Iterator, Sequence

from bot.core.change import Change, Kind
from bot.core.environment import BuildContext, EnvironmentSpec, read_environment, read_settings
from bot.core.environment_layout import SOURCE_FOLDER, SPEC_PATH
from bot.core.facts.dockerfile.instructions import read_dockerfile
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import Tree
from bot.errors import InvalidFileError

_COPIES = frozenset({"ADD", "COPY"})


def unshipped_sources(paths: Sequence[str], head: Tree) -> Iterator[Change]:
    """Yield a change for the first of `paths` below `src/` if the head's image does not hold it.

    An environment that cannot be read yields nothing: that is a finding of its own.
    """
    sources = [path for path in paths if path.startswith(f"{SOURCE_FOLDER}/")]
    try:
        spec = read_environment(head)
    except InvalidFileError:
        return
    if sources and (why := _why_not_shipped(spec, head)):
        key = "build" if spec.build else "image"
        line, _ = read_settings(head).position((key,))
        others = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
        subject = f"{sources[0]}{others}, {why}"
        yield Change(Kind.SOURCE_NOT_SHIPPED, subject, None, None, SPEC_PATH, line)


def _why_not_shipped(spec: EnvironmentSpec, head: Tree) -> str | None:
    """Return the reason why the image does not hold `src/`; None if it does, or nobody can say."""
    if spec.build is None:
        return "not part of the image"
    if not f"{SOURCE_FOLDER}/".startswith(f"{spec.build.folder}/"):
        return f"outside the build context `{spec.build.folder}`"
    return None if _is_copied(spec.build, head) else "not copied by the Dockerfile"


def _is_copied(build: BuildContext, head: Tree) -> bool:
    source = SOURCE_FOLDER.removeprefix(f"{build.folder}/")
    try:
        instructions = read_dockerfile(head[build.dockerfile].data)
    except UnreadableError:
        return True
    return any(
        _names(word, source)
        for instruction in instructions
        if instruction.keyword in _COPIES and "--from=" not in instruction.text
        for word in instruction.text.replace('"', " ").replace(",", " ").split()[:-1]
    )


def _names(word: str, source: str) -> bool:
    """Tell whether a word of a COPY takes the source folder, a part of it, or all there is."""
    path = word.strip("[]").removeprefix("./").rstrip("/*") or "."
    return path in {".", source} or path.startswith(f"{source}/")
