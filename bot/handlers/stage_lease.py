"""The lease of a stage for one run of the bot: taken, and taken up after a run that died."""

from contextlib import AbstractContextManager

from bot.core.production.lease import Lease
from bot.handlers.context import Context
from bot.handlers.held_lease import HeldLease
from bot.handlers.lease import IsOver, held_lease, holder, left_behind


def hold(context: Context, stage: str, told: tuple[int, ...]) -> AbstractContextManager[HeldLease]:
    """Hold `stage` for the block, as `held_lease` does; `told` are the pull requests that know."""
    name = _name(context)
    return held_lease(
        context.repository,
        context.clock,
        stage,
        claim=name,
        owner=name,
        lasting=context.patience.lease,
        is_over=_is_over(context),
        pulls=told,
    )


def left_in(context: Context, stage: str) -> Lease | None:
    """Return the lease of an apply that died before it had told the end; None without one."""
    return left_behind(
        context.repository,
        context.clock,
        stage,
        claim=_name(context),
        is_over=_is_over(context),
    )


def is_held(context: Context, stage: str) -> bool:
    """Tell whether a run that may still write has `stage`."""
    found = holder(context.repository, context.clock, stage, is_over=_is_over(context))
    return found is not None


def _name(context: Context) -> str:
    """Return what nobody else who writes at the same time is called, also of the same main."""
    return context.run_url or context.process


def _is_over(context: Context) -> IsOver:
    def is_over(owner: str) -> bool:
        return context.process_is_over(owner) or context.hosting.run_is_over(owner)

    return is_over
