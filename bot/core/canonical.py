"""One byte sequence for one meaning, so that digests of values can be compared."""

import hashlib

import msgspec


def canonical_json(value: object) -> bytes:
    """Return `value` as compact JSON with sorted keys, in UTF-8."""
    return msgspec.json.encode(value, order="deterministic")


def readable_json(value: object) -> bytes:
    """Return the same indented, with a line break at the end, for a file that people open."""
    return msgspec.json.format(canonical_json(value), indent=2) + b"\n"


def digest(value: object) -> str:
    """Return the sha256 of `value`'s canonical JSON: 64 hex digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
