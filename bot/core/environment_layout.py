"""Where the parts of the Azure ML environment lie in the repository."""

import posixpath
import re

FOLDER = "environment"
SPEC_PATH = f"{FOLDER}/environment.yml"
SOURCE_FOLDER = f"{FOLDER}/src"
SCHEMA_FOLDER = f"{FOLDER}/schema"

_DOCKERFILE = re.compile(
    r"(?:.*[._-])?(?:Docker|Container)file(?:[._-].*)?", re.IGNORECASE | re.DOTALL
)
_SCHEMA = rf"(?s){FOLDER}/(?:schemas?/.*|(?!src/)(?:.*/)?[^/]+\.schema)\.(?:json|ya?ml)"


def is_dockerfile(path: str) -> bool:
    """Tell whether a file is a Dockerfile by its name: `Dockerfile`, `gpu.Dockerfile`."""
    return _DOCKERFILE.fullmatch(posixpath.basename(path)) is not None


def resolve(folder: str, path: str) -> str:
    """Return `path`, written relative to `folder`, as a path in the repository."""
    return posixpath.normpath(posixpath.join(folder, path))


def is_schema(path: str) -> bool:
    """Tell whether a file is a schema by its place or its name; below `src/` it may be any data."""
    return re.fullmatch(_SCHEMA, path) is not None
