"""The base image of an environment, resolved to what it means now or not at all."""

from collections.abc import Mapping
from typing import NamedTuple

DIGEST_TAG = "base_image_digest"
_UNRESOLVED = "not resolved: "


class BaseImage(NamedTuple):
    """What a registry says that a reference means.

    Attributes:
        digest: `sha256:` and 64 hexadecimal digits; empty where nobody could tell.
        why: why there is no digest, in envbot's own words; empty with one.
    """

    digest: str
    why: str = ""

    @property
    def label(self) -> str:
        """Return the value of the candidate's tag."""
        return self.digest or f"{_UNRESOLVED}{self.why}"


def recorded_base(tags: Mapping[str, str]) -> BaseImage:
    """Return what the tags of a registered version say about its base."""
    label = tags.get(DIGEST_TAG, "")
    if label.startswith("sha256:"):
        return BaseImage(label)
    return BaseImage("", label.removeprefix(_UNRESOLVED) or "it was not recorded")
