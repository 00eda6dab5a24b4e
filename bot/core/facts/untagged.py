"""Base images that can be another image tomorrow, whether or not anything changed."""

from collections.abc import Iterator

from bot.core.change import Change, Kind
from bot.core.environment import BuildContext, read_environment, read_settings
from bot.core.environment_layout import SPEC_PATH
from bot.core.facts.dockerfile.instructions import read_dockerfile
from bot.core.facts.dockerfile.variables import start_of, walk
from bot.core.facts.image import parse_image
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import Tree
from bot.errors import InvalidFileError

_NO_IMAGE = "scratch"


def untagged_images(head: Tree) -> Iterator[Change]:
    """Yield a change for each base image of the head's environment that is not held to one tag.

    An environment that cannot be read yields nothing: that is a finding of its own.
    """
    try:
        spec = read_environment(head)
        if spec.build:
            yield from _in_dockerfile(spec.build, head)
        elif spec.image and parse_image(spec.image).is_floating:
            line, _ = read_settings(head).position(("image",))
            yield _untagged(spec.image, SPEC_PATH, line)
    except (InvalidFileError, UnreadableError):
        return


def _in_dockerfile(build: BuildContext, head: Tree) -> Iterator[Change]:
    stages = {_NO_IMAGE}
    for instruction, variables in walk(read_dockerfile(head[build.dockerfile].data)):
        if instruction.keyword == "FROM":
            start = start_of(instruction, variables)
            if start.image.lower() not in stages and parse_image(start.image).is_floating:
                yield _untagged(start.image, build.dockerfile, instruction.line)
            stages.add(start.stage)


def _untagged(image: str, path: str, line: int) -> Change:
    return Change(Kind.IMAGE_UNTAGGED, f"base image {image}", None, None, path, line)
