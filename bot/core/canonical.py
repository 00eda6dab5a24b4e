"""One byte sequence for one meaning, so that digests of values can be compared."""

import hashlib

import msgspec


def canonical_json(value: object) -> bytes:
    """Return `value` as compact JSON with sorted keys, in UTF-8."""
    return msgspec.json.encode(value, order="deterministic")


def digest(value: object) -> str:
    """Return the sha256 of `value`'s canonical JSON: 64 hex digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
