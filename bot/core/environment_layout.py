"""Where the parts of the Azure ML environment lie in the repository."""

import posixpath

FOLDER = "environment"
SPEC_PATH = f"{FOLDER}/environment.yml"
SOURCE_FOLDER = f"{FOLDER}/src"
SCHEMA_FOLDER = f"{FOLDER}/schema"


def resolve(folder: str, path: str) -> str:
    """Return `path`, written relative to `folder`, as a path in the repository."""
    return posixpath.normpath(posixpath.join(folder, path))
