"""What a version in a registry was copied from, where Azure itself no longer tells (D7).

A registry may drop tags and other fields of what is shared with it, and what is left need not
tell its content. So the hop writes down, before it copies, which version of dev it takes. The
record lies in `refs/envbot/sources/<registry>/<environment>/<version>`, which any writer can
rewrite: whatever rests on it is shown as not comparable, never as equal.
"""

import msgspec

from bot.core.canonical import readable_json

FILE = "source.json"


class SourceRecord(msgspec.Struct, frozen=True):
    """What one copy was made from.

    Attributes:
        source: the id of the version in dev.
        env_digest: the content of that version.
    """

    source: str
    env_digest: str


def ref_of(registry: str, environment: str, version: str) -> str:
    """Return the ref that holds the record of one version of a registry."""
    return f"refs/envbot/sources/{registry}/{environment}/{version}"


def to_json(record: SourceRecord) -> bytes:
    """Return the record as canonical JSON: the same record gives the same bytes."""
    return readable_json(record)


def from_json(data: bytes) -> SourceRecord | None:
    """Return the record, or None for bytes that are none: nothing is then known."""
    try:
        return msgspec.json.decode(data, type=SourceRecord)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
