"""What gates ask for, one function each: whether it holds, who can supply it, what to type."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.evidence.evidence_run import ATTEMPTS, EvidenceRun
from bot.core.gates.approval import Conversation, Groups, members, standing_objection
from bot.core.gates.facts import EvidenceDecision, Giver, ProductionFacts, Pull, Tests

_EVIDENCE = {
    "complete": "The evidence notebook is complete (claimed: it was read, not run).",
    "incomplete": "The evidence notebook is incomplete.",
    "errors": "The evidence notebook shows errors.",
    "missing": "There is no evidence notebook for this version.",
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a gate asks for.

    Attributes:
        id: stable name, such as `evidence` or `approval:ml-engineers`.
        text: one sentence that says how it stands.
        who: logins that can supply it; empty when it holds, or when only time can.
        next: the command or step that supplies it; None when there is nothing to do.
        until: when it can no longer be supplied.
        code: the refusal code while it does not hold.
    """

    id: str
    met: bool
    text: str
    who: tuple[str, ...] = ()
    next: str | None = None
    until: datetime | None = None
    code: str = "GATE_PENDING"


def not_fork(pull: Pull, author: str) -> Requirement:
    """Ask for a branch of this repository: who pushed to a fork cannot be known (`S21`)."""
    if not pull.from_fork:
        return met("same_repository", "The branch lies in this repository.")
    return Requirement(
        "same_repository",
        met=False,
        text="The branch lies in a fork, and only a branch of this repository can be released.",
        who=(author,),
        next="Push the branch to this repository and open a pull request from it",
        code="FORK_PR",
    )


def not_draft(pull: Pull, author: str) -> Requirement:
    """Ask that the author calls it ready."""
    if not pull.draft:
        return met("ready", "It is ready for review.")
    return Requirement(
        "ready",
        met=False,
        text="It is a draft.",
        who=(author,),
        next="Mark the pull request as ready for review",
        code="DRAFT",
    )


def giver_may(giver: Giver | None, conversation: Conversation, asked: Groups) -> Requirement:
    """Ask that whoever gives the command belongs to a group of the gate and may write."""
    if giver is None:
        return met("giver", "Nobody has to be asked: no command is being decided.")
    found = standing_objection(giver.login, conversation, asked)
    if found is None:
        return met("giver", f"{giver.login} may give this command.")
    return Requirement(
        "giver",
        met=False,
        text=f"{giver.login} {found[1]}.",
        who=members(asked),
        next="Ask one of them to comment the command",
        code="PERM_DENIED",
    )


def classification(pull: Pull, author: str) -> Requirement:
    """Ask that what is declared is what was found (D5)."""
    if pull.agrees:
        return met("classification", "Class, version and tags agree with what was found.")
    return Requirement(
        "classification",
        met=False,
        text="Class, version or tags disagree with what was found.",
        who=(author,),
        next="Correct environment/environment.yml as the summary comment says",
        code="CLASS_MISMATCH",
    )


def candidate_registered(candidate: str | None, author: str) -> Requirement:
    """Ask for the candidate in dev with the head's content (D8)."""
    if candidate:
        return met("candidate", f"The candidate {candidate} is registered in dev.")
    return Requirement(
        "candidate",
        met=False,
        text="No candidate with the head's content is registered in dev.",
        who=(author,),
        next="Wait for the candidate job, or push again if it failed",
        code="ENV_NOT_FOUND",
    )


def evidence_complete(decision: EvidenceDecision, author: str) -> Requirement:
    """Ask for evidence that passes as the seed's decision matrix wants it."""
    if decision == "complete":
        return met("evidence", _EVIDENCE[decision])
    return Requirement(
        "evidence",
        met=False,
        text=_EVIDENCE[decision],
        who=(author,),
        next="Run the notebook on the candidate and push it",
        code="EVIDENCE_MISSING" if decision == "missing" else "EVIDENCE_INVALID",
    )


