"""What differs between two Dockerfiles."""

import re
from collections.abc import Iterator, Sequence
from operator import attrgetter

from bot.core.change import Change, Kind
from bot.core.facts.alignment import align
from bot.core.facts.dockerfile.arguments import Arguments
from bot.core.facts.dockerfile.instructions import Instruction
from bot.core.facts.dockerfile.lines import Line, read_lines
from bot.core.facts.dockerfile.run_comparison import compare_installs, compare_runs
from bot.core.facts.dockerfile.variables import assignments
from bot.core.facts.image import compare_references, parse_image
from bot.core.tree import File

_KINDS = {
    "ENV": Kind.ENVIRONMENT_VARIABLE_CHANGED,
    "COPY": Kind.COPY_CHANGED,
    "ADD": Kind.COPY_CHANGED,
    "USER": Kind.USER_CHANGED,
    "ENTRYPOINT": Kind.ENTRY_POINT_CHANGED,
    "CMD": Kind.ENTRY_POINT_CHANGED,
    "WORKDIR": Kind.WORKING_DIRECTORY_CHANGED,
    "SHELL": Kind.SHELL_CHANGED,
    "RUN": Kind.RUN_CHANGED,
    "LABEL": Kind.IMAGE_LABEL_CHANGED,
    "MAINTAINER": Kind.IMAGE_LABEL_CHANGED,
    "EXPOSE": Kind.IMAGE_DECLARATION_CHANGED,
    "HEALTHCHECK": Kind.IMAGE_DECLARATION_CHANGED,
}
# Variables that only decide what installers print and keep.
_HOUSEKEEPING = re.compile(
    r"DEBIAN_FRONTEND|PIP_(?:DISABLE_PIP_VERSION_CHECK|NO_CACHE_DIR|NO_COLOR|PROGRESS_BAR"
    r"|ROOT_USER_ACTION)|PYTHON(?:DONTWRITEBYTECODE|UNBUFFERED)"
)


def compare_dockerfiles(before: File, after: File, *, context: str) -> Iterator[Change]:
    """Yield what differs between two Dockerfiles.

    `context` is the text of the other files of the build: a build argument that neither they nor
    the Dockerfile mention is unused.

    Raises:
        UnreadableError: one of them cannot be analysed.
    """
    was, now = read_lines(before.data), read_lines(after.data)
    lines = [(line.instruction, line.start, line.run) for line in (*was, *now)]
    arguments = Arguments.of(lines, context)
    for gone, come, is_equal in align(was, now, attrgetter("identity")):
        if not is_equal:
            yield from _block(gone, come, after.path, arguments)


def _block(
    before: Sequence[Line], after: Sequence[Line], path: str, arguments: Arguments
) -> Iterator[Change]:
    """Yield the changes of a stretch that differs."""
    if all(line.run and line.run.only_installs for line in (*before, *after)):
        yield from _installations(before, after, path)
        return
    for gone, come, is_equal in align(before, after, attrgetter("keyword")):
        paired = len(gone) if is_equal else 0
        for was, now in zip(gone[:paired], come[:paired], strict=True):
            yield from _pair(was, now, path, arguments)
        for line in gone[paired:]:
            yield from _lone(line, path, arguments, is_added=False)
        for line in come[paired:]:
            yield from _lone(line, path, arguments, is_added=True)


def _installations(before: Sequence[Line], after: Sequence[Line], path: str) -> Iterator[Change]:
    was, now = ([step for line in side for step in line.steps] for side in (before, after))
    found = tuple(compare_installs(was, now, path))
    yield from found
    if not found and _housekeeping(before) != _housekeeping(after):
        line = (after or before)[0].instruction.line
        yield Change(Kind.INSTALL_HOUSEKEEPING_CHANGED, "RUN", None, None, path, line)


def _housekeeping(lines: Sequence[Line]) -> list[object]:
    return [habit for line in lines if line.run for habit in line.run.housekeeping]


def _pair(was: Line, now: Line, path: str, arguments: Arguments) -> Iterator[Change]:
    """Yield what differs between two instructions of one keyword."""
    line = now.instruction.line
    if was.run and now.run:
        yield from compare_runs(was.run, now.run, path)
        return
    if was.start and now.start:
        images = parse_image(was.start.image), parse_image(now.start.image)
        yield from compare_references(*images, path, line)
        if (was.start.options, was.start.stage) == (now.start.options, now.start.stage):
            return
    kind = _kind([was.instruction, now.instruction], arguments)
    if kind:
        yield _change(kind, was.instruction, now.instruction, path)


def _lone(line: Line, path: str, arguments: Arguments, *, is_added: bool) -> Iterator[Change]:
    """Yield what an instruction means that only one side has."""
    only = line.instruction
    if line.run and line.run.only_installs:
        before, after = ([], [line]) if is_added else ([line], [])
        yield from _installations(before, after, path)
    elif kind := _kind([only], arguments):
        yield _change(kind, None if is_added else only, only if is_added else None, path)


def _kind(instructions: Sequence[Instruction], arguments: Arguments) -> Kind | None:
    keyword = instructions[0].keyword
    if keyword == "ARG":
        return arguments.kind(*instructions)
    if keyword == "ENV" and _keeps_house(instructions):
        return Kind.INSTALL_HOUSEKEEPING_CHANGED
    return _KINDS.get(keyword, Kind.INSTRUCTION_CHANGED)


def _keeps_house(instructions: Sequence[Instruction]) -> bool:
    """Tell whether the variables that differ only decide what installers print and keep."""
    if any("\\" in instruction.text for instruction in instructions):
        return False
    was, now = (*map(assignments, instructions), {})[:2]
    differing = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
    return all(_HOUSEKEEPING.fullmatch(name) for name in differing)


def _change(kind: Kind, before: Instruction | None, after: Instruction | None, path: str) -> Change:
    stands = after or before
    if stands is None:
        raise AssertionError
    texts = [instruction.shown if instruction else None for instruction in (before, after)]
    return Change(kind, "instruction", texts[0], texts[1], path, stands.line)
