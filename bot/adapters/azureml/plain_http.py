"""One GET of a JSON page without the bot's Azure identity: metadata, GitHub's token endpoint."""

from collections.abc import Mapping

from azure.core import PipelineClient
from azure.core.pipeline.policies import RetryPolicy, UserAgentPolicy
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest, HttpResponse

from bot import __version__
from bot.adapters.azureml.failure import azure_call
from bot.adapters.azureml.pacing import PacedAdapter, Pauses
from bot.adapters.azureml.session import SteadySession
from bot.adapters.azureml.settings import AzureSettings
from bot.errors import BotError


def transport(settings: AzureSettings, pauses: Pauses | None = None) -> RequestsTransport:
    """Return a transport with the bot's timeouts and room for all its threads.

    Those that share their `pauses` leave a host alone together.

    NOTE: requests keeps ten connections unless told otherwise, and throws away those of more
    threads after each call.
    """
    session = SteadySession()
    adapter = PacedAdapter(pauses or Pauses(), connections=settings.connections)
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return RequestsTransport(
        session=session,
        connection_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
    )


def retries(settings: AzureSettings) -> RetryPolicy[HttpRequest, HttpResponse]:
    """Return the retries of idempotent calls."""
    return RetryPolicy(retry_total=settings.retries, retry_backoff_factor=settings.backoff)


def get_json(url: str, headers: Mapping[str, str], settings: AzureSettings, what: str) -> object:
    """Return the page parsed.

    Raises:
        BotError: it could not be read, or is not JSON; `what` names the call.
    """
    client: PipelineClient[HttpRequest, HttpResponse] = PipelineClient(
        url,
        transport=transport(settings),
        policies=[UserAgentPolicy(f"envbot/{__version__}"), retries(settings)],
    )
    with azure_call(what), client:
        response = client.send_request(HttpRequest("GET", url, headers=dict(headers)))
        response.raise_for_status()
        return parsed(response, what)


def parsed(response: HttpResponse, what: str) -> object:
    """Return the body of a response.

    Raises:
        BotError: it is not JSON.
    """
    try:
        body: object = response.json()
    except ValueError as error:
        raise BotError(f"Azure: {what} failed: the answer is not JSON.") from error
    return body
