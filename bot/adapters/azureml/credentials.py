"""Who the bot is to Azure: the job's GitHub identity, or whatever the machine offers."""

import os

from azure.core import PipelineClient
from azure.core.credentials import TokenCredential
from azure.core.pipeline.policies import RetryPolicy
from azure.core.rest import HttpRequest, HttpResponse
from azure.identity import ClientAssertionCredential, DefaultAzureCredential

from bot.adapters.azureml.failure import azure_call
from bot.errors import BotError

_AUDIENCE = "api://AzureADTokenExchange"
_REQUEST_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"


def make_credential() -> TokenCredential:
    """Return the identity of this process; nothing is sent before a token is asked for.

    In a GitHub job with `id-token: write`, GitHub's own token is exchanged (workload identity
    federation); a fresh one each time, because it lives for minutes. Instance discovery is off:
    it asks a public host about the authority, which a private cloud does not have.

    Raises:
        BotError: the job has an identity token, but the Azure identity to become is not named.
    """
    if _REQUEST_URL not in os.environ:
        return DefaultAzureCredential(disable_instance_discovery=True)
    return ClientAssertionCredential(
        tenant_id=_required("AZURE_TENANT_ID"),
        client_id=_required("AZURE_CLIENT_ID"),
        func=_github_id_token,
        disable_instance_discovery=True,
    )


def _github_id_token() -> str:
    """Return a new identity token of the running job.

    Source: GitHub's page on OpenID Connect, "Requesting the JWT using environment variables".
    """
    url = _required(_REQUEST_URL)
    secret = _required("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    request = HttpRequest("GET", url, headers={"Authorization": f"bearer {secret}"})
    request.url += f"{'&' if '?' in url else '?'}audience={_AUDIENCE}"
    with azure_call("asking GitHub for the job's identity token"):
        client: PipelineClient[HttpRequest, HttpResponse] = PipelineClient(
            url, policies=[RetryPolicy()]
        )
        response = client.send_request(request)
        response.raise_for_status()
        answer = response.json()
    if not isinstance(answer, dict) or not isinstance(answer.get("value"), str):
        raise BotError("GitHub answered the request for an identity token without a token.")
    token: str = answer["value"]
    return token


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise BotError(f"The environment variable {name} is not set.")
    return value
