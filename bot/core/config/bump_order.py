"""What a bump does to a circuit, decided by the versions that the circuit has."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.core.config.layout import PRODUCTION_VERSION, TRAINING_VERSION
from bot.core.versioning import parse_version


class ValueEdit(NamedTuple):
    """A value that changes; `before` None means that the key is new."""

    key_path: tuple[str, str]
    before: str | None
    after: str


class Decision(NamedTuple):
    """What happens to every circuit with the same versions.

    Attributes:
        edits: in the order of the fields.
        left: the versions that make it an outlier, sorted.
    """

    edits: tuple[ValueEdit, ...]
    left: tuple[str, ...]

    @property
    def is_about(self) -> bool:
        """Tell whether there is anything to say about such a circuit."""
        return bool(self.edits or self.left)

    @property
    def moved(self) -> dict[tuple[str, str], str]:
        """Return the new versions of the keys that are there."""
        return {edit.key_path: edit.after for edit in self.edits if edit.before is not None}

    @property
    def added(self) -> dict[tuple[str, str], str]:
        """Return the versions of the keys that are new."""
        return {edit.key_path: edit.after for edit in self.edits if edit.before is None}


@dataclass(frozen=True, slots=True)
class Order:
    """What moves: the version `only`, or without one every version of `major`."""

    to: str
    only: str | None
    major: int

    def decide(self, training: str, pin: str | None) -> Decision:
        """Return what happens to a circuit with these versions."""
        crosses = self.major != _major(self.to)
        fields = [(TRAINING_VERSION, training)]
        if pin is not None and not crosses:
            fields.append((PRODUCTION_VERSION, pin))
        edits = [ValueEdit(key, one, self.to) for key, one in fields if self._moves(one)]
        if edits and crosses and pin is None:
            edits.append(ValueEdit(PRODUCTION_VERSION, None, training))
        left = {one for _, one in fields if self._leaves_behind(one)}
        return Decision(tuple(edits), tuple(sorted(left)))

    def _moves(self, version: str) -> bool:
        if version == self.to:
            return False
        return version == self.only if self.only else _major(version) == self.major

    def _leaves_behind(self, version: str) -> bool:
        is_near = _major(version) == self.major and version != self.to
        return is_near and not self._moves(version)


def moving_major(versions: Iterable[str], to: str, from_version: str | None) -> int:
    """Return the MAJOR whose versions move: that of `from_version`, else that of `to`.

    Where no version has the latter, it is the highest below it.
    """
    target = _major(to)
    if from_version is not None:
        return _major(from_version)
    majors = set(map(_major, versions))
    if target in majors:
        return target
    return max((major for major in majors if major < target), default=target)


# A fleet has few versions, and many circuits that have them.
@lru_cache(256)
def _major(version: str) -> int:
    return parse_version(version).major
