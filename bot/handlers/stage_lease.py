"""The lease of a stage for one run of the bot: taken, and taken up after a run that died."""

from contextlib import AbstractContextManager

from bot.core.production.lease import Lease
from bot.handlers.context import Context
from bot.handlers.held_lease import HeldLease
from bot.handlers.lease import held_lease, left_behind


def hold(context: Context, stage: str, told: tuple[int, ...]) -> AbstractContextManager[HeldLease]:
    """Hold `stage` for the block, as `held_lease` does; `told` are the pull requests that know."""
    return held_lease(
        context.repository,
        context.clock,
        stage,
        claim=_claim(context),
        owner=context.run_url,
        lasting=context.patience.lease,
        is_over=context.hosting.run_is_over,
        pulls=told,
    )


def left_in(context: Context, stage: str) -> Lease | None:
    """Return the lease of an apply that died before it had told the end; None without one."""
    return left_behind(
        context.repository,
        context.clock,
        stage,
        claim=_claim(context),
        is_over=context.hosting.run_is_over,
    )


def _claim(context: Context) -> str:
    return context.run_url or f"apply-{context.rules.main[:12]}"
