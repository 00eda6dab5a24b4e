"""How a release is cut into waves, and when the next one may begin."""

from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.config.policy import ApplyPolicy
from bot.core.production.action import Action, ActionKind
from bot.core.production.apply_report import Outcome, OutcomeKind
from bot.core.production.deployment import RELEASE_TAG, LiveDeployment
from bot.core.production.waves import Wave, runs_already, waves, why_stop

DONE, SKIPPED, FAILED, NOT_STARTED = OutcomeKind
ALL = ApplyPolicy()
CANARY = ApplyPolicy(waves="canary", canary_size=2, canary_percent=25)
KEYS = st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from("1234567")), max_size=21)


def action(plant: str, circuit: str) -> Action:
    return Action(ActionKind.UPDATE, plant, circuit, None, "", "", None, None, None)


def release(plants: int, circuits: int) -> list[Action]:
    return [action(f"p{plant}", f"c{one:03}") for plant in range(plants) for one in range(circuits)]


def keys(found: tuple[Wave, ...]) -> list[list[tuple[str, str]]]:
    return [[one.key for one in wave.actions] for wave in found]


def sizes(found: tuple[Wave, ...]) -> list[int]:
    return [len(wave.actions) for wave in found]


def test_all_at_once_is_one_wave_without_a_label() -> None:
    (only,) = waves(release(2, 3), (), ALL)

    assert (only.label, len(only.actions)) == ("", 6)


@pytest.mark.parametrize(
    ("count", "policy", "expected"),
    [
        pytest.param(40, CANARY, [2, 8, 30], id="a few, a share, the rest"),
        pytest.param(41, CANARY, [2, 9, 30], id="a share is rounded up"),
        pytest.param(8, CANARY, [2, 6], id="a share no larger than the few is none"),
        pytest.param(2, CANARY, [2], id="no more than the few"),
        pytest.param(1, CANARY, [1], id="fewer than the few"),
        pytest.param(0, CANARY, [], id="nothing"),
        pytest.param(4, ApplyPolicy(waves="canary", canary_percent=0), [1, 3], id="no share"),
        pytest.param(4, ApplyPolicy(waves="canary", canary_percent=100), [1, 3], id="all of it"),
    ],
)
def test_a_canary_spreads_in_three_steps_at_most(
    count: int, policy: ApplyPolicy, expected: list[int]
) -> None:
    assert sizes(waves(release(1, count), (), policy)) == expected


def test_each_plant_is_tried_before_any_is_tried_twice() -> None:
    first, *_ = waves(release(4, 5), (), ApplyPolicy(waves="canary", canary_size=4))

    assert [one.endpoint for one in first.actions] == ["p0", "p1", "p2", "p3"]


@given(KEYS, st.data())
def test_what_is_left_after_a_crash_stays_in_its_wave(
    whole: set[tuple[str, str]], data: st.DataObject
) -> None:
    left = data.draw(st.sets(st.sampled_from(sorted(whole)))) if whole else set()
    undisturbed = {
        key: wave.number
        for wave in waves([action(*key) for key in sorted(whole)], (), CANARY)
        for key in [one.key for one in wave.actions]
    }

    resumed = waves([action(*key) for key in sorted(left)], whole, CANARY)

    for wave in resumed:
        assert {undisturbed[one.key] for one in wave.actions} == {wave.number}


@given(KEYS)
def test_every_update_is_in_exactly_one_wave(whole: set[tuple[str, str]]) -> None:
    found = waves([action(*key) for key in sorted(whole)], (), CANARY)

    assert sorted(chain.from_iterable(keys(found))) == sorted(whole)


def live(circuit: str, **tags: str) -> Action:
    """Return what a plan says of a deployment that stands, with these tags."""
    deployment = LiveDeployment("p0", circuit, None, None, tags, "Succeeded", "model", "")
    return replace(action("p0", circuit), kind=ActionKind.UNCHANGED, live=deployment)


def test_what_a_release_has_written_before_is_told_by_its_tag_in_azure() -> None:
    plan = [
        live("c001", **{RELEASE_TAG: "0123456789ab"}),
        live("c002", **{RELEASE_TAG: "ba9876543210"}),
        live("c003"),
        action("p0", "c004"),
    ]

    assert runs_already(plan, {"0123456789ab"}) == {("p0", "c001")}
    assert runs_already(plan, set()) == frozenset()


@given(KEYS.flatmap(lambda found: st.permutations(sorted(found))))
def test_the_waves_do_not_depend_on_the_order_of_the_updates(
    shuffled: list[tuple[str, str]],
) -> None:
    found = waves([action(*key) for key in shuffled], (), CANARY)

    straight = waves([action(*key) for key in sorted(shuffled)], (), CANARY)
    assert [set(wave) for wave in keys(found)] == [set(wave) for wave in keys(straight)]


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        pytest.param([DONE, DONE], "", id="all are done"),
        pytest.param([DONE, SKIPPED], "", id="one was skipped"),
        pytest.param([SKIPPED], "wave 1 of 3 showed nothing: all of it was skipped", id="only"),
        pytest.param([DONE, FAILED], "1 of 2 in wave 1 of 3 did not succeed", id="failed"),
        pytest.param([DONE, NOT_STARTED], "1 of 2 in wave 1 of 3 did not succeed", id="stopped"),
    ],
)
def test_the_next_wave_begins_when_something_was_done_and_nothing_failed(
    ended: list[OutcomeKind], expected: str
) -> None:
    outcomes = [Outcome(action("p", "c"), kind) for kind in ended]

    assert why_stop(Wave(1, 3, ()), outcomes) == expected
