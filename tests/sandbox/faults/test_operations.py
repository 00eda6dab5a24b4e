"""What Azure confirms and does not do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.azureml.store import Store
from bot.sandbox.faults.operations import Operations

KEY = "/subscriptions/s/deployments/one"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.mark.parametrize(
    "before", [pytest.param({"runs": "1.5.0"}, id="changed"), pytest.param(None, id="created")]
)
def test_an_undone_write_leaves_what_was_there(store: Store, before: dict[str, str] | None) -> None:
    if before:
        store.put(KEY, "/subscriptions/s/deployments", before)
    undo = Operations(store).undoing(KEY)
    store.put(KEY, "/subscriptions/s/deployments", {"runs": "1.5.1"})

    undo()

    assert store.get(KEY) == before
