"""The record of a promotion: a pointer that may be missing, wrong or forged."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.promotion_record import PromotionRecord, TestRecord, from_json, ref_of, to_json

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TIMES = st.datetimes(timezones=st.just(UTC))
RECORD = PromotionRecord(
    environment="custom-tf-env",
    version="1.5.1",
    env_digest="a" * 64,
    candidate="1.5.1-rc.gaaaaaaaa",
    promoted_by="lise",
    promoted_at=NOON,
    test=TestRecord("job-1", 199, 200, ("sensor_model_P001_C001:5",), NOON),
    final_id="azureml://registries/reg/environments/custom-tf-env/versions/1.5.1",
)


@given(
    st.builds(
        PromotionRecord,
        environment=st.text(),
        version=st.text(),
        env_digest=st.text(),
        candidate=st.text(),
        promoted_by=st.text(),
        promoted_at=TIMES,
        test=st.none()
        | st.builds(
            TestRecord,
            job=st.text(),
            passed=st.integers(0, 10_000),
            total=st.integers(0, 10_000),
            failed=st.lists(st.text(), max_size=3).map(tuple),
            ended_at=TIMES,
        ),
        final_id=st.text(),
    )
)
def test_a_record_survives_being_stored(record: PromotionRecord) -> None:
    assert from_json(to_json(record)) == record


def test_equal_records_have_equal_bytes() -> None:
    again = msgspec.structs.replace(RECORD)

    assert to_json(RECORD) == to_json(again)
    assert to_json(RECORD) != to_json(msgspec.structs.replace(RECORD, final_id=""))


def test_what_is_not_known_yet_is_not_written() -> None:
    early = msgspec.structs.replace(RECORD, test=None, final_id="")

    assert b"final_id" not in to_json(early)
    assert from_json(to_json(early)) == early


def test_a_newer_record_with_more_in_it_is_still_read() -> None:
    newer = to_json(RECORD).replace(b'"version"', b'"waves": 3, "version"')

    assert from_json(newer) == RECORD


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        to_json(RECORD)[:-3],
        b'{"version":"1.5.1"}',
        to_json(RECORD).replace(b"12:00:00Z", b"12:00:00"),
    ],
    ids=["empty", "null", "list", "object", "binary", "cut", "too little", "no zone"],
)
def test_what_is_no_record_reads_as_none(data: bytes) -> None:
    assert from_json(data) is None


def test_each_version_has_its_own_ref() -> None:
    assert ref_of("custom-tf-env", "1.5.1") == "refs/envbot/promotions/custom-tf-env/1.5.1"
