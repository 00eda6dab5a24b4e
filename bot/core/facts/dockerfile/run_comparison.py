"""What differs between RUN instructions: packages as packages, and all else literally."""

from collections.abc import Hashable, Iterator, Sequence
from typing import TypeAlias

from bot.core.change import Change, Kind
from bot.core.facts.dockerfile.installs import Install, SystemPackage
from bot.core.facts.dockerfile.runs import Run, Step
from bot.core.facts.packages import PackageList, compare_packages

Manner: TypeAlias = tuple[str, ...]
"""A tool and its options; without options the tools are alike."""


def compare_runs(before: Run, after: Run, path: str) -> Iterator[Change]:
    """Yield what differs between two RUN instructions that stand for each other.

    Installations are compared with those that stand between the same other commands.
    """
    if before.steps is None or after.steps is None:
        if before.key != after.key:
            yield _literal(before, after, path)
        return
    was, now = _Stretches(before.steps), _Stretches(after.steps)
    if before.options != after.options or was.others != now.others:
        yield _literal(before, after, path)
        return
    pairs = zip(was.installs, now.installs, strict=True)
    found = [change for pair in pairs for change in compare_installs(*pair, path)]
    yield from found
    if not found and before.housekeeping != after.housekeeping:
        line = after.instruction.line
        yield Change(Kind.INSTALL_HOUSEKEEPING_CHANGED, "RUN", None, None, path, line)


class _Stretches:
    """The steps of a RUN: `others` install nothing, `installs` are before and after each."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.others: list[Hashable] = []
        self.installs: list[list[Step]] = [[]]
        for step in steps:
            if step.is_install:
                self.installs[-1].append(step)
            else:
                self.others.append(step.key)
                self.installs.append([])


def compare_installs(before: Sequence[Step], after: Sequence[Step], path: str) -> Iterator[Change]:
    """Yield what differs between the packages that two lists of steps install."""
    was, now = _by_manner(before), _by_manner(after)
    for manner in sorted(was.keys() | now.keys()):
        old, new = was.get(manner, []), now.get(manner, [])
        yield from compare_packages(_listed(old, path), _listed(new, path))
        yield from _system_packages(old, new, path)
        if manner and not (old and new):
            yield _manner(manner, before, after, path)
    if was.keys() == now.keys() and list(was) != list(now):
        line = next(step.install.line for step in after if step.install)
        kind = Kind.PACKAGES_REORDERED_UNPINNED
        yield Change(kind, "order of installations", None, None, path, line)


def _literal(before: Run, after: Run, path: str) -> Change:
    line = after.instruction.line
    return Change(Kind.RUN_CHANGED, "RUN", before.shown, after.shown, path, line)


def _listed(installs: Sequence[Install], path: str) -> PackageList:
    return PackageList(path, [package for install in installs for package in install.packages])


def _by_manner(steps: Sequence[Step]) -> dict[Manner, list[Install]]:
    found: dict[Manner, list[Install]] = {}
    for step in steps:
        if step.install:
            found.setdefault(_manner_of(step.install), []).append(step.install)
    return found


def _manner_of(install: Install) -> Manner:
    return (install.tool, *install.options) if install.options else ()


def _manner(manner: Manner, before: Sequence[Step], after: Sequence[Step], path: str) -> Change:
    """Return the change of options that only one side installs with."""
    is_added = any(step.install and _manner_of(step.install) == manner for step in after)
    steps = after if is_added else before
    line = next(i.line for step in steps if (i := step.install) and _manner_of(i) == manner)
    tool, text = manner[0], " ".join(manner[1:])
    kind = Kind.RUN_CHANGED if tool == "system" else Kind.PIP_OPTION_CHANGED
    texts = (None, text) if is_added else (text, None)
    return Change(kind, f"options of {tool}", texts[0], texts[1], path, line)


def _system_packages(
    before: Sequence[Install], after: Sequence[Install], path: str
) -> Iterator[Change]:
    was, now = ({p.name: p for i in found for p in i.system} for found in (before, after))
    for name in sorted(was.keys() | now.keys()):
        old, new = was.get(name), now.get(name)
        if old and new and old.version == new.version:
            continue
        texts = [_version(package) for package in (old, new)]
        line = next(package.line for package in (new, old) if package)
        yield Change(Kind.SYSTEM_PACKAGE_CHANGED, name, texts[0], texts[1], path, line)


def _version(package: SystemPackage | None) -> str | None:
    return (package.version or "any version") if package else None
