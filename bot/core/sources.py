"""The trees that a review compares."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.core.config.version_conflict import Joined
from bot.core.tree import File, Tree

PREFIXES = ("CHANGELOG.md", "config", "environment", "evidence")
"""What a review reads of a commit."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The trees a review compares, and the paths that differ between `base` and `head`.

    Attributes:
        base: the commit that head left main at.
        main: main as it is now.
        merged: what merging head into main would give; None where that conflicts.
        joined: the same, or what it becomes once the versions that both sides set are settled; None
            where people must merge.
        conflicts: the paths in which people must merge, sorted.
        ruled: what the merge would change beside environment, circuits and documents, by path; None
            for a file that would be gone. Nothing of it passes without people (D16).
        past: the versions that main had before, each with the `env_digest` of its contents.
        teams: whether the policy may name teams, since their members can be read.
    """

    base: Tree
    main: Tree
    head: Tree
    merged: Tree | None
    paths: tuple[str, ...]
    ruled: Mapping[str, File | None] = field(default_factory=dict)
    joined: Joined | None = None
    conflicts: tuple[str, ...] = ()
    past: Mapping[str, Collection[str]] = field(default_factory=dict)
    teams: bool = False

    def used_by_others(self, digest: str) -> frozenset[str]:
        """Return the versions under which main had other content than this `env_digest`."""
        return frozenset(version for version, had in self.past.items() if digest not in had)

    @property
    def result(self) -> Tree:
        """Return what a merge would give, as far as it can be told: otherwise the head."""
        if self.joined is not None:
            return self.joined.tree
        return self.head if self.merged is None else self.merged
