"""Reads what main has asked of the circuits that differ, to tell drift from updates to come.

One `git log` and at most two readings of blobs, however many circuits there are: the newest changes
of a circuit settle nearly all, and the rest of its history is read for the others alone.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache
from itertools import chain, islice

from bot.core.config.circuit import CircuitConfig, CircuitId, circuit_path, read_circuit
from bot.core.config.layout import PLANTS
from bot.core.config.platform import Platform, read_platform
from bot.core.production.asked import Blobs, Past, Step, asked_of
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.drift import why_drifted
from bot.core.production.plan import ActionKind, Known, Plan, make_plan
from bot.core.tree import REGULAR, File
from bot.errors import InvalidFileError
from bot.handlers.context import PLATFORM, Rules
from bot.handlers.plan_bounds import bounds_of_plan
from bot.handlers.ports import Repository

# Changes of one circuit: the first look settles all but drift and several missed applies.
_FIRST_LOOK = 2
_LOOK_BACK = 100
# With more paths than this, git is faster without being told them.
_FEW = 100


def plan_with_drift(
    repository: Repository,
    rules: Rules,
    desired: Collection[DesiredDeployment],
    live: Collection[LiveDeployment],
    known: Known,
) -> Plan:
    """Return the plan that tells drift from updates to come; who approved those is not asked."""
    limits = bounds_of_plan(repository, rules, desired, live)
    first = make_plan(desired, live, known=known, limits=limits)
    drifted = find_drift(repository, rules.main, first)
    if not drifted:
        return first
    return make_plan(desired, live, known=replace(known, drifted=drifted), limits=limits)


def find_drift(repository: Repository, main: str, plan: Plan) -> dict[CircuitId, str]:
    """Return why circuits of `plan` drifted, those that did; `plan` is made without knowing."""
    kinds = (ActionKind.UPDATE, ActionKind.REFUSED, ActionKind.UNAPPROVED)
    differing = {
        action.circuit: action.live
        for action in plan.of_kind(*kinds)
        if action.circuit is not None and action.live is not None
    }
    return drift_of(repository, main, differing) if differing else {}


def drift_of(
    repository: Repository, main: str, live: Mapping[CircuitId, LiveDeployment]
) -> dict[CircuitId, str]:
    """Return which of these deployments were changed outside of git, and why that is clear."""
    paths = [circuit_path(one) for one in live] if len(live) <= _FEW else [PLANTS]
    past = Past(repository.file_changes(main, [*paths, PLATFORM]), PLATFORM)
    drifted: dict[CircuitId, str] = {}
    left = list(live)
    for most in (_FIRST_LOOK, _LOOK_BACK):
        steps = {one: list(islice(past.steps(circuit_path(one)), most)) for one in left}
        meaning = _Meanings(repository, chain.from_iterable(steps.values()))
        found = {
            one: why_drifted(
                live[one],
                asked_of(steps[one], meaning.of(one)),
                whole=most == _LOOK_BACK or len(steps[one]) < most,
            )
            for one in left
        }
        drifted |= {one: why for one, why in found.items() if why}
        left = [one for one, why in found.items() if why is None]
    return drifted


class _Meanings:
    """What blobs mean, those of all steps read at once; a file that cannot be read asks nothing."""

    def __init__(self, repository: Repository, steps: "chain[Step]") -> None:
        sides = [side for step in steps for side in (step.before, step.after)]
        self._blobs = repository.blobs({oid for side in sides for oid in side if oid})
        self._platform = cache(self._read_platform)

    def of(self, circuit: CircuitId) -> Callable[[Blobs], DesiredDeployment | None]:
        """Return what tells what a platform and a config of `circuit` ask together."""

        def desired(blobs: Blobs) -> DesiredDeployment | None:
            platform, config = self._platform(blobs.platform), self._config(circuit, blobs.config)
            if platform is None or config is None:
                return None
            return desired_deployments([config], platform)[0]

        return desired

    def _read_platform(self, oid: str) -> Platform | None:
        try:
            return read_platform(self._blobs[oid]) if oid else None
        except InvalidFileError:
            return None

    def _config(self, circuit: CircuitId, oid: str) -> CircuitConfig | None:
        if not oid:
            return None
        try:
            return read_circuit(File(circuit_path(circuit), REGULAR, oid, self._blobs[oid]))
        except InvalidFileError:
            return None
