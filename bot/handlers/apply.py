"""Makes production what main asks for: authority, plan, journal, writes, report."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

import msgspec

from bot.core.config.circuit import CircuitId
from bot.core.production.apply_report import ApplyReport, Outcome, OutcomeKind
from bot.core.production.deployment import RELEASE_TAG
from bot.core.production.drift import RELEASE_DIGITS
from bot.core.production.journal import Journal
from bot.core.production.plan import Action, ActionKind, Plan
from bot.core.production.waves import waves
from bot.core.refusal import Refusal
from bot.core.render.plan import plan_text
from bot.errors import BotError, UserError
from bot.handlers.authority import Explained
from bot.handlers.context import Context
from bot.handlers.held_lease import HeldLease
from bot.handlers.journal import keep_journal, read_journal
from bot.handlers.lease import EndUntoldError
from bot.handlers.planning import STAGE, Prepared, prepare_settled
from bot.handlers.ports import Cloud, Reporter
from bot.handlers.production_environments import recreate_for_production
from bot.handlers.stage_lease import hold, left_in
from bot.handlers.writes import FailureBudget, Writing, write_all


class Audience(Protocol):
    """Whom an apply tells how far it is, and how it ended."""

    def begin(self, pulls: tuple[int, ...]) -> Reporter:
        """Tell these pull requests that it begins; return where to report its progress to."""

    def end(self, report: ApplyReport) -> None:
        """Tell how it ended."""


def apply(
    context: Context, cloud: Cloud, audience: Audience, *, approved: str | None = None
) -> ApplyReport:
    """Apply main to production and return what happened; an equal production is left alone.

    Args:
        context: the run.
        cloud: with an identity that may write to production.
        audience: told before the lease is given back, so that a run that dies before it has told
            the end leaves the lease behind, and the next one tells it.
        approved: the fingerprint a person looked at; None in the run that a merge started,
            where the merge itself is the approval.

    Raises:
        UserError: the plan is not the one approved (`PLAN_STALE`), or another run is writing.
    """
    prepared = prepare_settled(context, cloud)
    plan = prepared.plan
    if approved is not None and not plan.fingerprint.startswith(approved):
        raise UserError(_stale(approved, plan))
    explaining = _explaining(prepared, plan.updates)
    context.reporter.step(plan_text(plan).rstrip("\n"))
    unapproved = _explaining(prepared, plan.of_kind(ActionKind.UNAPPROVED))
    report = ApplyReport(
        main=context.rules.main,
        plan=plan,
        outcomes=(),
        pulls=_pulls([*explaining, *unapproved]),
        rolled_back={one.circuit: one.rollback for one in explaining if one.rollback},
    )
    left = left_in(context, STAGE)
    if not plan.updates and left is None:
        audience.end(report)
        return report
    told = tuple(sorted({*_pulls(explaining), *(left.pulls if left else ())}))
    reporter = audience.begin(told) if plan.updates else context.reporter
    with hold(context, STAGE, told) as held:
        outcomes, journal = _write(context, cloud, prepared, reporter, held)
        pulls = tuple(sorted({*report.pulls, *told}))
        report = replace(report, outcomes=outcomes, journal=journal, pulls=pulls)
        _end(audience, report)
    return report


def _end(audience: Audience, report: ApplyReport) -> None:
    try:
        audience.end(report)
    except BotError as error:
        told = "telling the pull requests, which the next run does"
        raise EndUntoldError(error.what, done="the writes", undone=told) from error


def _explaining(prepared: Prepared, actions: Iterable[Action]) -> list[Explained]:
    return [prepared.explained[a.circuit] for a in actions if a.circuit is not None]


def _pulls(explaining: Iterable[Explained]) -> tuple[int, ...]:
    return tuple(sorted({one.pull for one in explaining if one.pull}))


def _write(
    context: Context, cloud: Cloud, prepared: Prepared, reporter: Reporter, held: HeldLease
) -> tuple[tuple[Outcome, ...], Journal | None]:
    updates = prepared.plan.updates
    if not updates:
        return (), read_journal(context)
    policy = context.rules.policy.apply
    journal = keep_journal(context, prepared.plan)
    unusable = recreate_for_production(context, cloud, updates)
    held.beat()  # making the environments may have taken long
    writing = Writing(
        cloud=cloud,
        stage=STAGE,
        our_tags=_tags(context, prepared.explained),
        workers=policy.workers,
        budget=FailureBudget(policy.failure_budget),
        held=held,
        reporter=reporter,
    )
    usable = [action for action in updates if action.environment_id not in unusable]
    if all(one.rollback for one in _explaining(prepared, usable)):
        # What production ran before needs no trial, and whoever rolls back cannot wait.
        policy = msgspec.structs.replace(policy, waves="all")
    written = write_all(writing, waves(usable, journal.keys, policy))
    return _in_order(updates, written, unusable), journal


def _in_order(
    updates: Iterable[Action], written: Iterable[Outcome], unusable: Mapping[str, str]
) -> tuple[Outcome, ...]:
    """Return one outcome for each update: what was written, and what had no environment."""
    outcomes = {outcome.action.key: outcome for outcome in written}
    whys = [unusable.get(action.environment_id or "") for action in updates]
    return tuple(
        Outcome(action, OutcomeKind.FAILED, why) if why else outcomes[action.key]
        for action, why in zip(updates, whys, strict=True)
    )


def _tags(
    context: Context, explained: Mapping[CircuitId, Explained]
) -> Callable[[Action], Mapping[str, str]]:
    """Return what says our tags: the release, by the commit that asks for it; of a rollback more.

    The release tells later what others changed from what is still to be applied.
    """
    at = context.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def tags(action: Action) -> Mapping[str, str]:
        one = explained.get(action.circuit) if action.circuit else None
        if one is None:
            return {}
        release = {RELEASE_TAG: one.commit[:RELEASE_DIGITS]} if one.commit else {}
        if not one.rollback:
            return release
        return {
            **release,
            "rolled_back_at": at,
            "rolled_back_by": one.by,
            "rollback_reason": one.rollback,
        }

    return tags


def _stale(approved: str, plan: Plan) -> Refusal:
    return Refusal(
        code="PLAN_STALE",
        headline="the plan you looked at is no longer current",
        facts=(f"You gave {approved}; the plan now is {plan.fingerprint[:12]}.",),
        resolver="you, by looking again",
        next="envbot plan",
    )
