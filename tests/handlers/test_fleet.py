"""The fleet, read from git and Azure alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.core.production.deployment import LiveDeployment
from bot.core.production.fleet_status import FleetStatus, Release, State
from bot.core.production.journal import Journal, JournalEntry, to_bytes
from bot.core.production.lease import Lease, to_json
from bot.errors import BotError, InvalidFileError
from bot.handlers.context import Context, read_rules
from bot.handlers.fleet import read_fleet_status
from bot.handlers.ports import Cloud

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONFIG = "config/plants/P001/C001.yml"


@dataclass
class Azure:
    """Deployments in memory; None stands for a service that cannot be reached."""

    live: tuple[LiveDeployment, ...] | None
    models: Mapping[str, str] | None = None

    def model_tags(self, stage: str, model_id: str) -> Mapping[str, str] | None:
        assert stage == "production"
        assert model_id.endswith("/2")
        return self.models

    def deployments(self, stage: str) -> tuple[LiveDeployment, ...]:
        assert stage == "production"
        if self.live is None:
            raise BotError("Azure is away.")
        return self.live


def with_config(context: Context, data: bytes) -> Context:
    """Return the run on a main whose one config reads `data`."""
    files = {CONFIG: data}
    main = context.repository.commit((context.rules.main,), files, "Edit", at=NOON)
    return replace(context, rules=read_rules(context.repository, main))


def status(
    context: Context, *live: LiveDeployment | None, models: Mapping[str, str] | None = None
) -> FleetStatus:
    """Return the fleet; None in place of deployments is an Azure out of reach."""
    azure = Azure(None if live == (None,) else tuple(one for one in live if one), models)
    return read_fleet_status(context.repository, context.rules, cast("Cloud", azure), context.clock)


def put(context: Context, ref: str, name: str, data: bytes) -> None:
    """Write a document to a ref of envbot, as another run would."""
    commit = context.repository.commit((), {name: data}, "Write", at=NOON)
    assert context.repository.write_ref(ref, commit, expected=None)


def journal_of(context: Context, *circuits: str) -> bytes:
    """Return the journal of a release of main that set out to write some circuits of P001."""
    entries = tuple(
        JournalEntry("P001", name, "e", "d", None, None, {}, "rest") for name in circuits
    )
    main = context.rules.main
    made = Journal(main[:12], main, "plan", "https://example.com/run/1", NOON.isoformat(), entries)
    return to_bytes(made)


@pytest.mark.parametrize(
    ("version", "state"),
    [("1.5.0", State.AS_ASKED), ("1.4.0", State.DRIFTED)],
)
def test_what_runs_is_compared_with_main(
    context: Context,
    make_live: Callable[..., LiveDeployment],
    version: str,
    state: State,
) -> None:
    runs = context.rules.platform.registry_environment_id("custom-tf-env", version)
    live = replace(make_live(1), environment_id=runs)

    found = status(context, live)

    assert [(one.runs, one.wants, one.state) for one in found.circuits] == [
        (f"custom-tf-env:{version}", "1.5.0", state)
    ]


def test_what_main_has_left_behind_waits_for_an_apply(
    context: Context, make_live: Callable[..., LiveDeployment]
) -> None:
    runs = context.rules.platform.registry_environment_id("custom-tf-env", "1.5.0")
    config = context.repository.read(context.rules.main, CONFIG)[CONFIG].data
    later = with_config(context, config.replace(b"1.5.0", b"1.5.1"))

    found = status(later, replace(make_live(1), environment_id=runs))

    assert [one.state for one in found.circuits] == [State.WAITING]


@pytest.mark.parametrize(
    ("models", "state", "said"),
    [
        pytest.param({"environment_version": "2.0.0"}, State.WAITING, "2.0.0", id="it fits"),
        pytest.param({}, State.HELD_BACK, "is MAJOR 2, but", id="no tag"),
        pytest.param(None, State.HELD_BACK, "does not exist in production", id="not there"),
    ],
)
def test_a_model_that_main_newly_asks_for_is_looked_up(
    context: Context,
    make_live: Callable[..., LiveDeployment],
    models: Mapping[str, str] | None,
    state: State,
    said: str,
) -> None:
    runs = context.rules.platform.registry_environment_id("custom-tf-env", "1.5.0")
    config = context.repository.read(context.rules.main, CONFIG)[CONFIG].data
    asked = config.replace(b"1.5.0", b"2.0.0") + b'deployment: {model_version: "2"}\n'

    found = status(
        with_config(context, asked), replace(make_live(1), environment_id=runs), models=models
    )

    assert [one.state for one in found.circuits] == [state]
    assert said in found.circuits[0].reason


def test_a_bad_config_on_main_is_said(context: Context) -> None:
    with pytest.raises(InvalidFileError, match=CONFIG):
        status(with_config(context, b"- no circuit\n"))


def test_an_azure_out_of_reach_is_said(context: Context) -> None:
    with pytest.raises(BotError, match="Azure is away"):
        status(context, None)


@pytest.mark.parametrize(
    ("minutes", "is_held"), [pytest.param(10, True, id="held"), pytest.param(-10, False, id="over")]
)
def test_a_lease_that_is_not_over_is_somebody_writing(
    context: Context, *, minutes: int, is_held: bool
) -> None:
    lease = Lease("claim", "https://example.com/run/2", NOON + timedelta(minutes=minutes))
    put(context, "refs/envbot/locks/production", "lease.json", to_json(lease))

    assert status(context).writer == (lease if is_held else None)


def test_a_lease_that_keeps_nobody_out_is_nobodys(context: Context) -> None:
    forged = Lease("claim", "https://example.com/run/2", NOON.replace(year=2999))
    put(context, "refs/envbot/locks/production", "lease.json", to_json(forged))

    assert status(context).writer is None


def test_a_release_tells_how_far_it_is(
    context: Context, make_live: Callable[..., LiveDeployment]
) -> None:
    runs = context.rules.platform.registry_environment_id("custom-tf-env", "1.5.0")
    ref = f"refs/envbot/releases/{context.rules.main[:12]}"
    put(context, ref, "journal.json", journal_of(context, "C001", "C002"))

    found = status(context, replace(make_live(1), environment_id=runs))

    assert found.release == Release(NOON.isoformat(), "https://example.com/run/1", 2, 1)


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        pytest.param("refs/envbot/locks/production", "lease.json", id="lease"),
        pytest.param("refs/envbot/releases/{main}", "journal.json", id="journal"),
    ],
)
def test_a_ref_that_cannot_be_read_is_told_and_hides_nothing(
    context: Context, ref: str, name: str
) -> None:
    ref = ref.format(main=context.rules.main[:12])
    put(context, ref, name, b"no such thing")

    found = status(context)

    assert found.unreadable == (ref,)
    assert len(found.circuits) == 1


def test_a_circuit_without_a_deployment_tells_what_is_lacking_to_make_it(context: Context) -> None:
    found = status(context).circuits[0]

    assert (found.state, found.runs) == (State.MISSING, "none")
    assert "deployment/batch_driver.py" in found.reason


def test_drift_is_told_apart_from_an_update_to_come(
    context: Context, make_live: Callable[..., LiveDeployment]
) -> None:
    never = context.rules.platform.registry_environment_id("custom-tf-env", "0.9.0")

    found = status(context, replace(make_live(1), environment_id=never)).circuits[0]

    assert (found.state, found.runs) == (State.DRIFTED, "custom-tf-env:0.9.0")
