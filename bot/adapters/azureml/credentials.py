"""Who the bot is to Azure: the job's GitHub identity, or whatever the machine offers."""

import os

from azure.core.credentials import TokenCredential
from azure.identity import ClientAssertionCredential, DefaultAzureCredential

from bot.adapters.azureml.plain_http import get_json
from bot.adapters.azureml.settings import AzureSettings
from bot.errors import BotError

_AUDIENCE = "api://AzureADTokenExchange"
_REQUEST_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"


def make_credential(settings: AzureSettings) -> TokenCredential:
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
        func=lambda: _github_id_token(settings),
        disable_instance_discovery=True,
    )


def _github_id_token(settings: AzureSettings) -> str:
    """Return a new identity token of the running job.

    Source: GitHub's page on OpenID Connect, "Requesting the JWT using environment variables".
    """
    url = _required(_REQUEST_URL)
    headers = {"Authorization": f"bearer {_required('ACTIONS_ID_TOKEN_REQUEST_TOKEN')}"}
    url += f"{'&' if '?' in url else '?'}audience={_AUDIENCE}"
    what = "asking GitHub for the job's identity token"
    match get_json(url, headers, settings, what):
        case {"value": str(token)}:
            return token
    raise BotError(f"Azure: {what} failed: the answer holds no token.")


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise BotError(f"The environment variable {name} is not set.")
    return value
