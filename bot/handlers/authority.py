"""Finds, for each update, the merged pull request that explains it, and judges it again (D14).

Three questions, each answered from GitHub and Azure as of the merge: did the pull request that last
changed what main asks of the circuit pass its gate; was that gate asked by rules that were approved
themselves; and was the model that would run tested in that environment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.asset_id import parse_asset_id
from bot.core.config.circuit import CircuitId
from bot.core.environment import env_digest, read_environment
from bot.core.model_test_request import ModelRef
from bot.core.production.authority import Environments, Unapproved, decide
from bot.core.production.deployment import DesiredDeployment
from bot.handlers.context import Context
from bot.handlers.last_changes import last_changes
from bot.handlers.merges import Ledger, Merge
from bot.handlers.plan_facts import blueprint_of
from bot.handlers.ports import Cloud
from bot.handlers.released_content import released_digest
from bot.handlers.returned_models import ReturnedModels


@dataclass(frozen=True, slots=True)
class Wanted:
    """One write that asks for authority: what is desired, and the model that would run.

    Attributes:
        is_new: nothing is there yet, so that the template has its say as well.
    """

    desired: DesiredDeployment
    model_id: str | None
    is_new: bool = False


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
    commits = last_changes(context.repository, context.rules.main, frozenset(asked))
    environments = _environments(ledger, {one.desired.version for one in asked.values()})
    objection = ledger.objection_to_rules(context.rules.main)
    any_new = any(one.is_new for one in asked.values())
    to_new = objection or (_objection_to_blueprint(context, ledger) if any_new else "")
    returned = ReturnedModels(ledger)
    explained = {}
    for circuit, one in asked.items():
        merge = ledger.merge(commits[circuit]) if circuit in commits else None
        against = to_new if one.is_new else objection
        explained[circuit] = _explained(one, merge, environments, against, returned)
    return explained


def _objection_to_blueprint(context: Context, ledger: Ledger) -> str:
    """Return why nothing new may be made of main's template; empty if it was approved."""
    blueprint, _ = blueprint_of(context.repository, context.rules.main)
    return ledger.objection_to_files(blueprint.paths) if blueprint else ""


def _explained(
    one: Wanted,
    merge: Merge | None,
    environments: Environments,
    objection: str,
    returned: ReturnedModels,
) -> Explained:
    circuit, version = one.desired.circuit, one.desired.version
    decision = decide(merge.explanation if merge else None, version, environments)
    why = f"{decision.reason} {decision.remedy}" if isinstance(decision, Unapproved) else ""
    if merge is None or merge.pull is None:
        commit = merge.explanation.commit if merge else ""
        return Explained(circuit, why=why or objection, commit=commit)
    why = why or objection or merge.objection or _untested(one, merge, returned)
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
