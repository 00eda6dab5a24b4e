"""All that can be said about a pull request from git alone: what it means, and what blocks it."""

from dataclasses import dataclass
from typing import TypeAlias

from bot.core.classification import Classification, compare
from bot.core.classify import Declaration, Finding, Verdict, classify, declared
from bot.core.config.bump import Bump
from bot.core.config.circuit import Fleet, read_fleet
from bot.core.config.follow import follow
from bot.core.config.platform import PATH as PLATFORM
from bot.core.config.platform import Platform, read_platform
from bot.core.config.policy import Policy
from bot.core.config.validate import validate
from bot.core.environment import EnvironmentSpec, candidate_version, env_digest, read_environment
from bot.core.evidence.checklist import EvidenceReport, check_notebook
from bot.core.gates.approval import ReleaseContent
from bot.core.gates.overrides import NO_OVERRIDES, Overrides
from bot.core.older_branch import on_mains_environment
from bot.core.omissions import changelog_omission, tag_omissions
from bot.core.override import EnvironmentChange, Override, overridden
from bot.core.problem import Problem
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.desired import desired_deployments
from bot.core.production.plan_limits import limits_broken_by_merge, limits_of
from bot.core.production.planned_change import (
    PlannedChange,
    actions_digest,
    naming_models,
    planned_changes,
)
from bot.core.refusal import Refusal
from bot.core.ruled import ruled_digest
from bot.core.sources import Sources
from bot.core.tree import Tree
from bot.core.versioning import Level, free_version, same_major
from bot.errors import InvalidFileError


@dataclass(frozen=True, slots=True)
class Review:
    """What one head means for the fleet.

    Attributes:
        before: the environment on main; None where main has none.
        after: the environment at the head; None where it has none, or it cannot be read.
        verdict: the one that counts: `found`, or what an override in force makes of it.
        disagreements: where declaration and verdict differ; empty means that they agree.
        omissions: what is not written about the change and need not be: warnings.
        problems: files that cannot be used; with any of them nothing is edited.
        bump: what the bulk edit would still change at this head; None without a new version.
        planned: what the merge would change in production.
        named_models: the circuits whose model the merge names anew, as it would ask for them.
        broken_limits: what an apply of the merge would refuse as a whole, so far as git can tell.
        found: what the rules say.
        contestable: whether the policy lets people override it.
        base_moved: merging would give another environment than people see at the head (D14).
    """

    sources: Sources
    before: EnvironmentSpec | None
    after: EnvironmentSpec | None
    env_digest: str
    verdict: Verdict
    declaration: Declaration | None
    disagreements: tuple[Finding, ...]
    omissions: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    fleet: Fleet
    bump: Bump | None
    planned: tuple[PlannedChange, ...]
    named_models: tuple[DesiredDeployment, ...]
    broken_limits: tuple[Refusal, ...]
    evidence: EvidenceReport
    found: Verdict
    overrides: Overrides
    contestable: bool
    base_moved: bool

    @property
    def override(self) -> Override | None:
        """Return the override that makes the verdict another one than was found."""
        return self.overrides.in_force if self.verdict != self.found else None

    @property
    def environment_changes(self) -> bool:
        """Tell whether the pull request brings another environment version or content."""
        return self.after is not None and (
            self.before is None
            or self.after.version != self.before.version
            or self.verdict.verdict != "none"
        )

    @property
    def candidate(self) -> str:
        """Return the rc version of the head's content; empty without an environment."""
        return candidate_version(self.after.version, self.env_digest) if self.after else ""

    @property
    def content(self) -> ReleaseContent:
        """Return what an approval of this head is bound to (D13)."""
        return _content(self.sources, self.planned)

    @property
    def target_versions(self) -> frozenset[str]:
        """Return the environment versions that the merge would newly ask of production."""
        labels = (one.after for one in self.planned if one.field in ("circuit", "environment"))
        return frozenset(label.rpartition(":")[2] for label in labels if label)

    @property
    def required_version(self) -> str:
        """Return the version that the verdict asks for; empty where main has no environment."""
        if self.before is None:
            return ""
        used = self.sources.used_by_others(self.env_digest)
        return free_version(self.before.version, Level[self.verdict.required_bump.upper()], used)

    @property
    def is_major(self) -> bool:
        """Tell whether the declared version is of another MAJOR than main's."""
        return bool(
            self.before and self.after and not same_major(self.before.version, self.after.version)
        )

    @property
    def conflicts(self) -> bool:
        """Tell whether main and head cannot be merged as they are."""
        return self.sources.merged is None

    @property
    def can_join(self) -> bool:
        """Tell whether merging needs nobody: at most versions conflict, and a bump sets those."""
        return not self.conflicts or self.sources.joined is not None

    @property
    def agrees(self) -> bool:
        """Tell whether class, version and tags fit together and every file can be used."""
        return not self.disagreements and not self.problems

    @property
    def is_ruled(self) -> bool:
        """Tell whether the merge touches what only people may decide on (D16)."""
        changed = any(path.startswith("environment/") for path in self.sources.paths)
        return changed or bool(self.sources.ruled)

    @property
    def nothing_to_release(self) -> bool:
        """Tell whether the merge changes neither production nor what rules it (D16)."""
        return not (self.planned or self.is_ruled or self.problems or self.conflicts)


