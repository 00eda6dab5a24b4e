"""Where a pull request stands: one value that the comment, the status and `/status` render."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.config.policy import Policy
from bot.core.evidence.evidence_run import NOT_RUN, EvidenceRun
from bot.core.gates.approval import Conversation
from bot.core.gates.facts import (
    Giver,
    ProductionFacts,
    Pull,
    RegistryFacts,
    RollbackFacts,
    Tests,
)
from bot.core.gates.gate import Gate, production_gate, registry_gate, rollback_gate
from bot.core.gates.rollback import NotRollback, Rollback
from bot.core.model_test import ModelResult
from bot.core.obstacles import obstacles, standing_in_the_way
from bot.core.pull_request import PullRequest, StatusState
from bot.core.refusal import Refusal
from bot.core.review import Review


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the head's content has come, from Azure, or from records where only a display asks.

    Attributes:
        candidate: the rc version registered in dev with this content.
        shared: the candidate reads back from the registry.
        failures: models that did not pass, untrusted texts inside.
        final: what is to be released reads back under its final version.
        image: one line about the candidate's image; empty before there is one.
        run: how the run of the evidence notebook stands.
        not_comparable: why the registry's copy could not be compared with the candidate.
    """

    candidate: str | None = None
    shared: bool = False
    tests: Tests = field(default_factory=lambda: Tests("none"))
    failures: tuple[ModelResult, ...] = ()
    final: bool = False
    image: str = ""
    run: EvidenceRun = NOT_RUN
    not_comparable: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What was fetched about a pull request beside its content.

    Attributes:
        evidence_at: when the evidence was first seen complete; None before.
        overlaps: other open pull requests with the same target.
        giver: who typed the command that is being decided, if one is.
        near_miss: what keeps the pull request from being the rollback that it looks like.
        again: set when it asks for a version that was rolled back, and nobody has insisted.
    """

    conversation: Conversation
    progress: Progress
    evidence_at: datetime | None = None
    overlaps: tuple[int, ...] = ()
    giver: Giver | None = None
    near_miss: NotRollback | None = None
    again: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one head stands at one moment.

    Attributes:
        rollback: set when the pull request is recognised as a rollback.
        obstacles: what no approval can mend.
        gates: in the order in which they are passed; empty when there is nothing to release.
        near_miss: set when it looks like a rollback and is none.
    """

    pull: PullRequest
    review: Review
    rollback: Rollback | None
    progress: Progress
    obstacles: tuple[Refusal, ...]
    gates: Mapping[str, Gate]
    near_miss: NotRollback | None = None

    @property
    def gate(self) -> Gate | None:
        """Return the gate that the merge passes; None when there is nothing to release."""
        return self.gates.get("rollback") or self.gates.get("production")

    @property
    def may_release(self) -> bool:
        """Tell whether everything but the final version holds."""
        return self.gate is not None and self.gate.holds and not self.obstacles

    @property
    def asks_again(self) -> bool:
        """Tell whether it asks for a version that was rolled back, and nobody has insisted."""
        return any(one.code == "VERSION_ROLLED_BACK" for one in self.obstacles)

    @property
    def wants_candidate(self) -> bool:
        """Tell whether the head deserves a candidate that it does not have yet."""
        return (
            self.pull.open
            and self.rollback is None
            and self.review.environment_changes
            and not (self.pull.draft or self.pull.from_fork or self.obstacles)
            and self.progress.candidate is None
        )

    @property
    def wants_run(self) -> bool:
        """Tell whether a gate waits for a run of the notebook that nobody has to ask for."""
        missing = {one.id for gate in self.gates.values() for one in gate.missing}
        return (
            self.pull.open
            and not self.obstacles
            and not (self.pull.draft or self.pull.from_fork)
            and self.progress.candidate is not None
            and self.review.evidence.decision == "complete"
            and "evidence_run" in missing
            and self.progress.run.state in ("none", "running")
        )

    @property
    def status(self) -> tuple[StatusState, str]:
        """Return state and description of `envbot/release` (D16)."""
        if self.obstacles:
            return StatusState.FAILURE, f"Blocked: {_plain(self.obstacles[0].headline)}"
        if self.gate is None:
            return StatusState.SUCCESS, "Nothing to release"
        if not self.gate.holds:
            return StatusState.PENDING, _plain(_first_missing(self.gates))
        if not self.progress.final:
            return StatusState.PENDING, "Approved; the final version is being made ready"
        return StatusState.SUCCESS, _released(self)


