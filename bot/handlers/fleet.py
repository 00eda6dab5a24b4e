"""Reads the fleet from git and Azure alone: no review, no comment and no status is asked."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from bot.core.config.circuit import Fleet, read_fleet
from bot.core.production import journal as journals
from bot.core.production import lease as leases
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.fleet_status import (
    FleetStatus,
    circuit_statuses,
    orphans,
    release_of,
)
from bot.core.production.journal import Journal
from bot.core.production.lease import Lease
from bot.core.production.plan import Known
from bot.errors import InvalidFileError
from bot.handlers.context import Rules
from bot.handlers.drifted import plan_with_drift
from bot.handlers.journal import FILE, release_ref
from bot.handlers.plan_facts import blueprint_of, knowing_models
from bot.handlers.ports import Clock, Cloud, Repository
from bot.handlers.ref_record import read_record

STAGE = "production"


def read_fleet_status(
    repository: Repository, rules: Rules, cloud: Cloud, clock: Clock
) -> FleetStatus:
    """Return what every circuit of main runs in production now, and who holds it.

    Who approved what is not asked: that takes GitHub, and `envbot plan`.

    Raises:
        InvalidFileError: a config on main cannot be used.
        BotError: Azure or `origin` cannot be asked.
    """
    fleet = _fleet(repository, rules)
    desired = desired_deployments(fleet.circuits.values(), rules.platform)
    live = cloud.deployments(STAGE)
    known = _known(repository, rules.main, desired, live)
    make = partial(plan_with_drift, repository, rules, desired, live)
    plan = knowing_models(cloud, rules.policy.apply.workers, known, make)
    circuits = circuit_statuses(plan, fleet.circuits)
    now = clock.now()
    writer, no_lease = _writer(repository, now)
    journal, no_journal = _journal(repository, rules.main)
    return FleetStatus(
        circuits,
        main=rules.main,
        read_at=now,
        orphans=orphans(plan),
        errors=plan.errors,
        writer=writer,
        release=release_of(journal, circuits),
        unreadable=no_lease + no_journal,
    )


def _fleet(repository: Repository, rules: Rules) -> Fleet:
    fleet = read_fleet(repository.read(rules.main, "config"))
    if fleet.problems:
        raise InvalidFileError(fleet.problems)
    return fleet


def _known(
    repository: Repository,
    main: str,
    desired: Iterable[DesiredDeployment],
    live: Iterable[LiveDeployment],
) -> Known:
    """Return what git says of how new deployments are made, where there are any."""
    if {one.key for one in desired} <= {one.key for one in live}:
        return Known()
    blueprint, why = blueprint_of(repository, main)
    return Known(blueprint=blueprint, no_blueprint=why)


def _writer(repository: Repository, now: datetime) -> tuple[Lease | None, tuple[str, ...]]:
    """Return the lease that holds production now, and its ref if nobody can read it."""
    ref = leases.ref_of(STAGE)
    seen = read_record(repository, ref, leases.FILE)
    try:
        lease = leases.from_json(seen.data or b"") if seen.commit else None
    except ValueError:
        return None, (ref,)
    return (lease if lease and leases.is_in_force(lease, now) else None), ()


def _journal(repository: Repository, main: str) -> tuple[Journal | None, tuple[str, ...]]:
    """Return the journal of main's release, and its ref if nobody can read it."""
    ref = release_ref(main)
    seen = read_record(repository, ref, FILE)
    try:
        return (None if seen.data is None else journals.from_bytes(seen.data, ref)), ()
    except InvalidFileError:
        return None, (ref,)
