"""What the cloud jobs did for one version: a pointer for displays, never evidence for a gate.

The record lives in `refs/envbot/promotions/<environment>/<version>`, which any writer can rewrite
(D2). Jobs that hold an Azure identity therefore ask Azure again before they act on it.
"""

from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec

from bot.core.canonical import readable_json

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]

FILE = "promotion.json"


class TestRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the test of all models ended, and under which job it can be looked up."""

    __test__ = False  # the name is the domain's; this is no test class

    job: str
    passed: int
    total: int
    failed: tuple[str, ...]
    ended_at: Moment


class PromotionRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """The furthest that one content (`env_digest`) of one version has come.

    Attributes:
        candidate: the rc version that was shared.
        promoted_by: the login that asked for it.
        promoted_at: when it was readable in the registry.
        test: the verdict over all models, once there is one.
        final_id: the id of the final version in the registry, once shared and read back.
        tags: those of the candidate that the registry's copy does not have, or has cut.
        not_comparable: why the copy could not be compared with the candidate; empty if it is equal.
    """

    environment: str
    version: str
    env_digest: str
    candidate: str
    promoted_by: str
    promoted_at: Moment
    test: TestRecord | None = None
    final_id: str = ""
    tags: dict[str, str] = {}
    not_comparable: str = ""


def ref_of(environment: str, version: str) -> str:
    """Return the ref that holds the record of one version."""
    return f"refs/envbot/promotions/{environment}/{version}"


def to_json(record: PromotionRecord) -> bytes:
    """Return the record as canonical JSON: the same record gives the same bytes."""
    return readable_json(record)


def from_json(data: bytes) -> PromotionRecord | None:
    """Return the record, or None for bytes that are none: a display then shows less."""
    try:
        return msgspec.json.decode(data, type=PromotionRecord)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
