"""Makes production what main asks for: authority, plan, journal, writes, report."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import msgspec

from bot.core.config.circuit import CircuitId
from bot.core.production.action import WRITTEN
from bot.core.production.apply_report import ApplyReport, Outcome, OutcomeKind
from bot.core.production.deployment import RELEASE_TAG
from bot.core.production.drift import RELEASE_DIGITS
from bot.core.production.journal import Journal
from bot.core.production.lease import Lease
from bot.core.production.plan import Action, ActionKind, Plan
from bot.core.production.retry import not_tried_again
from bot.core.production.waves import runs_already, waves
from bot.core.refusal import Refusal
from bot.core.render.plan import plan_text
from bot.errors import BotError, UserError
from bot.handlers.authority import Explained
from bot.handlers.context import Context
from bot.handlers.journal import keep_journal, last_journal, read_journal
from bot.handlers.lease import EndUntoldError
from bot.handlers.merges import Ledger
from bot.handlers.owed import Owed, find_owed, merged_only, settle_owed
from bot.handlers.planning import STAGE, Prepared, prepare_settled
from bot.handlers.ports import Cloud, Reporter
from bot.handlers.production_environments import recreate_for_production
from bot.handlers.stage_lease import hold, left_in
from bot.handlers.watched_main import WatchedMain, watch_main
from bot.handlers.writes import FailureBudget, Writing, write_all


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """What an apply is asked for.

    Attributes:
        approved: the fingerprint a person looked at; None where the merge is the approval.
        failed_only: write again what an apply has tried in vain, and nothing else.
    """

    approved: str | None = None
    failed_only: bool = False


WHAT_WAS_MERGED = ApplyRequest()


# What main asks for and an apply leaves alone: whoever asked for it last is told.
_HELD = (ActionKind.REFUSED, ActionKind.UNAPPROVED, ActionKind.DRIFTED, ActionKind.MISSING)


class Audience(Protocol):
    """Whom an apply tells how far it is, and how it ended."""

    def begin(self, pulls: tuple[int, ...]) -> Reporter:
        """Tell these pull requests that it begins; return where to report its progress to."""

    def end(self, report: ApplyReport) -> None:
        """Tell how it ended."""


def apply(
    context: Context, cloud: Cloud, audience: Audience, request: ApplyRequest = WHAT_WAS_MERGED
) -> ApplyReport:
    """Apply main to production and return what happened; an equal production is left alone.

    Args:
        context: the run.
        cloud: with an identity that may write to production.
        audience: told before the lease is given back, so that a run that dies before it has told
            the end leaves the lease behind, and the next one tells it.
        request: what a person asked for; the run that a merge started is asked for all of it.

    Raises:
        UserError: the plan is not the one approved, or main has moved on since it was made
            (`PLAN_STALE`); or another run is writing.
    """
    prepared = prepare_settled(context, cloud)
    plan = prepared.plan
    require_current(plan, request.approved)
    context.reporter.step(plan_text(plan).rstrip("\n"))
    left_alone = _left_alone(context, plan) if request.failed_only else ()
    tried = _without(prepared, left_alone)
    owed = find_owed(context)
    report = _begun(context, prepared, left_alone, owed)
    left = left_in(context, STAGE)
    if not tried.plan.updates and left is None:
        audience.end(report)
        settle_owed(context, owed, report)
        return report
    explaining = _pulls(_explaining(tried, tried.plan.updates))
    told = tuple(sorted({*explaining, *told_before(context, left), *owed.pulls}))
    reporter = audience.begin(told) if tried.plan.updates else context.reporter
    with hold(context, STAGE, told) as lease:
        held = watch_main(context, lease)
        journal = _journal(context, tried.plan, owed)
        written = _write(context, cloud, tried, reporter, held)
        outcomes = _in_order(plan.updates, (*written, *left_alone))
        pulls = tuple(sorted({*report.pulls, *told}))
        report = replace(report, outcomes=outcomes, pulls=pulls, journal=journal, newer=held.newer)
        _end(audience, report)
        settle_owed(context, owed.after(context, journal), report)
    return report


def require_current(plan: Plan, approved: str | None) -> None:
    """Return when `plan` is the one with this fingerprint, or nobody has looked at any.

    Raises:
        UserError: it is another one (`PLAN_STALE`).
    """
    if approved is not None and not plan.fingerprint.startswith(approved):
        raise UserError(_stale(approved, plan))


def told_before(context: Context, left: Lease | None) -> Iterator[int]:
    """Yield the pull requests that a run which died has told its beginning."""
    yield from merged_only(context, left.pulls if left else ())


def require_head(context: Context) -> None:
    """Return when main still is the commit that the plan was made for; asked under the lease.

    While this run made its plan, another may have written a newer main. Where that asks for what
    ran before, a rollback for instance, production looks as this run saw it, and its writes would
    undo what main asks for now.

    Raises:
        UserError: main has moved on (`PLAN_STALE`).
        BotError: `origin` cannot be asked.
    """
    head = context.repository.read_ref(f"refs/heads/{context.main_branch}")
    if head != context.rules.main:
        raise UserError(_overtaken(context.rules.main, head or "nothing"))


def _begun(
    context: Context, prepared: Prepared, left_alone: tuple[Outcome, ...], owed: Owed
) -> ApplyReport:
    """Return the report before anything is written."""
    plan = prepared.plan
    explaining = _explaining(prepared, plan.updates)
    # Where the plan has errors it writes nothing: whoever asked for it is told so.
    asked = plan.of_kind(*WRITTEN, *_HELD)
    asking = _explaining(prepared, (one for one in asked if one.circuit in prepared.explained))
    heads = _merged_as_head(context) if plan.errors else ()
    return ApplyReport(
        main=context.rules.main,
        plan=plan,
        outcomes=left_alone,
        pulls=tuple(sorted({*_pulls(asking), *heads, *owed.pulls})),
        rolled_back={one.circuit: one.rollback for one in explaining if one.rollback},
    )


def _merged_as_head(context: Context) -> Iterator[int]:
    """Yield the pull requests whose merge main's head is; what they ask may explain no update."""
    main, branch = context.rules.main, context.main_branch
    for pull in context.hosting.pulls_with(main):
        if pull.merged_at and pull.merge_commit == main and pull.base_branch == branch:
            yield pull.number


