"""What the author declares about a change, and where that disagrees with the verdict.

Class, version and tags are three separate facts (D5). A declaration may be stricter than the
verdict; it may not be looser, and it may not contradict itself.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.environment import EnvironmentSpec
from bot.core.environment_layout import SPEC_PATH
from bot.core.finding import Finding, Impact, Verdict
from bot.core.versioning import Level, free_version, level_between

FINDINGS: Mapping[str, str] = {
    "version_not_raised": "the content changed and the version did not.",
    "version_too_low": "the version rises by less than the verdict asks for.",
    "version_went_backwards": "the version is lower than the one it replaces.",
    "version_used_before": "main had other content under this version; a version never comes back.",
    "class_tag_missing": "the tag `backward_compatible` is missing.",
    "class_tag_disagrees": "the tag `backward_compatible` contradicts the verdict or the version.",
    "retrain_tag_missing": "the tag `requires_retrain` is missing.",
    "retrain_tag_disagrees": "the tag `requires_retrain` contradicts the verdict or the class tag.",
}
"""What `disagreements` can find beside blocking rules, by id."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What `environment.yml` says about the change that it is part of.

    Attributes:
        before: the version of the base; empty where the base has no environment.
        after: the version of the head.
        backward_compatible: the tag's value; None without the tag.
        requires_retrain: as `backward_compatible`.
        lines: where `environment.yml` says what, as in `EnvironmentSpec`.
        used: versions under which main had other content before.
    """

    name: str
    before: str
    after: str
    backward_compatible: bool | None
    requires_retrain: bool | None
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    used: Collection[str] = ()

    @property
    def level(self) -> Level | None:
        """Return by how much the version rises; None if it falls or there was none."""
        return level_between(self.before, self.after) if self.before else None


def declared(
    base: EnvironmentSpec | None, head: EnvironmentSpec, used: Collection[str] = ()
) -> Declaration:
    """Return what `head` declares about the way from `base`, where `used` versions are taken."""
    return Declaration(
        name=head.name,
        before=base.version if base else "",
        after=head.version,
        backward_compatible=_flag(head, "backward_compatible"),
        requires_retrain=_flag(head, "requires_retrain"),
        lines=head.lines,
        used=used,
    )


def disagreements(verdict: Verdict, declaration: Declaration) -> tuple[Finding, ...]:
    """Return what keeps the change from passing: disagreements, then blocking findings.

    An empty answer means that declaration and verdict agree.
    """
    if verdict.verdict == "none":
        found = (*_backwards(declaration), *_used(declaration))
    else:
        found = (*_version(verdict, declaration), *_tags(verdict, declaration))
    return (*found, *verdict.blocking)


def _version(verdict: Verdict, declaration: Declaration) -> Iterator[Finding]:
    if not declaration.before:
        return
    yield from _backwards(declaration)
    yield from _used(declaration)
    level, needed = declaration.level, Level[verdict.required_bump.upper()]
    if level is None or level >= needed:
        return
    required = free_version(declaration.before, needed, declaration.used)
    if level is Level.NONE:
        message = f"the content changed and the version is still {declaration.after}"
        yield _finding("version_not_raised", f"{message}: needs {required}", declaration)
    else:
        versions = f"{declaration.before} → {declaration.after} is a {level.label} version"
        message = f"{versions}, the change asks for a {needed.label} one: needs {required}"
        yield _finding("version_too_low", message, declaration)


def _backwards(declaration: Declaration) -> Iterator[Finding]:
    if declaration.before and declaration.level is None:
        message = f"the version went backwards, {declaration.before} → {declaration.after}"
        yield _finding("version_went_backwards", message, declaration)


def _used(declaration: Declaration) -> Iterator[Finding]:
    after, before, level = declaration.after, declaration.before, declaration.level
    if after not in declaration.used or not level:
        return
    free = free_version(before, level, declaration.used)
    message = f"main had other content as {after} before, and no version comes back: needs {free}"
    yield _finding("version_used_before", message, declaration)


def _tags(verdict: Verdict, declaration: Declaration) -> Iterator[Finding]:
    yield from _class_tag(declaration, breaking=verdict.verdict == "breaking")
    yield from _retrain_tag(verdict, declaration)


def _class_tag(declaration: Declaration, *, breaking: bool) -> Iterator[Finding]:
    tag = declaration.backward_compatible
    if tag is None:
        message = f'tag backward_compatible is missing: set "{_spelt(not breaking)}"'
        yield _finding("class_tag_missing", message, declaration)
    elif breaking and tag:
        message = 'tag backward_compatible is "true", the change is breaking: set "false"'
        yield _finding("class_tag_disagrees", message, declaration)
    elif not breaking and tag is (declaration.level is Level.MAJOR):
        message = _contradiction(declaration, compatible=tag)
        yield _finding("class_tag_disagrees", message, declaration)


def _contradiction(declaration: Declaration, *, compatible: bool) -> str:
    versions = f"{declaration.before} → {declaration.after}".removeprefix(" → ")
    says = "a" if compatible else "no"
    tag = f'tag backward_compatible is "{_spelt(compatible)}"'
    return f"{tag}, but {versions} declares {says} breaking change"


def _retrain_tag(verdict: Verdict, declaration: Declaration) -> Iterator[Finding]:
    tag = declaration.requires_retrain
    if tag is None:
        message = f'tag requires_retrain is missing: set "{_spelt(verdict.requires_retrain)}"'
        yield _finding("retrain_tag_missing", message, declaration)
    elif verdict.requires_retrain and not tag:
        message = 'tag requires_retrain is "false", the change requires it: set "true"'
        yield _finding("retrain_tag_disagrees", message, declaration)
    elif tag and declaration.backward_compatible:
        message = 'tag requires_retrain is "true", but backward_compatible is "true" as well'
        yield _finding("retrain_tag_disagrees", message, declaration)


_PLACES = {
    "class_tag_missing": "tags",
    "class_tag_disagrees": "tags.backward_compatible",
    "retrain_tag_missing": "tags",
    "retrain_tag_disagrees": "tags.requires_retrain",
}


def _finding(rule: str, message: str, declaration: Declaration) -> Finding:
    line = declaration.lines.get(_PLACES.get(rule, "version"), 1)
    return Finding(rule, Impact.NONE, SPEC_PATH, line, message, blocks=True)


def _spelt(value: object) -> str:
    """Return a truth value as tags spell it."""
    return str(value).lower()


def _flag(spec: EnvironmentSpec, tag: str) -> bool | None:
    value = spec.tags.get(tag)
    return None if value is None else value == "true"
