"""Versions that main was taken back from: whoever asks for one again has to say so."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.refusal import Refusal
from bot.core.versioning import Version, parse_version


@dataclass(frozen=True, slots=True)
class Asked:
    """What a head asks main to run.

    Attributes:
        main: main's version of the environment.
        versions: the versions that it asks for.
        env_digest: of the environment that it brings; empty where it brings none.
    """

    main: str
    versions: Collection[str]
    env_digest: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The commit of main that took a version back.

    Attributes:
        pull: its pull request; None for a direct push.
        at: when that was merged, by GitHub's clock.
    """

    version: str
    commit: str
    pull: int | None = None
    at: datetime | None = None


def withdrawn_versions(asked: Asked, past: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Return the versions above main's that main has had and that are asked for, highest first.

    The same content under another version counts as that version: its number was not what failed.

    Args:
        asked: what the head asks for.
        past: the versions that main has had, each with the `env_digest` of its contents.
    """
    main = _order(asked.main)
    if main is None:
        return ()
    found = {
        order: version
        for version in _meant(asked, past)
        if (order := _order(version)) is not None and order > main
    }
    return tuple(found[order] for order in sorted(found, reverse=True))


def asks_for_more(asked: Asked) -> bool:
    """Tell whether a version above main's is asked for: only such a one can have been withdrawn."""
    main = _order(asked.main)
    orders = (_order(version) for version in asked.versions)
    return main is not None and any(order is not None and order > main for order in orders)


def is_withdrawal(before: str, version: str, after: str) -> bool:
    """Tell whether a commit that moved main from `before` to `after` took `version` back."""
    old, taken, new = _order(before), _order(version), _order(after)
    return old is not None and taken is not None and new is not None and old >= taken > new


def refuse_withdrawn(found: Withdrawal, again: str) -> Refusal:
    """Return what keeps a head from asking for a withdrawn version; `again` is what it calls it."""
    by = f"#{found.pull}" if found.pull else f"commit {found.commit[:7]}"
    fact = f"{by} took main back from it." + (
        f" {again} has the same content." if again != found.version else ""
    )
    return Refusal(
        code="VERSION_ROLLED_BACK",
        headline=f"{found.version} was rolled back, and is asked for again",
        facts=(fact,),
        resolver="anyone with write access",
        next=f"Mend it under a new version; or, if it is meant, say so with `/bump {again}`",
    )


def _meant(asked: Asked, past: Mapping[str, Collection[str]]) -> Iterator[str]:
    for version, digests in past.items():
        if version in asked.versions or (asked.env_digest and asked.env_digest in digests):
            yield version


def _order(version: str) -> Version | None:
    try:
        return parse_version(version)
    except ValueError:
        return None
