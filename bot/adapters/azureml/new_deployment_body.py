"""A new deployment as the SDK sends it, and as the service shows it afterwards."""

from collections.abc import Mapping
from typing import Any

import msgspec
from azure.ai.ml.entities import (
    BatchEndpoint,
    BatchRetrySettings,
    CodeConfiguration,
    ModelBatchDeployment,
    ModelBatchDeploymentSettings,
    ResourceConfiguration,
)

from bot.adapters.azureml.deployment_body import seconds
from bot.core.asset_id import is_same_asset
from bot.core.config.template import DeploymentTemplate
from bot.core.production.blueprint import NewDeployment
from bot.core.tag_limits import tag_texts


def to_new_entity(new: NewDeployment, workspace: str, code: str) -> ModelBatchDeployment:
    """Return the SDK's entity for the first PUT of a deployment.

    Args:
        new: what to make.
        workspace: its ARM id, which the compute is looked for in.
        code: a folder to upload, or the id of code that is there.
    """
    template = new.blueprint.template
    entity = ModelBatchDeployment(
        name=new.deployment,
        endpoint_name=new.endpoint,
        tags=dict(new.tags),
        environment=new.environment_id,
        model=new.model_id,
        compute=f"{workspace}/computes/{template.compute}",
        resources=ResourceConfiguration(instance_count=template.resources.instance_count),
        code_configuration=CodeConfiguration(code, template.code_configuration.scoring_script),
        settings=_settings(template),
    )
    entity.name = new.deployment  # the constructor writes it in lower case, configs do not
    return entity


def to_new_endpoint(name: str) -> BatchEndpoint:
    """Return the SDK's entity for the first PUT of an endpoint; callers sign in as themselves."""
    # Without tags the service refuses it (azure-sdk-for-python#44114).
    entity = BatchEndpoint(name=name, tags={})
    entity.name = name
    return entity


def _settings(template: DeploymentTemplate) -> ModelBatchDeploymentSettings:
    given = msgspec.structs.asdict(template.settings)
    retry = BatchRetrySettings(**msgspec.structs.asdict(template.settings.retry_settings))
    file = _output_file(template)  # the SDK refuses one where there is no file to write
    given = {**given, "retry_settings": retry, "output_file_name": file}
    return ModelBatchDeploymentSettings(**given)


def _output_file(template: DeploymentTemplate) -> str | None:
    settings = template.settings
    return settings.output_file_name if settings.output_action == "append_row" else None


def differences(new: NewDeployment, body: Mapping[str, Any]) -> list[str]:
    """Return in what the deployment in `body` is not the one to be made; empty where it is.

    Values are compared as parsed, and what the template does not set, such as what the service
    adds, is left out.
    """
    properties = body.get("properties") or {}
    found = _found(properties)
    wanted = {
        "environment": is_same_asset(properties.get("environmentId"), new.environment_id),
        "model": is_same_asset((properties.get("model") or {}).get("assetId"), new.model_id),
        "tags": tag_texts(body.get("tags")) == dict(new.tags),
        **{
            name: value is None or found[name] == value
            for name, value in _wanted(new.blueprint.template).items()
        },
    }
    return [name for name, is_equal in wanted.items() if not is_equal]


def _wanted(template: DeploymentTemplate) -> dict[str, object]:
    settings = template.settings
    return {
        "compute": template.compute.lower(),
        "scoring script": template.code_configuration.scoring_script,
        "instance count": template.resources.instance_count,
        "mini batch size": settings.mini_batch_size,
        "concurrency": settings.max_concurrency_per_instance,
        "error threshold": settings.error_threshold,
        "logging level": settings.logging_level,
        "output action": settings.output_action.replace("_", ""),
        "output file": _output_file(template),
        "environment variables": settings.environment_variables,
        "retries": settings.retry_settings.max_retries,
        "timeout": settings.retry_settings.timeout,
    }


def _found(properties: Mapping[str, Any]) -> dict[str, object]:
    retry = properties.get("retrySettings") or {}
    return {
        "compute": str(properties.get("compute")).rpartition("/")[2].lower(),
        "scoring script": (properties.get("codeConfiguration") or {}).get("scoringScript"),
        "instance count": (properties.get("resources") or {}).get("instanceCount"),
        "mini batch size": properties.get("miniBatchSize"),
        "concurrency": properties.get("maxConcurrencyPerInstance"),
        "error threshold": properties.get("errorThreshold"),
        "logging level": str(properties.get("loggingLevel")).lower(),
        "output action": str(properties.get("outputAction")).lower(),
        "output file": properties.get("outputFileName"),
        "environment variables": properties.get("environmentVariables") or {},
        "retries": retry.get("maxRetries"),
        "timeout": seconds(retry.get("timeout")),
    }
