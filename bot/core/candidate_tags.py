"""The tags that a candidate is registered with: the environment strategy's "Required Tags"."""

from collections.abc import Iterator
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
from bot.core.tree import File, Tree, subtree


@dataclass(frozen=True, slots=True)
class Registration:
    """Who registers what, and when; `registered_at` has a time zone."""

    env_digest: str
    git_commit_sha: str
    registered_at: datetime
    registered_by: str
    pr_number: int


def candidate_tags(tree: Tree, spec: EnvironmentSpec, registration: Registration) -> dict[str, str]:
    """Return the tags of a candidate: the author's, what the files pin, and the registration.

    `source_code_version` is the final version, on the candidate too (D8). A version that no file
    pins is an empty text, as in the strategy's example.
    """
    packages = _pinned(tree)
    image = _base_image(tree, spec)
    registered_at = registration.registered_at.astimezone(UTC)
    return {
        **spec.tags,
        "tensorflow_version": packages.get("tensorflow", ""),
        "python_version": packages.get("python", ""),
        "cuda_version": version_in_image(image, "cuda"),
        "openmpi_version": version_in_image(image, "openmpi"),
        "source_code_version": spec.version,
        "env_digest": registration.env_digest,
        "git_commit_sha": registration.git_commit_sha,
        "registered_at": registered_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "registered_by": registration.registered_by,
        "pr_number": f"PR-{registration.pr_number}",
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


def _base_image(tree: Tree, spec: EnvironmentSpec) -> str:
    if spec.build is None:
        return spec.image or ""
    try:
        return base_image(read_dockerfile(tree[spec.build.dockerfile].data)) or ""
    except UnreadableError:
        return ""
