"""Who changed it: main, which has not been applied yet, or somebody outside of git."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.config.circuit import CircuitId
from bot.core.production.asked import Asked
from bot.core.production.deployment import (
    RELEASE_TAG,
    DesiredDeployment,
    LastWrite,
    LiveDeployment,
)
from bot.core.production.drift import why_drifted

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = 1 / 3600  # in hours
MODEL = "/subscriptions/s/resourceGroups/g/workspaces/w/models/sensor/versions"


def environment(version: str) -> str:
    return f"azureml://registries/reg/environments/tf/versions/{version}"


def release(number: int) -> str:
    """Return the commit of the release that is `number` hours after the first."""
    return f"{number:040x}"[::-1]


def desired(version: str, model: str | None = None) -> DesiredDeployment:
    return DesiredDeployment(
        circuit=CircuitId("P001", "C001"),
        endpoint="endpoint",
        deployment="deployment",
        environment_id=environment(version),
        environment="tf",
        version=version,
        model_version=model,
    )


def history(*values: str | None, models: Sequence[str | None] = ()) -> tuple[Asked, ...]:
    """Return what main asked, `values` oldest first and one hour apart; None is unreadable."""
    asked: list[Asked] = []
    until = None
    for number in reversed(range(len(values))):
        version = values[number]
        model = models[number] if models else None
        value = None if version is None else desired(version, model)
        asked.append(Asked(release(number), until, value))
        until = NOON + number * HOUR
    return tuple(asked)


def live(
    version: str,
    *,
    tag: int | str | None = None,
    model: str = "1",
    written: float = 0,
    by_person: bool = False,
) -> LiveDeployment:
    """Return what runs; `written` is in hours after the first release."""
    tags = {"owner": "ann"}
    if tag is not None:
        tags[RELEASE_TAG] = release(tag)[:12] if isinstance(tag, int) else tag
    return LiveDeployment(
        endpoint="endpoint",
        deployment="deployment",
        environment_id=environment(version),
        model_id=f"{MODEL}/{model}",
        tags=tags,
        provisioning_state="Succeeded",
        kind="model",
        rest_digest="d",
        last_write=LastWrite(NOON + written * HOUR, "Ann" if by_person else "app", by_person),
    )


def is_drift(found: LiveDeployment, asked: tuple[Asked, ...]) -> bool:
    return bool(why_drifted(found, asked, whole=True))


@pytest.mark.parametrize(
    ("found", "asked"),
    [
        pytest.param(live("1.0", tag=0), history("1.0", "1.1"), id="one apply to come"),
        pytest.param(live("1.0", tag=0), history("1.0", "1.1", "1.2"), id="two missed applies"),
        pytest.param(live("1.1", tag=1), history("1.0", "1.1", "1.0"), id="a rollback to come"),
        pytest.param(
            live("1.0", tag=2), history("1.0", "1.1", "1.0", "1.2"), id="after a rollback"
        ),
        pytest.param(
            live("1.0", tag=0), history("1.0", "1.1", "1.0", "1.2"), id="a rollback of nothing"
        ),
        pytest.param(
            live("1.0", tag=0, written=3, by_person=True),
            history("1.0", "1.1"),
            id="a person changed tags alone, while the apply was missed",
        ),
        pytest.param(live("1.0"), history("1.0", "1.1"), id="never written by the bot"),
        pytest.param(
            live("1.0", written=0.5, by_person=True),
            history("1.0", "1.1"),
            id="a person wrote it before main moved on",
        ),
        pytest.param(
            live("1.0", written=1 + 0.9 * SECOND, by_person=True),
            history("1.0", "1.1"),
            id="a person wrote it in the very second",
        ),
        pytest.param(
            live("1.0", written=2), history("1.0", "1.1"), id="an older run of the bot was late"
        ),
        pytest.param(
            live("0.9", tag=0, written=0.5, by_person=True),
            history("1.0", "0.9", "1.1"),
            id="main has accepted what a person did, and moved on",
        ),
        pytest.param(
            live("1.0", tag=0),
            history("1.0", "1.0", models=(None, "2")),
            id="another model is asked for",
        ),
        pytest.param(
            live("1.0", tag="deadbeef0000"), history("1.0", "1.1"), id="the tag names no release"
        ),
        pytest.param(live("1.0", tag=release(0)[:5]), history("1.0", "1.1"), id="the tag is cut"),
        pytest.param(live("1.1", tag=1), history("1.0", "1.1", None), id="main cannot be read"),
    ],
)
def test_what_main_asked_last_time_is_still_to_be_applied(
    found: LiveDeployment, asked: tuple[Asked, ...]
) -> None:
    assert why_drifted(found, asked, whole=True) == ""


@pytest.mark.parametrize(
    ("found", "asked", "why"),
    [
        pytest.param(
            live("9.9"), history("1.0"), "runs tf:9.9, which main never asked of it", id="unknown"
        ),
        pytest.param(
            live("9.9", tag=0),
            history("1.0", "1.1"),
            f"runs tf:9.9, which main has not asked of it since release {release(0)[:12]}, "
            "the last written",
            id="unknown, while an apply was missed",
        ),
        pytest.param(
            live("1.0", tag=1),
            history("1.0", "1.1"),
            f"runs tf:1.0, which main has not asked of it since release {release(1)[:12]}, "
            "the last written",
            id="rolled back by hand",
        ),
        pytest.param(
            live("1.1", tag=2),
            history("1.0", "1.1", "1.0"),
            f"runs tf:1.1, which main has not asked of it since release {release(2)[:12]}, "
            "the last written",
            id="taken forward by hand after a rollback",
        ),
        pytest.param(
            live("1.0", written=2, by_person=True),
            history("1.0", "1.1"),
            "runs tf:1.0, and a person wrote it after main had asked for something else",
            id="a person wrote an old value, and there is no tag",
        ),
        pytest.param(
            live("1.0", written=1 + SECOND, by_person=True),
            history("1.0", "1.1"),
            "runs tf:1.0, and a person wrote it after main had asked for something else",
            id="a second later",
        ),
        pytest.param(
            live("1.1", tag=0, written=3, by_person=True),
            history("1.0", "1.1", "1.2"),
            "runs tf:1.1, and a person wrote it after main had asked for something else",
            id="a person applied by hand what main has left already",
        ),
        pytest.param(
            live("1.0", tag=0, model="9"),
            history("1.0", models=("2",)),
            f"runs tf:1.0 with sensor:9, which main has not asked of it since release "
            f"{release(0)[:12]}, the last written",
            id="another model",
        ),
        pytest.param(
            live("1.0"), history(None), "runs tf:1.0, which main never asked of it", id="unreadable"
        ),
    ],
)
def test_what_nobody_asked_for_is_drift(
    found: LiveDeployment, asked: tuple[Asked, ...], why: str
) -> None:
    assert why_drifted(found, asked, whole=True) == why


def test_a_deployment_of_another_name_was_never_asked_for() -> None:
    asked = Asked(release(0), None, desired("1.0"))
    moved = LiveDeployment(
        "elsewhere", "deployment", environment("1.0"), f"{MODEL}/1", {}, "Succeeded", "model", "d"
    )

    assert is_drift(moved, (asked,))


def test_without_a_record_of_the_write_an_old_value_is_an_update() -> None:
    found = live("1.0", by_person=True)
    silent = LiveDeployment(
        found.endpoint, found.deployment, found.environment_id, found.model_id, {}, "Succeeded",
        "model", "d",
    )  # fmt: skip

    assert not is_drift(silent, history("1.0", "1.1"))


@pytest.mark.parametrize(
    ("found", "asked"),
    [
        pytest.param(live("1.0"), history("1.1", "1.2"), id="an unknown value"),
        pytest.param(live("1.1", tag=0), history("1.0", "1.1", "1.2")[:2], id="an older release"),
    ],
)
def test_older_values_are_asked_for_where_they_decide(
    found: LiveDeployment, asked: tuple[Asked, ...]
) -> None:
    assert why_drifted(found, asked, whole=False) is None


@pytest.mark.parametrize(
    ("found", "drift"),
    [
        pytest.param(live("1.1"), False, id="the newest value that fits"),
        pytest.param(live("1.1", tag=1), False, id="the release of the tag"),
        pytest.param(live("9.9", tag=1), True, id="another than the release of the tag"),
    ],
)
def test_older_values_are_not_asked_for_where_they_cannot_matter(
    found: LiveDeployment, *, drift: bool
) -> None:
    answer = why_drifted(found, history("1.0", "1.1", "1.2")[:2], whole=False)

    assert answer is not None
    assert bool(answer) is drift


versions = st.sampled_from(["1.0", "1.1", "1.2"])


@given(values=st.lists(versions, min_size=1, max_size=6), applied=st.integers(0, 5), data=st.data())
def test_what_the_bot_wrote_is_never_drift(
    values: list[str], applied: int, data: st.DataObject
) -> None:
    asked, last = history(*values), min(applied, len(values) - 1)
    by_person = data.draw(st.booleans(), label="tags were changed in the portal")
    found = live(values[last], tag=last, written=data.draw(st.floats(0, 9)), by_person=by_person)

    assert not is_drift(found, asked)


@given(
    values=st.lists(versions, min_size=1, max_size=6),
    tag=st.none() | st.integers(0, 5),
    written=st.floats(0, 9),
    by_person=st.booleans(),
)
def test_what_main_never_asked_for_is_always_drift(
    values: list[str], tag: int | None, written: float, *, by_person: bool
) -> None:
    assert is_drift(live("9.9", tag=tag, written=written, by_person=by_person), history(*values))


@given(
    values=st.lists(versions, min_size=1, max_size=6),
    runs=versions | st.just("9.9"),
    tag=st.none() | st.integers(0, 5),
    written=st.floats(0, 9),
    by_person=st.booleans(),
    seen=st.integers(0, 6),
)
def test_a_part_of_the_history_gives_the_answer_of_the_whole_or_none(
    values: list[str], runs: str, tag: int | None, written: float, seen: int, *, by_person: bool
) -> None:
    found, asked = live(runs, tag=tag, written=written, by_person=by_person), history(*values)

    part = why_drifted(found, asked[:seen], whole=seen >= len(asked))

    assert part in (None, why_drifted(found, asked, whole=True))
