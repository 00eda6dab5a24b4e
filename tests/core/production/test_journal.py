import json
from dataclasses import replace

import pytest

from bot.core.config.circuit import CircuitId
from bot.core.production.journal import (
    Journal,
    JournalEntry,
    entries_of,
    from_bytes,
    previous_env_versions,
    to_bytes,
)
from bot.core.production.plan import (
    ActionKind,
    DesiredDeployment,
    Known,
    Limits,
    LiveDeployment,
    Plan,
    make_plan,
)
from bot.errors import InvalidFileError

BEFORE = "azureml://registries/reg/environments/tf/versions/1.5.0"
ENTRY = JournalEntry(
    plant="P001",
    circuit="C001",
    endpoint="endpoint",
    deployment="deployment",
    environment_id=BEFORE,
    model_id="azureml:m:5",
    our_tags={"envbot_release": "r0"},
    rest_digest="d",
)
JOURNAL = Journal(
    release_id="r1",
    merge_sha="a" * 40,
    plan_fingerprint="f" * 64,
    run_id="17",
    created_at="2025-12-09T10:00:00+00:00",
    entries=(ENTRY, replace(ENTRY, circuit="C002", environment_id=None)),
)


def plan(desired_version: str) -> Plan:
    desired = DesiredDeployment(
        circuit=CircuitId("P001", "C001"),
        endpoint="endpoint",
        deployment="deployment",
        environment_id=BEFORE.replace("1.5.0", desired_version),
        environment="tf",
        version=desired_version,
        model_version=None,
    )
    live = LiveDeployment(
        endpoint="endpoint",
        deployment="deployment",
        environment_id=BEFORE,
        model_id="azureml:m:5",
        tags={"envbot_release": "r0", "owner": "a secret of somebody"},
        provisioning_state="Succeeded",
        kind="model",
        rest_digest="d",
    )
    return make_plan([desired], [live], known=Known(), limits=Limits(circuits_gone_percent=10))


def test_reads_back_what_it_wrote() -> None:
    assert from_bytes(to_bytes(JOURNAL), "journal.json") == JOURNAL


def test_equal_journals_give_equal_bytes() -> None:
    tags = {"b": "2", "a": "1"}
    one = replace(JOURNAL, entries=(replace(ENTRY, our_tags=tags),))
    other = replace(JOURNAL, entries=(replace(ENTRY, our_tags=dict(reversed(tags.items()))),))

    assert to_bytes(one) == to_bytes(other)


def test_holds_what_the_plan_will_write_and_no_tag_of_others() -> None:
    assert entries_of(plan("1.5.1")) == (ENTRY,)


def test_holds_that_there_was_nothing_where_the_plan_creates() -> None:
    (update,) = plan("1.5.1").actions
    new = replace(update, kind=ActionKind.CREATE, live=None)

    (entry,) = entries_of(Plan((new,), ()))

    assert (entry.key, entry.existed) == (update.key, False)
    assert (entry.environment_id, entry.model_id, entry.our_tags) == (None, None, {})
    assert previous_env_versions([entry]) == []


def test_a_journal_that_says_nothing_else_is_of_what_existed() -> None:
    told = json.loads(to_bytes(JOURNAL))
    for entry in told["entries"]:
        del entry["existed"]

    assert from_bytes(json.dumps(told).encode(), "journal.json") == JOURNAL


def test_holds_nothing_of_what_the_plan_leaves() -> None:
    assert entries_of(plan("1.5.0")) == ()


def test_exports_the_previous_versions_in_the_form_of_the_strategy() -> None:
    assert previous_env_versions(JOURNAL) == [
        {"plant_id": "P001", "circuit_id": "C001", "previous_environment": BEFORE}
    ]


def changed(**values: object) -> bytes:
    return json.dumps({**json.loads(to_bytes(JOURNAL)), **values}).encode()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff{}", id="not text"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="no fields"),
        pytest.param(changed(entries=[{}]), id="an entry without fields"),
        pytest.param(changed(run_id=17), id="a number for a text"),
        pytest.param(changed(format=2), id="a later format"),
    ],
)
def test_refuses_what_is_no_journal(data: bytes) -> None:
    with pytest.raises(InvalidFileError) as raised:
        from_bytes(data, "journal.json")

    assert raised.value.problems[0].path == "journal.json"