def review(
    sources: Sources, platform: Platform, policy: Policy, overrides: Overrides = NO_OVERRIDES
) -> Review:
    """Return the review of a head; policy and platform come from the base branch (D13)."""
    asked = _asked(sources, platform)
    moved = _base_moved(sources, asked, platform)
    sources = on_mains_environment(sources)
    before, _ = _environment(sources.main)
    after, problems = _environment(sources.head)
    digest = _digest(sources.head)
    found = classify(sources.base, sources.head, policy.packages)
    verdict = overridden(found, overrides.in_force)
    compared = _compared(sources, verdict, before, after, policy)
    fleet = read_fleet(sources.head)
    problems = tuple(sorted({*problems, *validate(sources.head, teams=sources.teams).problems}))
    bump, brought = _bump(sources, before, after) if not problems else (None, ())
    asked = _asked(sources, platform)
    planned = planned_changes(*asked)
    return Review(
        sources=sources,
        before=before,
        after=after,
        env_digest=digest,
        verdict=verdict,
        declaration=compared.declaration,
        disagreements=compared.disagreements,
        omissions=compared.omissions,
        problems=(*problems, *brought),
        fleet=fleet,
        bump=bump,
        planned=planned,
        named_models=naming_models(planned, asked[1]),
        broken_limits=()
        if problems
        else limits_broken_by_merge(*asked, limits_of(platform, policy)),
        evidence=_evidence(sources.head, after, digest),
        found=found,
        overrides=overrides,
        contestable=policy.overrides,
        base_moved=moved,
    )


def environment_change(base: Tree, head: Tree) -> EnvironmentChange:
    """Return what an override of the change between these trees would be about."""
    return EnvironmentChange(_digest(base), _digest(head))


def release_content(sources: Sources, platform: Platform) -> ReleaseContent:
    """Return what approving the head of `sources` would be bound to (D13), and nothing more."""
    asked = _asked(sources, platform)
    level = sources if _base_moved(sources, asked, platform) else on_mains_environment(sources)
    return _content(level, planned_changes(*asked))


def _environment(tree: Tree) -> tuple[EnvironmentSpec | None, tuple[Problem, ...]]:
    try:
        return read_environment(tree), ()
    except InvalidFileError as error:
        return None, error.problems


def _digest(tree: Tree) -> str:
    """Return the content's digest; empty where `environment.yml` cannot be read."""
    try:
        return env_digest(tree)
    except InvalidFileError:
        return ""


def _compared(
    sources: Sources,
    verdict: Verdict,
    before: EnvironmentSpec | None,
    after: EnvironmentSpec | None,
    policy: Policy,
) -> Classification:
    if after is None:
        return Classification(verdict, None, ())
    used = sources.used_by_others(_digest(sources.head))
    required = policy.required_notes
    omitted = (
        *tag_omissions(verdict, before, after, required),
        *changelog_omission(before, after, sources.head, required),
    )
    return compare(verdict, declared(before, after, used), omitted)


def _bump(
    sources: Sources, before: EnvironmentSpec | None, after: EnvironmentSpec | None
) -> tuple[Bump | None, tuple[Problem, ...]]:
    """Return what the merge still needs, or what is wrong with circuits that main brings."""
    if before is None or after is None or before.version == after.version:
        return None, ()
    tree, main = sources.result, sources.main
    try:
        return follow(tree, main, to=after.version, from_version=before.version), ()
    except InvalidFileError as error:
        return None, error.problems


_Asked: TypeAlias = tuple[DesiredDeployment, ...]


def _asked(sources: Sources, platform: Platform) -> tuple[_Asked, _Asked]:
    """Return what main asks of production, and what it would ask after the merge."""
    merged = sources.head if sources.merged is None else sources.merged
    after = _platform(merged) or platform
    return _desired(sources.main, platform), _desired(merged, after)


def _platform(tree: Tree) -> Platform | None:
    """Return where the tree's circuits would be deployed; None where it cannot be read."""
    file = tree.get(PLATFORM)
    try:
        return read_platform(file.data) if file else None
    except InvalidFileError:
        return None


def _desired(tree: Tree, platform: Platform) -> _Asked:
    return desired_deployments(read_fleet(tree).circuits.values(), platform)


def _content(sources: Sources, planned: tuple[PlannedChange, ...]) -> ReleaseContent:
    after, _ = _environment(sources.head)
    name, version = (after.name, after.version) if after else ("", "")
    digests = actions_digest(planned), ruled_digest(sources.ruled)
    return ReleaseContent(name, version, _digest(sources.head), *digests)


def _base_moved(sources: Sources, asked: tuple[_Asked, _Asked], platform: Platform) -> bool:
    """Tell whether merging would give another environment than people see at the head.

    A head that leaves `environment/` alone shows none, but in the circuits that it changes: that
    one of them would get what the head does not say of it, nobody there can see.
    """
    if sources.merged is None:
        return False
    if on_mains_environment(sources) is sources:
        return _digest(sources.merged) != _digest(sources.head)
    changed = {change.circuit for change in planned_changes(*asked)}
    own = _desired(sources.head, _platform(sources.head) or platform)
    seen, coming = ([one for one in every if one.circuit in changed] for every in (own, asked[1]))
    return seen != coming


def _evidence(head: Tree, after: EnvironmentSpec | None, digest: str) -> EvidenceReport:
    if after is None:
        return check_notebook(None, environment="", version="", candidate=None)
    notebook = head.get(f"evidence/{after.version}.ipynb")
    return check_notebook(
        notebook.data if notebook else None,
        environment=after.name,
        version=after.version,
        candidate=candidate_version(after.version, digest),
    )
