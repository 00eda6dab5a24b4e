"""What the gates are evaluated on: values that somebody fetched, and nothing that decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.core.evidence.evidence_run import EvidenceRun
from bot.core.gates.approval import Conversation

EvidenceDecision: TypeAlias = Literal["complete", "incomplete", "errors", "missing"]
TestsState: TypeAlias = Literal["none", "running", "passed", "failed", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Pull:
    """The pull request as a gate sees it.

    Attributes:
        agrees: the declared class, version and tags agree with what was found.
        overlaps: numbers of other pull requests that move the same circuits or target.
    """

    draft: bool
    from_fork: bool
    agrees: bool
    overlaps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gave the command that passes the gate, and when."""

    login: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tests:
    """How the test of every production model stands.

    `not_applicable` is the build-and-import job of a MAJOR version that ended well, or a pull
    request without a new environment.

    Attributes:
        ended_at: when the verdict was there, by Azure's clock; approvals count after it.
        passed: how many models have a result that passed.
        total: how many production models there are.
    """

    __test__ = False  # the name is the domain's; this is no test class

    state: TestsState
    ended_at: datetime | None = None
    passed: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """What the registry gate depends on.

    Attributes:
        candidate: the rc version in dev whose content is the head's; None before there is one.
        opened_at: when everything but the approval was there; None before. A later `/evidence`
            moves it.
        giver: whoever typed `/promote registry`, when that is being decided; the command is an
            approval.
        shared_as: the version under which it is in the registry already; the gate is then passed.
        run: how the run of the notebook stands; None where the policy asks for none.
    """

    conversation: Conversation
    pull: Pull
    candidate: str | None
    evidence: EvidenceDecision
    opened_at: datetime | None
    giver: Giver | None = None
    shared_as: str | None = None
    run: EvidenceRun | None = None


@dataclass(frozen=True, slots=True)
class ProductionFacts:
    """What the production gate depends on.

    Attributes:
        releases_environment: whether the merge brings a new environment version; a change of
            configs alone needs neither evidence nor candidate.
        in_registry: the head's candidate reads back from the registry.
        production_writes: how many deployments the merge would change.
        promoters: who may type `/promote registry` and `/retry`; only named, never asked here.
        run: how the run of the notebook stands; None where the policy asks for none.
    """

    conversation: Conversation
    pull: Pull
    releases_environment: bool
    evidence: EvidenceDecision
    in_registry: bool
    tests: Tests
    production_writes: int
    promoters: tuple[str, ...] = ()
    run: EvidenceRun | None = None


@dataclass(frozen=True, slots=True)
class RollbackFacts:
    """What the rollback gate depends on.

    Attributes:
        restores: the commit of main that the pull request returns to.
        opened_at: when it was opened, or opened again.
    """

    conversation: Conversation
    pull: Pull
    restores: str
    opened_at: datetime
