"""References to container images."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from packaging.version import Version

from bot.core.change import Change, Kind
from bot.core.facts.version_step import step

_DEFAULT_TAG = "latest"
# Compiled by `re` when first used: what images hold is asked where one changes.
_WORDS = r"[a-z0-9]+"
_SYSTEM = (
    r"(ubuntu|debian|centos|rockylinux|almalinux|fedora|alpine|ubi|rhel|azurelinux|mariner"
    r"|amazonlinux|amzn|opensuse|windowsservercore|nanoserver)[:_-]?(?:ltsc|v)?(\d+(?:\.\d+)?)"
)
_DISTRIBUTIONS = {"amzn": "amazonlinux"}
_CODENAMES = {
    "stretch": "debian 9",
    "buster": "debian 10",
    "bullseye": "debian 11",
    "bookworm": "debian 12",
    "trixie": "debian 13",
    "xenial": "ubuntu 16.04",
    "bionic": "ubuntu 18.04",
    "focal": "ubuntu 20.04",
    "jammy": "ubuntu 22.04",
    "noble": "ubuntu 24.04",
}
_CUDA = r"cuda[:_-]?(\d{1,2}(?:\.\d{1,2}){0,2})"
_SHORT_CUDA = r"(?<![a-z0-9])cu(\d{3})(?!\d)"
_PYTHON = r"(?<![a-z])py(?:thon)?[:_-]?(\d{1,2}\.\d{1,3}(?:\.\d{1,3})?)(?![\d.]*\d)"
_SHORT_PYTHON = r"(?<![a-z])py(?:thon)?[:_-]?(3|2)(\d{1,2})(?!\d)"
_OFFICIAL_PYTHON = frozenset({"python", "docker.io/python", "docker.io/library/python"})


class ImageReference(NamedTuple):
    """`[registry/]path[:tag][@digest]`, taken apart; `text` is the whole as written."""

    text: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def registry(self) -> str:
        """Return the registry's host, `docker.io` where none is named."""
        host, slash, _ = self.repository.partition("/")
        is_host = bool(slash) and ("." in host or ":" in host or host == "localhost")
        return host if is_host else "docker.io"

    @property
    def path(self) -> str:
        """Return the repository below its registry: `ubuntu` is Docker's `library/ubuntu`."""
        path = self.repository.removeprefix(f"{self.registry}/")
        is_official = self.registry == "docker.io" and "/" not in path
        return f"library/{path}" if is_official else path

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
    same_digest = bool(before.digest) and before.digest == after.digest
    if before.text == after.text:
        return None
    if before.is_computed or after.is_computed or before.path != after.path:
        return Kind.IMAGE_CHANGED
    if same_digest:
        return None  # it decides, whatever the registry or the tag says
    if before.registry != after.registry:
        return Kind.IMAGE_REGISTRY_CHANGED
    return _tag_kind(before, after)


def _tag_kind(before: ImageReference, after: ImageReference) -> Kind | None:
    if (before.tag or _DEFAULT_TAG) != (after.tag or _DEFAULT_TAG):
        return Kind.IMAGE_TAG_CHANGED
    return None if before.digest == after.digest else _digest_kind(before, after)


def _digest_kind(before: ImageReference, after: ImageReference) -> Kind:
    if after.digest is None:
        return Kind.IMAGE_DIGEST_REMOVED
    if before.digest is not None:
        return Kind.IMAGE_DIGEST_CHANGED
    # Behind a floating tag nobody knows which image the digest replaces.
    return Kind.IMAGE_TAG_CHANGED if before.is_floating else Kind.IMAGE_DIGEST_ADDED


def compare_references(
    before: ImageReference, after: ImageReference, path: str, line: int
) -> Iterator[Change]:
    """Yield what differs between two references, and what their names say about the difference."""
    kind = compare_images(before, after)
    if kind is None:
        return
    python = tuple(_python(before, after, path, line))
    # The whole difference is one patch version of Python on a named release of the system.
    if not (python and _is_python_patch(before, after, python[0].kind)):
        yield Change(kind, "base image", before.text, after.text, path, line)
    yield from python
    for subject, part_kind, read in _PARTS:
        was, now = read(before.text), read(after.text)
        if was != now and was and now:
            yield Change(part_kind, subject, was, now, path, line)


def version_in_image(text: str, software: str) -> str:
    """Return the version of `software` that an image's name carries, such as openmpi's; or ``""``.

    Microsoft names its base images after what they hold: `openmpi4.1.0-cuda11.8-ubuntu22.04`.
    """
    found = re.search(rf"{re.escape(software)}-?(\d+(?:\.\d+)*)", text)
    return found[1] if found else ""


def _system(text: str) -> str:
    if found := re.search(_SYSTEM, text.lower()):
        return f"{_DISTRIBUTIONS.get(found[1], found[1])} {found[2]}"
    codename = next((word for word in re.findall(_WORDS, text.lower()) if word in _CODENAMES), "")
    return _CODENAMES.get(codename, "")


def _cuda(text: str) -> str:
    if found := re.search(_CUDA, text.lower()):
        return found[1]
    short = re.search(_SHORT_CUDA, text.lower())
    return f"{short[1][:2]}.{short[1][2:]}" if short else ""


def _mpi(text: str) -> str:
    return version_in_image(text, "openmpi")


def _python_version(text: str) -> str:
    if found := re.search(_PYTHON, text.lower()):
        return found[1]
    short = re.search(_SHORT_PYTHON, text.lower())
    return f"{short[1]}.{short[2]}" if short else ""


def _python(
    before: ImageReference, after: ImageReference, path: str, line: int
) -> Iterator[Change]:
    was, now = _python_version(before.text), _python_version(after.text)
    if was and now and (kind := step(Version(was), Version(now))):
        yield Change(kind, "python", was, now, path, line)


def _is_python_patch(before: ImageReference, after: ImageReference, kind: Kind) -> bool:
    """Tell whether Docker's own image of Python was raised by a patch version and by nothing else.

    The system below must be named: `3.9-slim` moves to another release of Debian by itself.
    """
    if before.repository != after.repository or before.repository not in _OFFICIAL_PYTHON:
        return False
    tags = [(image.tag or "").partition("-") for image in (before, after)]
    same_rest = tags[0][2] == tags[1][2] and _system(tags[0][2]) != ""
    no_digest = before.digest is None and after.digest is None
    return kind is Kind.PACKAGE_RAISED_PATCH and same_rest and no_digest


_PARTS = (
    ("operating system", Kind.OS_CHANGED, _system),
    ("CUDA", Kind.CUDA_CHANGED, _cuda),
    ("Open MPI", Kind.MPI_CHANGED, _mpi),
)
