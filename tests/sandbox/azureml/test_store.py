from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.azureml.store import Blob, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


def test_a_resource_is_found_whatever_the_case_of_its_id(store: Store) -> None:
    store.put("/A/b", "/A", {"name": "b"})

    assert store.get("/a/B") == {"name": "b"}


def test_a_replaced_resource_keeps_its_place(store: Store) -> None:
    for name in ("first", "second"):
        store.put(f"/c/{name}", "/c", {"name": name})

    store.put("/c/first", "/c", {"name": "first", "again": True})

    assert [body["name"] for body in store.members("/c")] == ["first", "second"]


def test_deleting_takes_what_is_below_and_not_what_begins_alike(store: Store) -> None:
    for key in ("/e/p1", "/e/p1/deployments/c1", "/e/p10"):
        store.put(key, "/e", {"key": key})

    assert store.delete("/e/p1")

    assert [body["key"] for body in store.members("/e")] == ["/e/p10"]
    assert not store.delete("/e/p1")


def test_a_transaction_that_fails_leaves_nothing_behind(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.put("/a", "/", {})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()

    assert store.get("/a") is None


def test_a_second_process_sees_what_was_written(store: Store, tmp_path: Path) -> None:
    store.put_setting("page_size", 3)

    other = Store(tmp_path)
    seen = other.setting("page_size")
    other.close()

    assert seen == 3


def test_a_prefix_of_blobs_is_taken_literally(store: Store) -> None:
    for path in ("c/a_1/x", "c/ab1/x"):
        store.put_blob(Blob(path, b"", {}, 0.0))

    assert [blob.path for blob in store.blobs("c/a_")] == ["c/a_1/x"]
