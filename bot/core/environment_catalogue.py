"""Which versions of the environment there are, and which of them production could run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.environment import RegisteredEnvironment
from bot.core.versioning import Version, parse_version

COMPATIBLE_TAG = "backward_compatible"
_CANDIDATE = "-rc."


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One version, wherever it is.

    Attributes:
        places: where it is, such as `dev` and `registry`.
        archived: where it is hidden from lists.
        tags: those of its first place in `places`.
        circuits: how many circuits run it in production.
        compatible: it can take the place of every version of its MAJOR that production runs;
            None where production runs none of them.
    """

    version: str
    places: tuple[str, ...]
    archived: tuple[str, ...]
    tags: Mapping[str, str]
    circuits: int
    compatible: bool | None


@dataclass(frozen=True, slots=True)
class _Found:
    version: str
    number: Version
    copies: tuple[RegisteredEnvironment, ...]
    archived: tuple[str, ...]

    @property
    def is_final(self) -> bool:
        return _CANDIDATE not in self.version

    @property
    def says_compatible(self) -> bool:
        """Tell whether the tags say so: what is not said is not promised."""
        return all(copy.tags.get(COMPATIBLE_TAG) == "true" for copy in self.copies)


def catalogue(
    visible: Iterable[RegisteredEnvironment],
    hidden: Iterable[RegisteredEnvironment],
    running: Mapping[str, int],
) -> tuple[CatalogueEntry, ...]:
    """Return one entry a version, the newest first; what is no version of ours is left out.

    A version is compatible with one that production runs when it is the same, or when it and every
    final version in between, all of one MAJOR, is tagged `backward_compatible: "true"`: the tag
    compares a version with the one before it. `running` counts circuits by version.
    """
    found = _found(visible, hidden)
    finals = [one for one in found if one.is_final]
    in_use = {text: number for text in running if (number := _number(text)) is not None}
    entries = [
        CatalogueEntry(
            one.version,
            tuple(copy.place for copy in one.copies),
            one.archived,
            one.copies[0].tags,
            running.get(one.version, 0),
            _compatible(one, in_use, finals),
        )
        for one in found
    ]
    return tuple(entries)


def _found(
    visible: Iterable[RegisteredEnvironment], hidden: Iterable[RegisteredEnvironment]
) -> list[_Found]:
    copies: dict[str, list[RegisteredEnvironment]] = {}
    archived: dict[str, list[str]] = {}
    for one in visible:
        copies.setdefault(one.version, []).append(one)
    for one in hidden:
        copies.setdefault(one.version, []).append(one)
        archived.setdefault(one.version, []).append(one.place)
    found = [
        _Found(version, number, tuple(those), tuple(archived.get(version, ())))
        for version, those in copies.items()
        if (number := _number(version)) is not None
    ]
    # A candidate stands below the version that it may become.
    return sorted(found, key=lambda one: (one.number, one.is_final, one.version), reverse=True)


def _number(version: str) -> Version | None:
    try:
        return parse_version(version.partition(_CANDIDATE)[0])
    except ValueError:
        return None


def _compatible(
    one: _Found, in_use: Mapping[str, Version], finals: Sequence[_Found]
) -> bool | None:
    of_major = {text: used for text, used in in_use.items() if used.major == one.number.major}
    if not of_major:
        return None
    return all(
        text == one.version or _follows(one, used, finals) for text, used in of_major.items()
    )


def _follows(one: _Found, used: Version, finals: Sequence[_Found]) -> bool:
    between = [other for other in finals if used < other.number < one.number]
    return used < one.number and all(step.says_compatible for step in (one, *between))
