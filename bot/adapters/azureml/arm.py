"""Raw reads of Azure Resource Manager: all fields, also the ones the SDK would drop."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urljoin

from azure.core import AzureClouds, PipelineClient
from azure.core.credentials import TokenCredential
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError, map_error
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, UserAgentPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.mgmt.core.exceptions import ARMErrorFormat
from azure.mgmt.core.tools import get_arm_endpoints

from bot import __version__
from bot.adapters.azureml.custom_cloud import custom_cloud
from bot.adapters.azureml.failure import azure_call, is_absent
from bot.adapters.azureml.pacing import Pauses
from bot.adapters.azureml.plain_http import get_json, parsed, retries, transport
from bot.adapters.azureml.settings import AzureSettings
from bot.core.web_origin import is_same_origin
from bot.errors import BotError

_Client: TypeAlias = PipelineClient[HttpRequest, HttpResponse]

_METADATA_URL = "ARM_CLOUD_METADATA_URL"
_CLOUDS = {
    "AzureChinaCloud": AzureClouds.AZURE_CHINA_CLOUD,
    "AzureUSGovernment": AzureClouds.AZURE_US_GOVERNMENT,
}


@dataclass(frozen=True, slots=True)
class ArmEndpoint:
    """Where Resource Manager is, and what a token for it is asked with.

    Attributes:
        cloud: what a client of the SDK is told about a cloud that it does not know by name.
    """

    url: str
    scope: str
    cloud: Mapping[str, Any] = field(default_factory=dict)


def find_endpoint(settings: AzureSettings) -> ArmEndpoint:
    """Return the Resource Manager that the SDK will talk to in this process.

    The documented variables decide, as in the SDK: ARM_CLOUD_METADATA_URL names a page that lists
    clouds, AZUREML_CURRENT_CLOUD one of the clouds known by name.

    Raises:
        BotError: the page cannot be read, or lists no cloud of its own host. The SDK would go on
            with the public cloud then, which is never what the variable was set for.
    """
    if page := os.environ.get(_METADATA_URL):
        return _from_metadata(page, settings)
    cloud = _CLOUDS.get(os.environ.get("AZUREML_CURRENT_CLOUD", ""), AzureClouds.AZURE_PUBLIC_CLOUD)
    known = get_arm_endpoints(cloud)
    return ArmEndpoint(known["resource_manager"], known["credential_scopes"][0])


def _from_metadata(page: str, settings: AzureSettings) -> ArmEndpoint:
    what = f"reading the clouds that {_METADATA_URL} lists"
    clouds = get_json(page, {}, settings, what)
    for cloud in clouds if isinstance(clouds, list) else []:
        url = cloud.get("resourceManager", "") if isinstance(cloud, dict) else ""
        if url and url in page:
            return ArmEndpoint(url, f"{url.rstrip('/')}/.default", custom_cloud(cloud))
    raise BotError(f"The page that {_METADATA_URL} names lists no cloud of that address.")


class ArmReader:
    """GET requests with the bot's identity; safe to use from several threads."""

    def __init__(
        self,
        endpoint: ArmEndpoint,
        credential: TokenCredential,
        settings: AzureSettings,
        pauses: Pauses,
    ) -> None:
        self._base = endpoint.url
        self._client: _Client = PipelineClient(
            endpoint.url,
            transport=transport(settings, pauses),
            policies=[
                UserAgentPolicy(f"envbot/{__version__}"),
                retries(settings),
                BearerTokenCredentialPolicy(credential, endpoint.scope),
            ],
        )

    def get(self, path: str, api_version: str, what: str) -> Mapping[str, Any] | None:
        """Return the body at `path`, or None when there is no such thing.

        Raises:
            BotError: Azure could not be asked, or its answer is not a JSON object.
        """
        url = urljoin(self._base, path)
        with azure_call(what):
            try:
                return self._body(
                    HttpRequest("GET", url, params={"api-version": api_version}), what
                )
            except ResourceNotFoundError as error:
                if is_absent(error):
                    return None
                raise

    def list(self, path: str, api_version: str, what: str) -> Iterator[Mapping[str, Any]]:
        """Yield the items of a collection, page after page.

        Raises:
            BotError: as in `get`; also when the collection itself is not there.
        """
        first = urljoin(self._base, path)
        url: str | None = first
        params: Mapping[str, str] = {"api-version": api_version}
        while url:
            with azure_call(what):
                page = self._body(HttpRequest("GET", url, params=dict(params)), what)
            yield from page.get("value") or ()
            url, params = page.get("nextLink"), {}
            if url and not is_same_origin(url, first):
                raise BotError(f"Azure: {what} failed: the next page is on another host.")

    def _body(self, request: HttpRequest, what: str) -> Mapping[str, Any]:
        response = self._client.send_request(request)
        if response.status_code != 200:  # noqa: PLR2004 - a read of ARM has no other success
            map_error(response.status_code, response, {404: ResourceNotFoundError})
            raise HttpResponseError(response=response, error_format=ARMErrorFormat)
        body = parsed(response, what)
        if not isinstance(body, dict):
            raise BotError(f"Azure: {what} failed: the answer is not a JSON object.")
        return body
