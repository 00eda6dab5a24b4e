"""References to container images."""

import re
from dataclasses import dataclass

from bot.core.change import Kind


@dataclass(frozen=True, slots=True)
class ImageReference:
    """`[registry/]path[:tag][@digest]`, taken apart; `text` is the whole as written."""

    text: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def is_floating(self) -> bool:
        """Tell whether the reference can mean another image tomorrow by design."""
        if self.digest:
            return False
        return self.tag is None or self.tag.startswith("latest") or self.is_computed

    @property
    def is_computed(self) -> bool:
        """Tell whether a build argument or a template decides what it means."""
        return "$" in self.text or "{{" in self.text


def parse_image(text: str) -> ImageReference:
    """Return the parts of an image reference; a colon before the last slash belongs to a port."""
    named, _, digest = text.partition("@")
    head, slash, last = named.rpartition("/")
    name, _, tag = last.partition(":")
    return ImageReference(text, f"{head}{slash}{name}", tag or None, digest or None)


def compare_images(before: ImageReference, after: ImageReference) -> Kind | None:
    """Return what happened between two references; None if they mean the same image."""
    if before.text == after.text:
        return None
    if before.repository != after.repository or before.is_computed or after.is_computed:
        return Kind.IMAGE_CHANGED
    if before.digest and before.digest == after.digest:
        return None  # the digest decides, whatever the tag says
    if before.tag != after.tag:
        return Kind.IMAGE_TAG_CHANGED
    return _digest_kind(before, after)


def _digest_kind(before: ImageReference, after: ImageReference) -> Kind:
    if after.digest is None:
        return Kind.IMAGE_DIGEST_REMOVED
    if before.digest is not None:
        return Kind.IMAGE_DIGEST_CHANGED
    # Behind a floating tag nobody knows which image the digest replaces.
    return Kind.IMAGE_TAG_CHANGED if before.is_floating else Kind.IMAGE_DIGEST_ADDED


def version_in_image(text: str, software: str) -> str:
    """Return the version of `software` that an image's name carries, such as openmpi's; or ``""``.

    Microsoft names its base images after what they hold: `openmpi4.1.0-cuda11.8-ubuntu22.04`.
    """
    found = re.search(rf"{re.escape(software)}-?(\d+(?:\.\d+)*)", text)
    return found[1] if found else ""
