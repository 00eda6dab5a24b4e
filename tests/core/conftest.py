"""Trees for tests of the core, without git."""

import hashlib
from collections.abc import Callable, Mapping

import pytest

from bot.core.tree import REGULAR, File, Tree


@pytest.fixture
def make_tree() -> Callable[[Mapping[str, str | bytes]], Tree]:
    """Return what turns texts by path into the tree that a commit of them would have."""

    def make(files: Mapping[str, str | bytes]) -> Tree:
        return {path: _file(path, content) for path, content in files.items()}

    return make


def _file(path: str, content: str | bytes) -> File:
    data = content.encode() if isinstance(content, str) else content
    oid = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    return File(path, REGULAR, oid, data)
