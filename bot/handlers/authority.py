"""Finds, for each update, the merged pull request that explains it, and judges it again (D14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.core.authority import Environments, Explanation, Unapproved, decide
from bot.core.circuit import CircuitConfig, CircuitId, circuit_path, read_circuit
from bot.core.deployment import DesiredDeployment
from bot.core.environment import env_digest, read_environment
from bot.core.history import HistoryEntry
from bot.core.model_test import ModelTestRequest, verdict
from bot.core.pull_request import PullRequest
from bot.core.review import Review, release_content
from bot.core.standing import Progress
from bot.core.tree import File
from bot.errors import InvalidFileError
from bot.handlers.context import Context, read_rules
from bot.handlers.ports import Cloud, Repository
from bot.handlers.progress import tests_of
from bot.handlers.promotion_records import read_promotion
from bot.handlers.sources import read_sources
from bot.handlers.standing import read_standing, review_head


@dataclass(frozen=True, slots=True)
class Explained:
    """Who stands behind one circuit's desired values.

    Attributes:
        pull: the merged pull request that last changed them; None without one.
        why: why they may not be written, with the remedy; empty when they may.
        rollback: for a rollback its reason, else empty.
        by: who opened the pull request.
    """

    circuit: CircuitId
    pull: int | None = None
    why: str = ""
    rollback: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """One commit of main with the pull request behind it, judged once for all its circuits."""

    explanation: Explanation
    pull: PullRequest | None = None
    rollback: str = ""


def explain(
    context: Context, cloud: Cloud, wanted: Iterable[DesiredDeployment]
) -> Mapping[CircuitId, Explained]:
    """Return for each circuit who explains what main asks of it, judged as of that merge."""
    versions = {one.circuit: one.version for one in wanted}
    if not versions:
        return {}
    commits = _last_changes(context, frozenset(versions))
    merges = {commit: _merge(context, cloud, commit) for commit in sorted(set(commits.values()))}
    environments = _environments(context, cloud, frozenset(versions.values()))
    return {
        circuit: _explained(circuit, merges.get(commits.get(circuit, "")), version, environments)
        for circuit, version in versions.items()
    }


def _explained(
    circuit: CircuitId, merge: Merge | None, version: str, environments: Environments
) -> Explained:
    decision = decide(merge.explanation if merge else None, version, environments)
    why = f"{decision.reason} {decision.remedy}" if isinstance(decision, Unapproved) else ""
    if merge is None or merge.pull is None:
        return Explained(circuit, why=why)
    return Explained(circuit, merge.pull.number, why, merge.rollback, merge.pull.author)


def _environments(context: Context, cloud: Cloud, versions: frozenset[str]) -> Environments:
    """Return which content main and the registry hold under the versions that are wanted."""
    name = context.rules.platform.names.environment
    found = {version: cloud.environment("registry", name, version) for version in sorted(versions)}
    tree = context.repository.read(context.rules.main, "environment")
    return Environments(
        main_version=read_environment(tree).version,
        main_digest=env_digest(tree),
        promoted={
            version: registered.tags.get("env_digest")
            for version, registered in found.items()
            if registered is not None
        },
    )


def _last_changes(context: Context, circuits: frozenset[CircuitId]) -> dict[CircuitId, str]:
    """Return the newest first-parent commit of main that changed each circuit's desired values."""
    wanted = {circuit_path(circuit): circuit for circuit in circuits}
    found: dict[CircuitId, str] = {}
    for entry in context.repository.history(context.rules.main, ["config/plants"]):
        touched = {path: wanted[path] for path in entry.paths if path in wanted}
        for circuit in _changed(context.repository, entry, touched):
            found[circuit] = entry.commit
            del wanted[circuit_path(circuit)]
        if not wanted:
            break
    return found


def _changed(
    repository: Repository, entry: HistoryEntry, touched: Mapping[str, CircuitId]
) -> list[CircuitId]:
    if not touched:
        return []
    after = repository.read(entry.commit, "config/plants")
    before = repository.read(entry.before, "config/plants") if entry.before else {}
    return [
        circuit
        for path, circuit in touched.items()
        if _desired(before.get(path)) != _desired(after.get(path))
    ]


def _desired(file: File | None) -> tuple[str, str | None] | None:
    """Return what a config asks of production; an unreadable one asks for nothing."""
    if file is None:
        return None
    try:
        circuit: CircuitConfig = read_circuit(file)
    except InvalidFileError:
        return None
    return circuit.production_version, circuit.model_version


def _merge(context: Context, cloud: Cloud, commit: str) -> Merge:
    """Return who merged `commit`, with the gate as it stood then, by the rules of its base."""
    parents = context.repository.parents(commit)
    merged = [
        pull
        for pull in context.hosting.pulls_with(commit)
        if pull.merged_at and pull.merge_commit == commit
    ]
    if not merged or not parents:
        return Merge(
            Explanation(None, commit, merged=False, gate=None, approved=None, content=None)
        )
    pull = merged[0]
    at_merge = replace(context, rules=read_rules(context.repository, parents[0]))
    reviewed = review_head(at_merge, pull)
    progress = _merged_progress(at_merge, cloud, reviewed)
    standing = read_standing(at_merge, pull, progress=progress, now=pull.merged_at)
    brought = read_sources(context.repository, parents[0], commit)
    explanation = Explanation(
        pull=pull.number,
        commit=commit,
        merged=True,
        gate=standing.gate,
        approved=reviewed.content,
        content=release_content(brought, at_merge.rules.platform),
    )
    return Merge(explanation, pull, f"#{pull.number} {pull.title}" if standing.rollback else "")


def _merged_progress(context: Context, cloud: Cloud, reviewed: Review) -> Progress:
    """Return the progress of a merged head from Azure; the record only says where to look."""
    content = reviewed.content
    record = read_promotion(context, reviewed) if reviewed.environment_changes else None
    if record is None or record.test is None:
        return Progress()
    job = record.test.job
    if not job.startswith(f"compat-{content.env_digest[:8]}-"):
        return Progress()
    state = cloud.job("test", job)
    environment_id = context.rules.platform.registry_environment_id(
        content.environment, reviewed.candidate
    )
    asked = ModelTestRequest(job, environment_id, (), 1, "", "", 0.0)
    results = cloud.model_results(asked)
    judged = verdict(asked, state, results, [result.ref for result in results])
    final = cloud.environment("registry", content.environment, content.version)
    return Progress(
        candidate=reviewed.candidate,
        shared=final is not None,
        tests=tests_of(state, judged),
        failures=judged.failures,
        final=final is not None,
    )
