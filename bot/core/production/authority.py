"""Whether an approval of exactly that content explains each production write (D14).

The merge alone is no authority: an administrator can merge past a red status, anybody with write
access can set a green one, and a push needs no pull request. So apply asks again, action by action,
with the gate evaluated as of the merge.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.core.gates.approval import ReleaseContent
from bot.core.gates.gate import Gate
from bot.core.production.parts import Part

_PASSING = frozenset({"production", "rollback"})


@dataclass(frozen=True, slots=True)
class Explanation:
    """The pull request that last changed a circuit's desired values on main.

    Attributes:
        pull: its number; None when the commit belongs to no pull request.
        commit: the commit of main that made the change.
        merged: GitHub says that it was merged as that commit.
        gate: its gate as of the merge; None when it had none.
        approved: the content of its head, which the gate's approvals are bound to.
        content: what the commit on main releases.
    """

    pull: int | None
    commit: str
    merged: bool
    gate: Gate | None
    approved: ReleaseContent | None
    content: ReleaseContent | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one part of what is desired comes from.

    Attributes:
        explanation: of the commit that last changed it.
        objection: why that merge authorises nothing although its gate held; empty if nothing is
            wrong.
    """

    part: Part
    explanation: Explanation
    objection: str = ""


@dataclass(frozen=True, slots=True)
class Environments:
    """Which content stands behind the versions.

    Attributes:
        main_version: the version that main's `environment/` declares.
        main_digest: the env_digest of main's `environment/`.
        promoted: every version in the registry → its env_digest, None where none was recorded, as
            for versions older than the bot.
    """

    main_version: str
    main_digest: str
    promoted: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Authorised:
    """The action may be written; `pull` explains it."""

    pull: int


@dataclass(frozen=True, slots=True)
class Unapproved:
    """The action is not written.

    Attributes:
        reason: one sentence.
        remedy: what somebody can do, one sentence.
    """

    reason: str
    remedy: str


Decision: TypeAlias = Authorised | Unapproved

_OPEN_A_PULL = (
    "Open a pull request that changes the circuit's config, and have it approved; "
    "or revert the commit."
)
_BRING_BACK = "Open a pull request that releases what environment/ holds as a version of its own."


def decide(
    explanation: Explanation | None,
    version: str,
    environments: Environments,
    origins: Iterable[Origin] = (),
) -> Decision:
    """Return whether an action that puts `version` into production has authority.

    Each part that the action would change must have been approved where it comes from: an approval
    is of what a pull request changed, not of what somebody had pushed beside it.

    Args:
        explanation: of the newest change; None when no commit of main's history is known to have
            set the values.
        version: the environment version that would run.
        environments: which content stands behind the versions.
        origins: where the parts come from that the action would change.
    """
    if explanation is None:
        return Unapproved("No commit of main explains the desired value.", _OPEN_A_PULL)
    behind = {one.part: one for one in origins}
    flaws = (flaw for one in behind.values() if (flaw := _why_not_from_there(one)))
    flaw = next(flaws, "") or why_not_approved(explanation)
    if flaw or explanation.pull is None:
        return Unapproved(flaw, _OPEN_A_PULL)
    released = behind[Part.VERSION].explanation if Part.VERSION in behind else explanation
    # A rollback returns environment/ to a tree that main had, which its gate has established.
    restores = released.gate is not None and released.gate.stage == "rollback"
    mismatch = (
        _other_content(explanation, version, environments)
        or _other_content(released, version, environments)
        or _mismatch(version, environments, needs_digest=not restores)
    )
    if mismatch:
        return Unapproved(mismatch, _BRING_BACK)
    return Authorised(explanation.pull)


def _why_not_from_there(origin: Origin) -> str:
    """Return why a part may not come from where it does, and from where; empty if it may."""
    flaw = why_not_approved(origin.explanation) or origin.objection
    if not flaw:
        return ""
    commit = origin.explanation.commit[:12]
    return f"The {origin.part} comes from commit {commit}, which is not approved. {flaw}"


def why_not_approved(explanation: Explanation) -> str:
    """Return why a commit of main has no valid approval of what it brought; empty if it has."""
    if explanation.pull is None or not explanation.merged:
        return f"Commit {explanation.commit[:12]} reached main without a merged pull request."
    pull, gate = f"pull request {explanation.pull}", explanation.gate
    if gate is None or gate.stage not in _PASSING:
        return f"For {pull} there was no gate to production."
    if not gate.holds:
        missing = " ".join(requirement.text for requirement in gate.missing)
        return f"The {gate.stage} gate of {pull} did not hold when it was merged. {missing}"
    if explanation.approved is None or explanation.content is None:
        return f"What was approved in {pull} cannot be computed any more."
    if explanation.approved != explanation.content:
        return f"The merge of {pull} brought other content than was approved."
    return ""


def _other_content(explanation: Explanation, version: str, environments: Environments) -> str:
    """Return why the version is not what this merge approved; empty if it is, or brought none."""
    approved, promoted = explanation.approved, environments.promoted.get(version)
    if approved is None or approved.version != version or promoted is None:
        return ""
    if promoted == approved.env_digest:
        return ""
    return f"What the registry has as {version} is not what was approved."


def _mismatch(version: str, environments: Environments, *, needs_digest: bool) -> str:
    """Return why the version is not the content that was tested; empty if it is."""
    if version not in environments.promoted:
        return f"Version {version} is not in the registry."
    promoted = environments.promoted[version]
    if version != environments.main_version or promoted == environments.main_digest:
        return ""
    if promoted is None:
        reason = f"What was promoted as {version} has no recorded content to compare."
        return reason if needs_digest else ""
    return f"environment/ on main is not what was promoted as {version}."