def _left_alone(context: Context, plan: Plan) -> tuple[Outcome, ...]:
    """Return the updates that a retry of what failed does not try, each with the reason."""
    found = not_tried_again(plan.updates, last_journal(context))
    return tuple(Outcome(action, OutcomeKind.SKIPPED, why) for action, why in found)


def _without(prepared: Prepared, left_alone: Iterable[Outcome]) -> Prepared:
    keys = {outcome.action.key for outcome in left_alone}
    actions = tuple(action for action in prepared.plan.actions if action.key not in keys)
    return replace(prepared, plan=replace(prepared.plan, actions=actions))


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


def _journal(context: Context, plan: Plan, owed: Owed) -> Journal | None:
    """Return what production was before, durable where something is to be written."""
    if not plan.updates:
        return read_journal(context)
    require_head(context)
    return keep_journal(context, plan, owing=owed.pulls)


def _write(
    context: Context, cloud: Cloud, prepared: Prepared, reporter: Reporter, held: WatchedMain
) -> tuple[Outcome, ...]:
    updates = prepared.plan.updates
    if not updates:
        return ()
    policy = context.rules.policy.apply
    unusable = recreate_for_production(Ledger(context, cloud), updates)
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
    written = write_all(writing, waves(usable, _begun_before(prepared, usable), policy))
    return (*written, *_without_environment(updates, unusable))


def _begun_before(prepared: Prepared, updates: Iterable[Action]) -> frozenset[tuple[str, str]]:
    """Return what earlier runs have written of the releases that `updates` are of."""
    releases = {one.commit[:RELEASE_DIGITS] for one in _explaining(prepared, updates) if one.commit}
    return runs_already(prepared.plan.actions, releases)


def _without_environment(
    updates: Iterable[Action], unusable: Mapping[str, str]
) -> Iterator[Outcome]:
    """Yield the end of each update whose environment the workspace does not hold."""
    for action in updates:
        if why := unusable.get(action.environment_id or ""):
            yield Outcome(action, OutcomeKind.FAILED, why)


def _in_order(updates: Iterable[Action], outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Return the outcomes in the order of the plan."""
    found = {outcome.action.key: outcome for outcome in outcomes}
    return tuple(found[action.key] for action in updates)


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
        facts=(f"You gave {approved}; the plan now is {plan.short_fingerprint}.",),
        resolver="you, by looking again",
        next="envbot plan",
    )


def _overtaken(planned: str, head: str) -> Refusal:
    return Refusal(
        code="PLAN_STALE",
        headline="main has moved on since this plan was made",
        facts=(
            f"The plan is for {planned[:12]}, and main is at {head[:12]}.",
            "Nothing was written to production.",
        ),
        resolver="the run that the newer commit started, or anyone who may run the bot",
        next="/retry",
    )
