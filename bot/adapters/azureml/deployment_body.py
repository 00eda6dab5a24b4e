"""The JSON of a batch deployment: what it says, and what a write through the SDK would lose."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Literal

from azure.ai.ml.entities import (
    BatchRetrySettings,
    CodeConfiguration,
    ModelBatchDeployment,
    ModelBatchDeploymentSettings,
    ResourceConfiguration,
)

from bot.core.canonical import digest
from bot.core.production.deployment import LastWrite, LiveDeployment
from bot.core.tag_limits import tag_texts

# The fields that azure-ai-ml sends again, by the object they stand in. `…` marks maps whose keys
# are the user's. Everything else that holds a value would be lost: `sku`, `identity`, `kind` and
# whatever the service adds in later versions.
_CARRIED: Mapping[str, frozenset[str]] = {
    "": frozenset({"id", "name", "type", "location", "tags", "properties", "systemData", "etag"}),
    "properties": frozenset(
        {
            "codeConfiguration",
            "compute",
            "description",
            "environmentId",
            "environmentVariables",
            "errorThreshold",
            "loggingLevel",
            "maxConcurrencyPerInstance",
            "miniBatchSize",
            "model",
            "outputAction",
            "outputFileName",
            "properties",
            "provisioningState",
            "resources",
            "retrySettings",
        }
    ),
    "properties.codeConfiguration": frozenset({"codeId", "scoringScript"}),
    "properties.model": frozenset({"referenceType", "assetId"}),
    "properties.resources": frozenset({"instanceCount", "instanceType", "properties"}),
    "properties.retrySettings": frozenset({"maxRetries", "timeout"}),
}
_SECONDS = re.compile(r"PT(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?")
_NOT_THE_REST = frozenset({"id", "name", "type", "tags", "systemData", "etag"})
_NOT_THE_REST_EITHER = frozenset({"environmentId", "model", "provisioningState"})


def to_live(endpoint: str, body: Mapping[str, Any]) -> LiveDeployment:
    """Return what the body of one deployment under `endpoint` says."""
    properties = body.get("properties") or {}
    kind: Literal["model", "component"] = (
        "component" if properties.get("deploymentConfiguration") else "model"
    )
    return LiveDeployment(
        endpoint=endpoint,
        deployment=str(body.get("name", "")),
        environment_id=properties.get("environmentId"),
        model_id=(properties.get("model") or {}).get("assetId"),
        tags=tag_texts(body.get("tags")),
        provisioning_state=str(properties.get("provisioningState") or ""),
        kind=kind,
        rest_digest=_rest_digest(body),
        unsupported_fields=tuple(sorted(_lost_fields(body))) if kind == "model" else (),
        last_write=_last_write(body.get("systemData") or {}),
    )


def _last_write(system: Mapping[str, Any]) -> LastWrite | None:
    """Return what ARM records of the last write; None where it lacks the time or the form."""
    with suppress(OverflowError, TypeError, ValueError):
        at = datetime.fromisoformat(system.get("lastModifiedAt") or "")
        by, kind = system.get("lastModifiedBy") or "", system.get("lastModifiedByType")
        in_utc = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        return LastWrite(in_utc, str(by), kind == "User")
    return None


def to_entity(
    live: LiveDeployment,
    body: Mapping[str, Any],
    *,
    environment_id: str,
    model_id: str | None,
    tags: Mapping[str, str],
) -> ModelBatchDeployment:
    """Return the SDK's entity for a full PUT: `body` with only these three values replaced.

    It is built from the very body that was compared with the plan, so that nothing can move
    between that comparison and the write. Callers refuse bodies with unsupported fields first.
    """
    properties = body["properties"]
    code = properties.get("codeConfiguration")
    return ModelBatchDeployment(
        name=live.deployment,
        endpoint_name=live.endpoint,
        description=properties.get("description"),
        tags=dict(tags),
        properties=properties.get("properties"),
        environment=environment_id,
        model=model_id,
        compute=properties.get("compute"),
        resources=_resources(properties.get("resources")),
        code_configuration=code and CodeConfiguration(code["codeId"], code.get("scoringScript")),
        settings=_settings(properties),
    )


def _settings(properties: Mapping[str, Any]) -> ModelBatchDeploymentSettings:
    retry = properties.get("retrySettings")
    return ModelBatchDeploymentSettings(
        mini_batch_size=properties.get("miniBatchSize"),
        max_concurrency_per_instance=properties.get("maxConcurrencyPerInstance"),
        output_action=properties.get("outputAction"),
        output_file_name=properties.get("outputFileName"),
        retry_settings=retry
        and BatchRetrySettings(
            max_retries=retry.get("maxRetries"), timeout=seconds(retry.get("timeout"))
        ),
        environment_variables=properties.get("environmentVariables"),
        error_threshold=properties.get("errorThreshold"),
        logging_level=properties.get("loggingLevel"),
    )


def _resources(resources: Mapping[str, Any] | None) -> ResourceConfiguration | None:
    if resources is None:
        return None
    return ResourceConfiguration(
        instance_count=resources.get("instanceCount"),
        instance_type=resources.get("instanceType"),
        properties=resources.get("properties"),
    )


def seconds(duration: str | None) -> int | None:
    """Return the number of seconds of an ISO 8601 duration of whole hours, minutes and seconds."""
    found = _SECONDS.fullmatch(duration or "")
    if not found:
        return None
    parts = {name: int(value or 0) for name, value in found.groupdict().items()}
    return parts["hours"] * 3600 + parts["minutes"] * 60 + parts["seconds"]


def _lost_fields(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the dotted names of fields with a value that would not survive the write."""
    for path, carried in _CARRIED.items():
        holder = _at(body, path)
        for name in holder.keys() - carried:
            if _has_value(holder[name]):
                yield f"{path}.{name}" if path else name
    yield from _lost_values(body.get("properties") or {})


def _lost_values(properties: Mapping[str, Any]) -> Iterator[str]:
    """Yield the carried fields whose value the SDK would turn into another one."""
    reference = (properties.get("model") or {}).get("referenceType", "Id")
    if reference != "Id":
        yield "properties.model.referenceType"
    timeout = (properties.get("retrySettings") or {}).get("timeout")
    if timeout is not None and not seconds(timeout):
        yield "properties.retrySettings.timeout"


def _at(body: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    found: Any = body
    for name in path.split(".") if path else ():
        found = found.get(name) or {}
    return found if isinstance(found, Mapping) else {}


def _rest_digest(body: Mapping[str, Any]) -> str:
    """Return the digest of what a write must not change, salted with the deployment's id.

    The salt keeps equal settings of two deployments from showing; it does not protect a value
    that can be guessed. Fields without a value are left out: the service writes some as null.
    """
    rest = {name: value for name, value in body.items() if name not in _NOT_THE_REST}
    properties = body.get("properties") or {}
    rest["properties"] = {
        name: _meaning(name, value)
        for name, value in properties.items()
        if name not in _NOT_THE_REST_EITHER
    }
    return digest([str(body.get("id", "")).lower(), _valued(rest)])


def _meaning(name: str, value: Any) -> Any:
    """Return a duration in seconds: the SDK writes PT90S as PT1M30S, which means the same."""
    if name == "retrySettings" and isinstance(value, Mapping):
        timeout = value.get("timeout")
        return {**value, "timeout": seconds(timeout) or timeout}
    return value


def _valued(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: _valued(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if _has_value(item)}
    return value


def _has_value(value: Any) -> bool:
    return value is not None and value != {}
