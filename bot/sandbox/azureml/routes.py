"""Every operation the sandbox has, and the right each one asks for."""

from collections.abc import Iterable
from dataclasses import replace

from bot.sandbox.azureml import (
    admin,
    assets,
    blob,
    identity,
    image_registry,
    inference,
    jobs,
    operations,
    permissions,
    registry,
    runs,
    uploads,
    workspaces,
)
from bot.sandbox.azureml.exchange import Answer, Call, Handler
from bot.sandbox.azureml.ids import PROVIDER
from bot.sandbox.azureml.roles import Right
from bot.sandbox.azureml.routing import Route

_READ, _SUBMIT, _WRITE = Right.READ, Right.SUBMIT, Right.WRITE


def all_routes(directory: identity.Directory) -> list[Route]:
    """Return all routes; `directory` signs and checks the tokens."""
    return [
        *_sign_in(directory),
        *_workspace(),
        *_assets("workspace"),
        *_inference(),
        *_jobs(),
        *_registry(),
        *_assets("registry"),
        *_permissions(),
        *_storage(directory),
        Route("HEAD", "root", "v2/{path*}", image_registry.head_manifest, Right.OPEN),
        *_door(),
    ]


def _sign_in(directory: identity.Directory) -> Iterable[Route]:
    token = identity.token_endpoint(directory)
    configuration = "{tenant}/v2.0/.well-known/openid-configuration"
    yield Route("GET", "root", "metadata/endpoints", identity.cloud_metadata, Right.OPEN)
    yield Route("GET", "root", configuration, identity.openid_configuration, Right.OPEN)
    yield Route("GET", "root", "common/discovery/instance", identity.instance_discovery, Right.OPEN)
    yield Route("POST", "root", "{tenant}/oauth2/v2.0/token", token, Right.OPEN)


def _workspace() -> Iterable[Route]:
    status = f"subscriptions/{{subscription}}/providers/{PROVIDER}/locations/{{location}}"
    for method, template, handler, right in (
        ("GET", "", workspaces.get_workspace, _READ),
        ("GET", "datastores", workspaces.list_datastores, _READ),
        ("GET", "datastores/{name}", workspaces.get_datastore, _READ),
        ("POST", "datastores/{name}/listSecrets", workspaces.datastore_secrets, _SUBMIT),
        ("GET", "computes/{name}", workspaces.get_compute, _READ),
        (
            "POST",
            "codes/{name}/versions/{version}/startPendingUpload",
            uploads.start_pending_upload,
            _SUBMIT,
        ),
    ):
        yield Route(method, "workspace", template, handler, right)
    yield Route("GET", "root", "discovery", workspaces.discovery, Right.OPEN)
    for segment, handler in (
        ("mfeOperationsStatus", operations.status),
        ("mfeOperationResults", operations.result),
    ):
        yield Route("GET", "root", f"{status}/{segment}/{{operation}}", handler, Right.SIGNED_IN)


def _assets(area: str) -> Iterable[Route]:
    # Jobs need code and components; environments and models are the releases themselves.
    for kind, right in (
        ("environments", _WRITE),
        ("models", _WRITE),
        ("data", _SUBMIT),
        ("components", _SUBMIT),
        ("codes", _SUBMIT),
    ):
        for method, template, handler, needed in (
            ("GET", "{kind}", assets.list_containers, _READ),
            ("GET", "{kind}/{name}", assets.get_container, _READ),
            ("PUT", "{kind}/{name}", assets.put_container, right),
            ("GET", "{kind}/{name}/versions", assets.list_versions, _READ),
            ("GET", "{kind}/{name}/versions/{version}", assets.get_version, _READ),
            ("PUT", "{kind}/{name}/versions/{version}", assets.put_version, right),
        ):
            yield Route(
                method, area, template.replace("{kind}", kind), _of_kind(kind, handler), needed
            )


def _of_kind(kind: str, handler: Handler) -> Handler:
    def handle(call: Call) -> Answer:
        return handler(replace(call, captures={**call.captures, "kind": kind}))

    return handle


def _inference() -> Iterable[Route]:
    endpoint = "batchEndpoints/{endpoint}"
    deployment = f"{endpoint}/deployments/{{deployment}}"
    for method, template, handler, right in (
        ("GET", "batchEndpoints", inference.list_endpoints, _READ),
        ("GET", endpoint, inference.get_endpoint, _READ),
        ("PUT", endpoint, inference.put_endpoint, _WRITE),
        ("PATCH", endpoint, inference.patch_endpoint, _WRITE),
        ("DELETE", endpoint, inference.delete_endpoint, _WRITE),
        ("GET", f"{endpoint}/deployments", inference.list_deployments, _READ),
        ("GET", deployment, inference.get_deployment, _READ),
        ("PUT", deployment, inference.put_deployment, _WRITE),
        ("PATCH", deployment, inference.patch_deployment, _WRITE),
        ("DELETE", deployment, inference.delete_deployment, _WRITE),
    ):
        yield Route(method, "workspace", template, handler, right)


def _jobs() -> Iterable[Route]:
    for method, template, handler, right in (
        ("GET", "jobs", jobs.list_jobs, _READ),
        ("GET", "jobs/{name}", jobs.get_job, _READ),
        ("PUT", "jobs/{name}", jobs.put_job, _SUBMIT),
        ("POST", "jobs/{name}/cancel", jobs.cancel_job, _SUBMIT),
    ):
        yield Route(method, "workspace", template, handler, right)
    for method, template, handler, right in (
        ("GET", "runs/{run}", runs.get_run, _READ),
        ("GET", "runs/{run}/children", runs.children, _READ),
        ("GET", "runs/{run}/details", runs.details, _READ),
        ("POST", "rundata", runs.run_data, _READ),
        ("PATCH", "experiments/{experiment}/runs/{run}", runs.modify, _SUBMIT),
    ):
        yield Route(method, "history", template, handler, right)
    resolve = "dataversion/batchGetResolvedUris"
    yield Route("POST", "data", resolve, runs.resolve_uris, _READ)


def _registry() -> Iterable[Route]:
    discovery = "registrymanagement/v1.0/registries/{name}/discovery"
    tempdata = "tempdatarefs/{name}/versions/{version}"
    yield Route("GET", "root", discovery, registry.discovery, Right.SIGNED_IN)
    environment = "environments/{name}/versions/{version}"
    register = _of_kind("environments", registry.put_environment)
    yield Route("GET", "registry", "", registry.get_registry, _READ)
    yield Route("PUT", "registry", environment, register, _WRITE)
    yield Route("POST", "registry", "import", registry.import_asset, _WRITE)
    yield Route("PUT", "registry", tempdata, uploads.temporary_data_reference, _WRITE)


def _permissions() -> Iterable[Route]:
    template = "providers/Microsoft.Authorization/permissions"
    for area in ("workspace", "registry"):
        yield Route("GET", area, template, permissions.list_permissions, _READ)


def _storage(directory: identity.Directory) -> Iterable[Route]:
    template = f"{blob.ROOT.strip('/')}/{{path*}}"
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        yield Route(method, "root", template, blob.storage(directory), Right.OPEN)


def _door() -> Iterable[Route]:
    for method, name, handler in (
        ("GET", "log", admin.get_log),
        ("GET", "unknown", admin.get_unknown),
        ("GET", "script", admin.get_script),
        ("PUT", "script", admin.put_script),
        ("POST", "workspaces", admin.post_workspace),
        ("POST", "registries", admin.post_registry),
        ("POST", "reset", admin.post_reset),
    ):
        yield Route(method, "root", f"sandbox/{name}", handler, Right.OPEN)
