"""The tags that a candidate is registered with: the environment strategy's "Required Tags"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.environment import EnvironmentSpec
from bot.core.environment_layout import FOLDER
from bot.core.facts.conda import is_conda, read_conda
from bot.core.facts.dependency import Dependency, Form
from bot.core.facts.dockerfile.instructions import read_dockerfile
from bot.core.facts.dockerfile.variables import base_image
from bot.core.facts.image import version_in_image
from bot.core.facts.requirements import read_requirements
from bot.core.facts.unreadable import UnreadableError
from bot.core.leftovers import PULL_TAG, pull_tag
from bot.core.resolved_image import DIGEST_TAG, BaseImage
from bot.core.tag_limits import fitting_tags
from bot.core.tree import File, Tree, subtree

# The strategy's "Required Tags" that only the author can write.
_OF_THE_AUTHOR = ("backward_compatible", "requires_retrain", "change_summary", "breaking_changes")
# What envbot finds out, whatever the author wrote under these names.
_OF_ENVBOT = frozenset(
    {
        "tensorflow_version",
        "python_version",
        "cuda_version",
        "openmpi_version",
        "source_code_version",
        "env_digest",
        "git_commit_sha",
        "registered_at",
        "registered_by",
        PULL_TAG,
        DIGEST_TAG,
    }
)


@dataclass(frozen=True, slots=True)
class Registration:
    """Who registers what, on which base, and when; `registered_at` has a time zone."""

    env_digest: str
    git_commit_sha: str
    registered_at: datetime
    registered_by: str
    pr_number: int
    base: BaseImage


def candidate_tags(tree: Tree, spec: EnvironmentSpec, registration: Registration) -> dict[str, str]:
    """Return the tags of a candidate: the author's, what the files pin, and the registration.

    `source_code_version` is the final version, on the candidate too (D8). A version that no file
    pins is an empty text, as in the strategy's example. All are within Azure's limits.
    """
    tags = {
        **dict.fromkeys(_OF_THE_AUTHOR, ""),
        **spec.tags,
        **_found(tree, spec),
        **_registered(spec, registration),
    }
    return fitting_tags(tags, _OF_ENVBOT.union(_OF_THE_AUTHOR))


def whole_tags(spec: EnvironmentSpec, registered: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a registered candidate, the author's as long as they were written."""
    written = {name: value for name, value in spec.tags.items() if name not in _OF_ENVBOT}
    return {**registered, **written}


def base_reference(tree: Tree, spec: EnvironmentSpec) -> str:
    """Return the image that an environment is made from, as written; ``""`` if nobody can say."""
    if spec.build is None:
        return spec.image or ""
    try:
        return base_image(read_dockerfile(tree[spec.build.dockerfile].data)) or ""
    except UnreadableError:
        return ""


def _found(tree: Tree, spec: EnvironmentSpec) -> dict[str, str]:
    packages, image = _pinned(tree), base_reference(tree, spec)
    return {
        "tensorflow_version": packages.get("tensorflow", ""),
        "python_version": packages.get("python", ""),
        "cuda_version": version_in_image(image, "cuda"),
        "openmpi_version": version_in_image(image, "openmpi"),
    }


def _registered(spec: EnvironmentSpec, registration: Registration) -> dict[str, str]:
    registered_at = registration.registered_at.astimezone(UTC)
    return {
        "source_code_version": spec.version,
        "env_digest": registration.env_digest,
        "git_commit_sha": registration.git_commit_sha,
        "registered_at": registered_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "registered_by": registration.registered_by,
        PULL_TAG: pull_tag(registration.pr_number),
        DIGEST_TAG: registration.base.label,
    }


def _pinned(tree: Tree) -> dict[str, str]:
    """Return the packages that a declaration below `environment/` holds to one version or series.

    Where several files name a package, the first by path counts.
    """
    found: dict[str, str] = {}
    for _, file in sorted(subtree(tree, FOLDER).items()):
        for package in _packages(file):
            if package.form in {Form.EXACT, Form.SERIES}:
                found.setdefault(package.name, str(package.version))
    return found


def _packages(file: File) -> Iterator[Dependency]:
    try:
        if file.path.endswith((".yml", ".yaml")) and is_conda(file):
            yield from read_conda(file).all_packages
        elif file.path.endswith("requirements.txt"):
            yield from read_requirements(file.data).packages
    except UnreadableError:
        return  # classification reports it; a tag is only information
