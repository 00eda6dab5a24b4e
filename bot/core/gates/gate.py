"""The gates: what holds, what is missing, who can supply it, and until when.

One value per stage; the comment, the commit status, `/status` and every refusal render it. "As of
the merge" is the same evaluation with `now` set to the time of the merge.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from bot.core.config.policy import GatePolicy
from bot.core.gates.approval import (
    Counted,
    Discounted,
    Groups,
    Tally,
    Window,
    count,
    groups_of,
    is_among,
    objection_to,
    same_login,
)
from bot.core.gates.approvals import BY_COMMAND, able_of, approvals
from bot.core.gates.facts import ProductionFacts, RegistryFacts, RollbackFacts
from bot.core.gates.reopening import window_since
from bot.core.gates.requirements import (
    Requirement,
    candidate_registered,
    classification,
    evidence_complete,
    evidence_run,
    giver_may,
    in_registry,
    in_time,
    no_overlap,
    not_draft,
    not_fork,
    tests_passed,
)

Stage: TypeAlias = Literal["registry", "production", "rollback"]


@dataclass(frozen=True, slots=True)
class Gate:
    """One stage as of one moment.

    Attributes:
        requirements: in the order in which they are worth resolving.
        counted: the approvals that count.
        discounted: the reviews that do not, each with its reason.
        until: when the gate closes; None while nothing runs out.
    """

    stage: Stage
    requirements: tuple[Requirement, ...]
    counted: tuple[Counted, ...]
    discounted: tuple[Discounted, ...]
    as_of: datetime
    until: datetime | None

    @property
    def holds(self) -> bool:
        """Tell whether everything that is required holds."""
        return bool(self.requirements) and not self.missing

    @property
    def expired(self) -> bool:
        """Tell whether the time to pass the gate has run out."""
        return any(requirement.id == "in_time" for requirement in self.missing)

    @property
    def missing(self) -> tuple[Requirement, ...]:
        """Return what does not hold, most urgent first."""
        return tuple(requirement for requirement in self.requirements if not requirement.met)


def registry_gate(facts: RegistryFacts, rule: GatePolicy, groups: Groups, now: datetime) -> Gate:
    """Return the gate before the registry: the seed's stage 1.

    `groups` are all groups of the policy by name. The command itself is an approval, since only
    the groups asked may give it; it binds to the head that the caller resolved once.
    """
    if facts.shared_as:
        done = Requirement("shared", met=True, text=f"In the registry as {facts.shared_as}.")
        return Gate("registry", (done,), (), (), now, None)
    until = facts.opened_at + rule.duration if facts.opened_at else None
    asked = _asked(rule, groups)
    window = Window(now, facts.opened_at, until, "before the evidence was complete")
    tally = _with_giver(count(facts.conversation, asked, window), facts, asked)
    author = facts.conversation.author
    requirements = (
        not_fork(facts.pull, author),
        not_draft(facts.pull, author),
        giver_may(facts.giver, facts.conversation, asked),
        classification(facts.pull, author),
        candidate_registered(facts.candidate, author),
        evidence_complete(facts.evidence, author),
        *evidence_run(facts.run, facts.evidence, author),
        in_time(until, now, (author,), "/evidence"),
        *approvals(tally, asked, rule.quorum, facts.conversation, facts.giver, asking=BY_COMMAND),
    )
    return Gate("registry", requirements, tally.counted, tally.discounted, now, until)


def production_gate(
    facts: ProductionFacts, rule: GatePolicy, groups: Groups, now: datetime
) -> Gate:
    """Return the gate before production: the seed's stage 3, passed by the merge.

    Approvals count from the test verdict on, for `rule.duration`; then people must approve again.
    Where there is no verdict to wait for, because no environment is released, each approval lasts
    `rule.duration` on its own.
    """
    verdict_at, talk = facts.tests.ended_at, facts.conversation
    asked = _asked(rule, groups)
    window = (
        window_since(verdict_at, rule.duration, talk, asked, now)
        if verdict_at
        else Window(now, now - rule.duration, None, "too long ago")
    )
    tally, until = count(talk, asked, window), window.until
    author = talk.author
    release = (
        classification(facts.pull, author),
        evidence_complete(facts.evidence, author),
        *evidence_run(facts.run, facts.evidence, author),
        in_registry(facts),
    )
    requirements = (
        not_fork(facts.pull, author),
        not_draft(facts.pull, author),
        *(release if facts.releases_environment else ()),
        tests_passed(facts),
        no_overlap(facts.pull, author),
        in_time(until, now, able_of(asked, talk), "Approve this pull request again"),
        *approvals(tally, asked, rule.quorum, talk),
    )
    return Gate("production", requirements, tally.counted, tally.discounted, now, until)


def rollback_gate(facts: RollbackFacts, rule: GatePolicy, groups: Groups, now: datetime) -> Gate:
    """Return the gate of a recognised rollback: no evidence, no tests, but little time.

    It closes `rule.duration` after the pull request was opened; opening it again starts anew.
    """
    until = facts.opened_at + rule.duration
    asked = _asked(rule, groups)
    window = Window(now, facts.opened_at, until, "before this pull request was opened")
    tally = count(facts.conversation, asked, window)
    author = facts.conversation.author
    recognised = f"It returns to {facts.restores[:12]} of main and changes nothing else."
    requirements = (
        not_fork(facts.pull, author),
        not_draft(facts.pull, author),
        Requirement("rollback", met=True, text=recognised),
        in_time(
            until,
            now,
            able_of(asked, facts.conversation),
            "Open the rollback in a new pull request",
        ),
        *approvals(tally, asked, rule.quorum, facts.conversation),
    )
    return Gate("rollback", requirements, tally.counted, tally.discounted, now, until)


def _asked(rule: GatePolicy, groups: Groups) -> Groups:
    """Return the groups the rule asks; one that the policy does not know has no members."""
    return {name: groups.get(name, ()) for name in rule.groups}


def _with_giver(tally: Tally, facts: RegistryFacts, asked: Groups) -> Tally:
    """Return the tally with the command as the latest word of whoever gave it."""
    giver = facts.giver
    if giver is None or is_among(giver.login, [approval.login for approval in tally.counted]):
        return tally
    found = objection_to(giver.login, facts.conversation, asked)
    others = tuple(one for one in tally.discounted if not same_login(one.login, giver.login))
    if found:
        objection, text = found
        note = Discounted(giver.login, giver.at, objection, f"{giver.login} {text}")
        return replace(tally, discounted=(*others, note))
    given = Counted(giver.login, groups_of(giver.login, asked), giver.at)
    return Tally((*tally.counted, given), others)
