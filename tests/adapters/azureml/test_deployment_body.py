"""Bodies of deployments as Azure may write them: with nulls, and with times of any zone."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.adapters.azureml.deployment_body import to_live
from bot.core.production.deployment import RELEASE_TAG
from bot.core.production.drift import why_drifted

BODY: dict[str, Any] = {
    "id": "/subscriptions/s/x",
    "name": "deployment",
    "tags": {RELEASE_TAG: "4f1c9e2b77aa", "owner": "ann"},
    "systemData": {
        "lastModifiedAt": "2026-03-01T12:00:00Z",
        "lastModifiedBy": "Ann",
        "lastModifiedByType": "User",
    },
    "properties": {
        "environmentId": "azureml://registries/r/environments/e/versions/1.0.0",
        "provisioningState": "Succeeded",
        "model": {"referenceType": "Id", "assetId": "/subscriptions/s/models/m/versions/1"},
        "codeConfiguration": {"codeId": "/subscriptions/s/codes/c", "scoringScript": "driver.py"},
        "resources": {"instanceCount": 1, "properties": {"shape": {"cores": 4}}},
        "retrySettings": {"maxRetries": 3, "timeout": "PT30S"},
        "environmentVariables": {"A": "b"},
    },
}


def places(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every value in a body, those of objects too."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield (*path, name)
            yield from places(item, (*path, name))


def with_null(path: tuple[str, ...]) -> dict[str, Any]:
    body = copy.deepcopy(BODY)
    holder = body
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = None
    return body


@pytest.mark.parametrize("path", [pytest.param(one, id=".".join(one)) for one in places(BODY)])
def test_a_null_anywhere_is_read_and_compared_with_main(path: tuple[str, ...]) -> None:
    live = to_live("endpoint", with_null(path))

    assert why_drifted(live, (), whole=True)
    assert all(isinstance(value, str) for value in live.tags.values())
    assert json.dumps(live.our_tags)


def test_a_tag_that_is_null_is_an_empty_text_and_the_others_stay() -> None:
    assert to_live("endpoint", with_null(("tags", RELEASE_TAG))).tags == {
        RELEASE_TAG: "",
        "owner": "ann",
    }


@pytest.mark.parametrize(
    ("written", "at"),
    [
        pytest.param("2026-03-01T12:00:00", datetime(2026, 3, 1, 12, tzinfo=UTC), id="no zone"),
        pytest.param(
            "2026-03-01T12:00:00-05:00", datetime(2026, 3, 1, 17, tzinfo=UTC), id="another zone"
        ),
        pytest.param("9999-12-31T23:59:59-05:00", None, id="after the last year of UTC"),
        pytest.param("0001-01-01T00:00:00+05:00", None, id="before the first year of UTC"),
    ],
)
def test_the_time_of_a_write_is_in_utc_or_unknown(written: str, at: datetime | None) -> None:
    body = {"name": "x", "systemData": {"lastModifiedAt": written}}

    found = to_live("endpoint", body).last_write

    assert (found and found.at) == at
    assert found is None or found.at.tzinfo is UTC
