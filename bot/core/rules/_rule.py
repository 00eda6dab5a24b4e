"""The shape of a rule, and the questions that rules ask about a change."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from bot.core.change import Change, Kind
from bot.core.finding import Impact
from bot.core.package_groups import Group, Packages, group_of

Matcher: TypeAlias = Callable[[Change, Packages], bool]


class Rule(NamedTuple):
    """A named judgement about one kind of change.

    Attributes:
        id: `<subject>_<what_happened>`; public, and never used again for something else.
        requires_retrain: whether models trained before the change must be trained anew.
        summary: what the rule detects, one sentence in the past tense.
        why: why it has this impact: the docstring of the rule's file.
        remedy: what to do about it, an imperative sentence.
        blocks: whether the change may not pass, whatever its impact.
        warns: whether it is about the environment as it stands instead of a change of it.
    """

    id: str
    impact: Impact
    requires_retrain: bool
    summary: str
    why: str | None
    remedy: str
    matches: Matcher
    blocks: bool = False
    warns: bool = False


def of_kind(kind: Kind) -> Matcher:
    """Return the question whether a change is of this kind."""

    def matches(change: Change, _: Packages) -> bool:
        return change.kind is kind

    return matches


def of_package(kind: Kind, *groups: Group) -> Matcher:
    """Return the question whether this happened to a package of one of these groups."""

    def matches(change: Change, packages: Packages) -> bool:
        return change.kind is kind and group_of(change.subject, packages) in groups

    return matches


def any_of(*matchers: Matcher) -> Matcher:
    """Return the question whether one of several matches."""

    def matches(change: Change, packages: Packages) -> bool:
        return any(matcher(change, packages) for matcher in matchers)

    return matches
