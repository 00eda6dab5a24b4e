"""What main asked of one circuit, made of what its commits changed."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.history import FileChange
from bot.core.production.asked import Blobs, Past, asked_of
from bot.core.production.deployment import DesiredDeployment

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLATFORM = "config/platform.yml"
OURS, OTHER = "config/plants/P001/C001.yml", "config/plants/P001/C002.yml"


def change(number: int, path: str, before: str, after: str) -> FileChange:
    """Return what commit `number`, one hour after the one before, changed."""
    return FileChange(f"c{number}", NOON + timedelta(hours=number), path, before, after)


def desired(blobs: Blobs) -> DesiredDeployment | None:
    """Return what a platform and a config ask: the version is the config's blob."""
    if not blobs.platform or not blobs.config:
        return None
    version = blobs.config.split("-")[0]
    return DesiredDeployment(
        CircuitId("P001", "C001"), "e", "d", f"{blobs.platform}:{version}", "tf", version, None
    )


BEGIN = [change(1, PLATFORM, "", "reg"), change(1, OURS, "", "1.0"), change(1, OTHER, "", "1.0")]


def asked(*changes: FileChange) -> list[tuple[str, str, int | None]]:
    """Return commit, environment and the hour of the end of what was asked, newest first."""
    newest_first = sorted([*BEGIN, *changes], key=lambda one: one.at, reverse=True)
    now = next(one.after for one in newest_first if one.path == PLATFORM)
    found = asked_of(Past(newest_first, PLATFORM, now).steps(OURS), desired)
    return [
        (
            one.commit,
            one.desired.environment_id if one.desired else "nothing",
            one.until.hour - NOON.hour if one.until else None,
        )
        for one in found
    ]


FIRST = ("c1", "reg:1.0")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param([], [(*FIRST, None)], id="since it was added"),
        pytest.param(
            [change(2, OURS, "1.0", "1.1")],
            [("c2", "reg:1.1", None), (*FIRST, 2)],
            id="its config changed",
        ),
        pytest.param(
            [change(2, PLATFORM, "reg", "new")],
            [("c2", "new:1.0", None), (*FIRST, 2)],
            id="the platform changed",
        ),
        pytest.param(
            [change(2, PLATFORM, "reg", "new"), change(2, OURS, "1.0", "1.1")],
            [("c2", "new:1.1", None), (*FIRST, 2)],
            id="both changed at once",
        ),
        pytest.param(
            [change(2, OURS, "1.0", "1.1"), change(3, PLATFORM, "reg", "new")],
            [("c3", "new:1.1", None), ("c2", "reg:1.1", 3), (*FIRST, 2)],
            id="one after the other",
        ),
        pytest.param([change(2, OTHER, "1.0", "1.1")], [(*FIRST, None)], id="another circuit"),
        pytest.param(
            [change(2, OURS, "1.0", "1.0-comment"), change(3, OURS, "1.0-comment", "1.1")],
            [("c3", "reg:1.1", None), (*FIRST, 3)],
            id="a change that asks nothing else",
        ),
        pytest.param(
            [change(2, OURS, "1.0", ""), change(3, OURS, "", "1.0")],
            [("c3", "reg:1.0", None), ("c2", "nothing", 3), (*FIRST, 2)],
            id="removed and added again",
        ),
    ],
)
def test_each_change_of_what_is_asked_begins_a_period(
    changes: list[FileChange], expected: list[tuple[str, str, int | None]]
) -> None:
    assert asked(*changes) == expected


def test_a_circuit_that_main_never_had_was_asked_nothing() -> None:
    past = Past([change(1, PLATFORM, "", "reg")], PLATFORM, "reg")

    assert asked_of(past.steps(OURS), desired) == ()


def test_a_platform_that_did_not_change_of_late_is_what_it_is_now() -> None:
    past = Past([change(2, OURS, "1.0", "1.1")], PLATFORM, "reg")

    (asked,) = asked_of(past.steps(OURS), desired)

    assert asked.desired is not None
    assert asked.desired.environment_id == "reg:1.1"
