"""Finds, for each update, the merged pull requests that explain it, and judges them again (D14).

Three questions, each answered from GitHub and Azure as of the merge: did the pull request that last
changed each value that would be written pass its gate; was that gate asked by rules that were
approved themselves; and was the model that would run tested in that environment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from bot.core.asset_id import parse_asset_id
from bot.core.config.circuit import CircuitId
from bot.core.environment import env_digest, read_environment
from bot.core.model_test_request import ModelRef
from bot.core.production.authority import Environments, Explanation, Origin, Unapproved, decide
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.parts import Part
from bot.handlers.context import Context
from bot.handlers.last_changes import LastChange, last_changes
from bot.handlers.merges import Ledger, Merge
from bot.handlers.plan_facts import blueprint_of
from bot.handlers.ports import Cloud
from bot.handlers.released_content import released_digest
from bot.handlers.returned_models import ReturnedModels


@dataclass(frozen=True, slots=True)
class Wanted:
    """One write that asks for authority: what is desired, and the model that would run.

    Attributes:
        parts: what the write changes; where nothing differs, a failed write is repeated.
        is_new: nothing is there yet, so that the template has its say as well.
    """

    desired: DesiredDeployment
    model_id: str | None
    parts: frozenset[Part]
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class _Behind:
    """The merges that one circuit's values come from.

    Attributes:
        newest: the one that changed any of them last, which is told; None where none is known.
        parts: those of the parts that are written, and of what changed since, newest first.
    """

    newest: Merge | None = None
    parts: Mapping[Part, Merge] = field(default_factory=dict)

    @property
    def explanation(self) -> Explanation | None:
        return self.newest.explanation if self.newest else None

    @property
    def origins(self) -> list[Origin]:
        return [Origin(part, one.explanation, one.objection) for part, one in self.parts.items()]

    @property
    def settling(self) -> Iterable[Merge]:
        """Return the merges that settled which model meets which environment."""
        found = [self.newest, *islice(self.parts.values(), 1)]
        return {one.explanation.commit: one for one in found if one}.values()


@dataclass(frozen=True, slots=True)
class Explained:
    """Who stands behind one circuit's desired values.

    Attributes:
        pull: the merged pull request that last changed them; None without one.
        why: why they may not be written, with the remedy; empty when they may.
        rollback: for a rollback its reason, else empty.
        by: who opened the pull request, or for whom envbot did.
        commit: the commit of main that last changed them; empty when none is known.
    """

    circuit: CircuitId
    pull: int | None = None
    why: str = ""
    rollback: str = ""
    by: str = ""
    commit: str = ""


def explain(
    context: Context, cloud: Cloud, wanted: Iterable[Wanted]
) -> Mapping[CircuitId, Explained]:
    """Return for each circuit who explains what main asks of it, judged as of that merge."""
    asked = {one.desired.circuit: one for one in wanted}
    if not asked:
        return {}
    ledger = Ledger(context, cloud)
    wanted_parts = {circuit: one.parts for circuit, one in asked.items()}
    changes = last_changes(context.repository, context.rules.main, wanted_parts)
    environments = _environments(ledger, {one.desired.version for one in asked.values()})
    objection = ledger.objection_to_rules(context.rules.main)
    any_new = any(one.is_new for one in asked.values())
    to_new = objection or (_objection_to_blueprint(context, ledger) if any_new else "")
    returned = ReturnedModels(ledger)
    explained = {}
    for circuit, one in asked.items():
        behind = _behind(ledger, changes[circuit]) if circuit in changes else _Behind()
        against = to_new if one.is_new else objection
        explained[circuit] = _explained(one, behind, environments, against, returned)
    return explained


def _behind(ledger: Ledger, change: LastChange) -> _Behind:
    parts = {part: ledger.merge(commit) for part, commit in change.parts.items()}
    return _Behind(ledger.merge(change.commit), parts)


def _objection_to_blueprint(context: Context, ledger: Ledger) -> str:
    """Return why nothing new may be made of main's template; empty if it was approved."""
    blueprint, _ = blueprint_of(context.repository, context.rules.main)
    return ledger.objection_to_files(blueprint.paths) if blueprint else ""


def _explained(
    one: Wanted,
    behind: _Behind,
    environments: Environments,
    objection: str,
    returned: ReturnedModels,
) -> Explained:
    circuit, version, merge = one.desired.circuit, one.desired.version, behind.newest
    decision = decide(behind.explanation, version, environments, behind.origins)
    why = f"{decision.reason} {decision.remedy}" if isinstance(decision, Unapproved) else ""
    if merge is None or merge.pull is None:
        commit = merge.explanation.commit if merge else ""
        return Explained(circuit, why=why or objection, commit=commit)
    untested = (held for each in behind.settling if (held := _untested(one, each, returned)))
    why = why or objection or merge.objection or next(untested, "")
    pull, commit = merge.pull, merge.explanation.commit
    return Explained(circuit, pull.number, why, merge.rollback, merge.by, commit)


def _untested(one: Wanted, merge: Merge, returned: ReturnedModels) -> str:
    """Return why the model that would run may not: a release writes onto tested models alone."""
    if merge.back is not None:
        return returned.objection(merge.back, one.desired, one.model_id)
    model = parse_asset_id(one.model_id or "")
    if merge.tested is None or model is None:
        return ""
    if ModelRef(model.name, model.version) in merge.tested:
        return ""
    return (
        f"Model {model.label} was not tested on {one.desired.label}. "
        "Release the environment in a new pull request, which tests every model anew."
    )


def _environments(ledger: Ledger, versions: set[str]) -> Environments:
    """Return which content main and the registry hold under the versions that are wanted."""
    context, cloud = ledger.context, ledger.cloud
    name, place = context.rules.platform.names.environment, context.rules.platform.release_place
    found = {version: cloud.environment(place, name, version) for version in sorted(versions)}
    tree = context.repository.read(context.rules.main, "environment")
    return Environments(
        main_version=read_environment(tree).version,
        main_digest=env_digest(tree),
        promoted={
            version: released_digest(ledger, registered)
            for version, registered in found.items()
            if registered is not None
        },
    )
