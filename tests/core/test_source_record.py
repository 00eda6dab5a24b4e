"""The record of what a copy was made from: it may be missing, wrong or forged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.source_record import SourceRecord, from_json, ref_of, to_json


@given(st.builds(SourceRecord, source=st.text(), env_digest=st.text()))
def test_what_is_written_reads_back(record: SourceRecord) -> None:
    assert from_json(to_json(record)) == record


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="no JSON"),
        pytest.param(b'{"source": "a"}', id="no digest"),
        pytest.param(b'{"source": 1, "env_digest": "a"}', id="a number"),
    ],
)
def test_anything_else_is_no_record(data: bytes) -> None:
    assert from_json(data) is None


def test_every_registry_has_records_of_its_own() -> None:
    found = ref_of("amlregcc01", "custom-tf-env", "1.5.1")

    assert found == "refs/envbot/sources/amlregcc01/custom-tf-env/1.5.1"
