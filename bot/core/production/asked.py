"""What main has asked of one circuit, from one change of it to the next."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from bot.core.history import FileChange
from bot.core.production.deployment import DesiredDeployment


class Blobs(NamedTuple):
    """The blob ids of platform and circuit config at one commit; empty where there is no file."""

    platform: str
    config: str


class Step(NamedTuple):
    """One commit of main that touched the platform, the config, or both."""

    commit: str
    at: datetime
    before: Blobs
    after: Blobs


class Asked(NamedTuple):
    """What main asked of a circuit for a while.

    Attributes:
        commit: the commit of main that began to ask it.
        until: when main began to ask something else; None while it still asks this.
        desired: None where main asked nothing, or nothing that can be read.
    """

    commit: str
    until: datetime | None
    desired: DesiredDeployment | None


class Past:
    """The changes of main's platform and configs, looked up by file."""

    def __init__(self, changes: Iterable[FileChange], platform: str, now: str) -> None:
        """Take the changes newest first, the path of the platform's file, and its blob now.

        Changes of the platform are all there as far back as those of the configs are needed.
        """
        self._platform, self._now = platform, now
        self._of: dict[str, list[tuple[int, FileChange]]] = defaultdict(list)
        for number, change in enumerate(changes):
            self._of[change.path].append((number, change))

    def steps(self, path: str) -> Iterator[Step]:
        """Yield what changed for the circuit whose config is `path`, newest first."""
        platform, config = self._of.get(self._platform, []), self._of.get(path, [])
        after = Blobs(self._now, config[0][1].after if config else "")
        changes = map(itemgetter(1), merge(platform, config, key=itemgetter(0)))
        for (commit, at), together in groupby(changes, key=_made):
            before = after
            for change in together:
                side = "config" if change.path == path else "platform"
                before = before._replace(**{side: change.before})
            yield Step(commit, at, before, after)
            after = before


def _made(change: FileChange) -> tuple[str, datetime]:
    return change.commit, change.at


def asked_of(
    steps: Iterable[Step], desired: Callable[[Blobs], DesiredDeployment | None]
) -> tuple[Asked, ...]:
    """Return what main asked, newest first, `desired` telling what two blobs mean together."""
    found: list[Asked] = []
    until: datetime | None = None
    meaning = lru_cache(maxsize=2)(desired)  # a step ends as the one after it begins
    for step in steps:
        now = meaning(step.after)
        if now != meaning(step.before):
            found.append(Asked(step.commit, until, now))
            until = step.at
    return tuple(found)