def stand(  # noqa: PLR0913, PLR0917 - whose, what, how far, by which rules, and when
    pull: PullRequest,
    review: Review,
    rollback: Rollback | None,
    situation: Situation,
    policy: Policy,
    now: datetime,
) -> Standing:
    """Return where `pull` stands at `now`; "as of the merge" is `now` at the time of the merge."""
    in_the_way = (
        standing_in_the_way(review, pull.author)
        if rollback
        else _in_the_way(review, pull.author, situation.again)
    )
    gates = (
        {} if review.nothing_to_release else _gates(pull, review, rollback, situation, policy, now)
    )
    return Standing(
        pull, review, rollback, situation.progress, in_the_way, gates, situation.near_miss
    )


def _in_the_way(review: Review, author: str, again: Refusal | None) -> tuple[Refusal, ...]:
    """Return the obstacles; what nobody has insisted on yet is not asked to be bumped."""
    found = obstacles(review, author)
    if again is None:
        return found
    return (again, *(one for one in found if one.code != "BUMP_OUTSTANDING"))


def _gates(  # noqa: PLR0913, PLR0917 - as `stand`
    pull: PullRequest,
    review: Review,
    rollback: Rollback | None,
    situation: Situation,
    policy: Policy,
    now: datetime,
) -> dict[str, Gate]:
    seen = Pull(pull.draft, pull.from_fork, not review.disagreements, situation.overlaps)
    if rollback:
        facts = RollbackFacts(situation.conversation, seen, rollback.restores, pull.created_at)
        return {"rollback": rollback_gate(facts, policy.gates.rollback, policy.groups, now)}
    promoters = _members(policy, policy.gates.registry.groups)
    facts_of_production = _production_facts(review, situation, seen, promoters)
    if policy.evidence_level.production == "run":
        facts_of_production = replace(facts_of_production, run=situation.progress.run)
    production = production_gate(facts_of_production, policy.gates.production, policy.groups, now)
    if not review.environment_changes:
        return {"production": production}
    facts_of_registry = _registry_facts(review, situation, seen)
    if policy.evidence_level.registry == "run":
        facts_of_registry = replace(facts_of_registry, run=situation.progress.run)
    rule = policy.gates.registry
    registry = registry_gate(facts_of_registry, rule, policy.groups, now)
    return {"registry": registry, "production": production}


def _registry_facts(review: Review, situation: Situation, seen: Pull) -> RegistryFacts:
    progress = situation.progress
    return RegistryFacts(
        conversation=situation.conversation,
        pull=seen,
        candidate=progress.candidate,
        evidence=review.evidence.decision,
        opened_at=situation.evidence_at,
        giver=situation.giver,
        shared_as=review.candidate if progress.shared else None,
    )


def _members(policy: Policy, groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({login for group in groups for login in policy.groups.get(group, ())}))


def _production_facts(
    review: Review, situation: Situation, seen: Pull, promoters: tuple[str, ...]
) -> ProductionFacts:
    return ProductionFacts(
        conversation=situation.conversation,
        pull=seen,
        releases_environment=review.environment_changes,
        evidence=review.evidence.decision,
        in_registry=situation.progress.shared,
        tests=situation.progress.tests,
        production_writes=len({change.circuit for change in review.planned}),
        promoters=promoters,
    )


def _first_missing(gates: Mapping[str, Gate]) -> str:
    for stage, gate in gates.items():
        for requirement in gate.missing:
            return f"{stage.capitalize()}: {requirement.text}"
    return ""


def _released(standing: Standing) -> str:
    if standing.rollback:
        return "Approved: this rollback may be merged"
    if standing.review.environment_changes:
        content = standing.review.content
        return f"Approved: {content.environment}:{content.version} may be merged"
    return "Approved: this change may be merged"


def _plain(text: str) -> str:
    return text.replace("`", "").rstrip(".")
