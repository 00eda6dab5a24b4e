"""Who may hold a stage: decided from one stored lease and the time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.production.lease import (
    LONGEST,
    Lease,
    Taking,
    decide,
    from_json,
    held,
    is_due,
    is_in_force,
    may_begin,
    new_lease,
    ref_of,
    spare,
    to_json,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
TORONTO = timezone(timedelta(hours=-5))


def lease(claim: str = "mine", *, ends: datetime = NOW + MOMENT) -> Lease:
    return Lease(claim, "https://example.com/run/1", ends)


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        pytest.param(None, Taking.TAKE, id="nobody has it"),
        pytest.param(lease("mine"), Taking.REENTER, id="mine, to the last moment"),
        pytest.param(lease("other"), Taking.HELD, id="another's, to the last moment"),
        pytest.param(lease("mine", ends=NOW), Taking.TAKE, id="mine, over now"),
        pytest.param(lease("other", ends=NOW), Taking.TAKE, id="another's, over now"),
        pytest.param(lease("other", ends=NOW - MOMENT), Taking.TAKE, id="another's, over"),
        pytest.param(lease("mine "), Taking.HELD, id="almost mine"),
        pytest.param(lease("Mine"), Taking.HELD, id="mine in another case"),
        pytest.param(lease(""), Taking.HELD, id="claimed by nobody"),
        pytest.param(
            lease("other", ends=(NOW + MOMENT).astimezone(TORONTO)),
            Taking.HELD,
            id="another's, by a clock elsewhere",
        ),
        pytest.param(
            lease("other", ends=NOW.astimezone(TORONTO)),
            Taking.TAKE,
            id="over now by a clock elsewhere",
        ),
    ],
)
def test_a_lease_is_free_ones_own_or_held(existing: Lease | None, expected: Taking) -> None:
    assert decide(existing, "mine", NOW) is expected


def test_a_new_lease_lasts_as_long_as_it_was_given() -> None:
    made = new_lease("mine", "run", NOW, timedelta(hours=1))

    assert decide(made, "other", NOW + timedelta(hours=1) - MOMENT) is Taking.HELD
    assert decide(made, "other", NOW + timedelta(hours=1)) is Taking.TAKE


LASTING = st.timedeltas(min_value=timedelta(seconds=3), max_value=LONGEST)
SHARE = st.floats(min_value=-0.999, max_value=0.999)


@given(lasting=LASTING, skew=SHARE, later=st.floats(min_value=0, max_value=2))
def test_nobody_whose_clock_differs_by_less_than_the_spare_takes_what_is_being_written(
    lasting: timedelta, skew: float, later: float
) -> None:
    ours = new_lease("mine", "run", NOW, lasting)
    our_time = NOW + lasting * later
    their_time = our_time + spare(lasting) * skew

    takes = decide(ours, "other", their_time) is Taking.TAKE

    assert not (takes and may_begin(ours, our_time, lasting))


@given(lasting=LASTING, skew=SHARE)
def test_a_lease_just_taken_is_never_thought_forged(lasting: timedelta, skew: float) -> None:
    ours = new_lease("mine", "run", NOW, lasting)

    assert decide(ours, "other", NOW + spare(lasting) * skew) is Taking.HELD


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        pytest.param(NOW + timedelta(hours=1), Taking.HELD, id="an hour"),
        pytest.param(NOW + LONGEST, Taking.HELD, id="the longest there is"),
        pytest.param(NOW + LONGEST + spare(LONGEST), Taking.HELD, id="by a clock far ahead"),
        pytest.param(NOW + LONGEST + spare(LONGEST) + MOMENT, Taking.TAKE, id="a moment longer"),
        pytest.param(datetime(2999, 1, 1, tzinfo=UTC), Taking.TAKE, id="for ever"),
    ],
)
def test_only_a_lease_longer_than_any_bot_makes_is_thought_forged(
    ends: datetime, expected: Taking
) -> None:
    assert decide(lease("other", ends=ends), "mine", NOW) is expected
    assert is_in_force(lease("other", ends=ends), NOW) is (expected is Taking.HELD)


@given(lasting=LASTING, later=st.floats(min_value=0, max_value=2))
def test_a_lease_is_due_while_its_owner_may_still_write(lasting: timedelta, later: float) -> None:
    ours, now = new_lease("mine", "run", NOW, lasting), NOW + lasting * later

    assert is_due(ours, now, lasting) or may_begin(ours, now, lasting)


@given(
    claim=st.text(),
    owner=st.text(),
    ends=st.datetimes(timezones=st.just(UTC)),
)
def test_a_lease_survives_being_stored(claim: str, owner: str, ends: datetime) -> None:
    kept = Lease(claim, owner, ends)

    assert from_json(to_json(kept)) == kept


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"{}",
        b"[]",
        b"\xff",
        b'{"claim":"mine","owner":""}',
        b'{"claim":"mine","owner":"","expires_at":"soon"}',
        b'{"claim":1,"owner":"","expires_at":"2026-03-01T12:00:00Z"}',
        to_json(lease())[:-1],
    ],
    ids=["empty", "null", "object", "list", "binary", "no end", "no time", "no claim", "cut"],
)
def test_what_is_no_lease_never_reads_as_free(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a lease"):
        from_json(data)


def test_a_time_without_a_zone_is_no_lease() -> None:
    data = b'{"claim":"mine","owner":"","expires_at":"2026-03-01T12:00:00"}'

    with pytest.raises(ValueError, match="not a lease"):
        from_json(data)


@pytest.mark.parametrize(
    ("written", "ends", "taking"),
    [
        pytest.param(
            "9999-12-31T23:59:59-05:00",
            datetime.max.replace(tzinfo=UTC),
            Taking.TAKE,
            id="after the last year of UTC",
        ),
        pytest.param(
            "0001-01-01T00:00:00+05:00",
            datetime.min.replace(tzinfo=UTC),
            Taking.TAKE,
            id="before the first year of UTC",
        ),
        pytest.param("2026-03-01T13:00:00+01:00", NOW, Taking.TAKE, id="another zone"),
    ],
)
def test_any_end_that_can_be_written_can_be_told_in_utc(
    written: str, ends: datetime, taking: Taking
) -> None:
    found = from_json(b'{"claim":"other","owner":"","expires_at":"%s"}' % written.encode())

    assert found.expires_at == ends
    assert decide(found, "mine", NOW) is taking
    assert "UTC" in held("production", found).next


def test_each_stage_has_its_own_ref() -> None:
    assert ref_of("production") == "refs/envbot/locks/production"
    assert ref_of("production") != ref_of("test")


def test_the_refusal_names_owner_and_end_in_utc() -> None:
    refusal = held("production", lease("apply-0a1b2c", ends=NOW.astimezone(TORONTO)))

    assert refusal.code == "LOCKED"
    assert "apply-0a1b2c" in refusal.facts[0]
    assert "https://example.com/run/1" in refusal.facts[0]
    assert "12:00 UTC" in refusal.next


def test_an_owner_without_a_page_is_said_to_have_none() -> None:
    refusal = held("production", Lease("apply-0a1b2c", "", NOW))

    assert "no run page" in refusal.facts[0]
