"""The job that builds a candidate's image and tries it out, and what its end means.

Azure ML tells nobody how the build of an image goes (azure-cli#23381): the one thing that can be
waited for is a job that runs in it.
"""

from typing import Literal, NamedTuple, TypeAlias

from bot.core.canonical import digest
from bot.core.config.platform import Platform
from bot.core.gates.approval import ReleaseContent
from bot.core.model_test import JobState
from bot.core.resolved_image import BaseImage

ImageState: TypeAlias = Literal["unasked", "none", "running", "built", "failed"]
"""`unasked`: the platform names no compute for it; `none`: there is no job yet."""

ATTEMPTS = 3


class ImageBuild(NamedTuple):
    """One attempt at building the image of one candidate and importing modules in it.

    Attributes:
        version: the rc version in dev.
        imports: modules that must import; untried where there are none.
    """

    environment: str
    version: str
    compute: str
    imports: tuple[str, ...]
    env_digest: str
    attempt: int = 1

    @property
    def job_name(self) -> str:
        """Return the name that every attempt at this has, so that a repetition finds it."""
        name = f"image-{self.env_digest[:8]}-{self._fingerprint()}"
        return name if self.attempt == 1 else f"{name}-{self.attempt}"

    @property
    def is_last(self) -> bool:
        """Tell whether there are no further attempts at this content."""
        return self.attempt >= ATTEMPTS

    def next_attempt(self) -> "ImageBuild":
        """Return the attempt after this one."""
        return self._replace(attempt=self.attempt + 1)

    def _fingerprint(self) -> str:
        asked = [self.environment, self.version, self.compute, self.imports, self.env_digest]
        return digest(asked)[:12]


def image_build(platform: Platform, content: ReleaseContent, candidate: str) -> ImageBuild | None:
    """Return the first attempt at a candidate's image; None where no compute is named for it."""
    compute = platform.dev.compute
    if not compute:
        return None
    imports = platform.dev.imports
    return ImageBuild(content.environment, candidate, compute, imports, content.env_digest)


def image_state(build: ImageBuild | None, state: JobState | None) -> ImageState:
    """Return how the image stands, by its newest job."""
    if build is None:
        return "unasked"
    if state is None:
        return "none"
    if not state.has_ended:
        return "running"
    return "built" if state.status == "completed" else "failed"


def image_text(state: ImageState, base: BaseImage) -> str:
    """Return one line about image and base, short enough for a status.

    A base that was not resolved is said to be so: a name alone may mean another image tomorrow.
    """
    words = {
        "unasked": "Not built yet (no dev.compute in platform.yml)",
        "none": "Not built yet",
        "running": "Being built",
        "built": "Built",
        "failed": "Could not be built",
    }
    known = f"base {base.digest}" if base.digest else f"base not resolved: {base.why}"
    return f"{words[state]}; {known}"