def evidence_run(
    run: EvidenceRun | None, decision: EvidenceDecision, author: str
) -> tuple[Requirement, ...]:
    """Ask that envbot ran the notebook on the candidate, where the policy wants that.

    Of a notebook that is not complete only that is said: it is not run.
    """
    if run is None or decision != "complete":
        return ()
    if run.state == "passed":
        return (met("evidence_run", "The evidence notebook was run on the candidate."),)
    texts = {
        "none": "The evidence notebook has not been run on the candidate.",
        "running": "The evidence notebook is being run on the candidate.",
        "failed": "The run of the evidence notebook proves nothing.",
    }
    text, following = texts[run.state], "/evidence run"
    if run.is_spent:
        text = f"{text} It was run {ATTEMPTS} times, and is not run again."
        following = "Push a notebook or an environment that runs"
    requirement = Requirement(
        "evidence_run",
        met=False,
        text=text,
        who=() if run.state == "running" else (author,),
        next=None if run.state == "running" else following,
        code="EVIDENCE_NOT_RUN",
    )
    return (requirement,)


def in_registry(facts: ProductionFacts) -> Requirement:
    """Ask that the head's candidate reads back from the registry."""
    if facts.in_registry:
        return met("registry", "The candidate is in the registry.")
    return Requirement(
        "registry",
        met=False,
        text="The candidate is not in the registry.",
        who=facts.promoters,
        next="/promote registry",
    )


def tests_passed(facts: ProductionFacts) -> Requirement:
    """Ask that every single production model passed; 199 of 200 is not passed."""
    tests = facts.tests
    if tests.state == "passed" and tests.passed == tests.total > 0:
        return met("tests", f"All {tests.total} production models passed.")
    if tests.state == "not_applicable" or (
        tests.state == "none" and not facts.releases_environment
    ):
        return _untested(facts)
    step = {"none": "/promote registry", "running": None}.get(tests.state, "/retry")
    return Requirement(
        "tests",
        met=False,
        text=_tests_text(tests),
        who=() if tests.state == "running" else facts.promoters,
        next=step,
        code="TESTS_FAILED" if tests.state in {"passed", "failed"} else "GATE_PENDING",
    )


def no_overlap(pull: Pull, author: str) -> Requirement:
    """Ask that no other open pull request moves the same circuits or target."""
    if not pull.overlaps:
        return met("overlap", "No other pull request moves the same circuits.")
    others = ", ".join(f"pull request {number}" for number in pull.overlaps)
    return Requirement(
        "overlap",
        met=False,
        text=f"The same circuits or target are moved by {others}.",
        who=(author,),
        next="Merge or close one of them, then `/bump` this one anew",
        code="OVERLAPPING_PR",
    )


def in_time(until: datetime | None, now: datetime, who: tuple[str, ...], again: str) -> Requirement:
    """Ask that the gate has not closed; `again` is what opens it anew."""
    if until is None:
        return met("in_time", "Nothing has begun to run out.")
    if now <= until:
        return Requirement("in_time", met=True, text=f"Open until {_shown(until)}.", until=until)
    return Requirement(
        "in_time",
        met=False,
        text=f"The time to pass this gate ended at {_shown(until)}.",
        who=who,
        next=again,
        until=until,
        code="GATE_EXPIRED",
    )


def met(name: str, text: str) -> Requirement:
    """Return a requirement that holds."""
    return Requirement(name, met=True, text=text)


def _untested(facts: ProductionFacts) -> Requirement:
    """Judge a release without model tests: only where it reaches no production model."""
    if not facts.releases_environment:
        return met("tests", "Not applicable: the merge brings no new environment.")
    if not facts.production_writes:
        text = "Not applicable: no production deployment changes at this merge."
        return met("tests", text)
    return Requirement(
        "tests",
        met=False,
        text=f"{facts.production_writes} production deployments would change untested.",
        who=(facts.conversation.author,),
        next="Pin production in the configs of these circuits, or release them on their own",
    )


def _tests_text(tests: Tests) -> str:
    if tests.state == "none":
        return "The production models have not been tested on this candidate."
    if tests.state == "running":
        return f"The tests are running: {tests.passed} of {tests.total} models passed so far."
    return f"{tests.passed} of {tests.total} production models passed; all must."


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} {moment.tzname() or ''}".rstrip()
