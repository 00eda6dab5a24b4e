"""The whole server as one ASGI application."""

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.github.git_http import GitService
from bot.sandbox.github.hub import Hub
from bot.sandbox.github.rest.service import RestService

HOSTS = ("127.0.0.1", "localhost")


class LoopbackOnly:
    """Refuses requests whose Host is not a loopback name: another site's page may not reach us."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 421."""
        if scope["type"] == "http" and not _is_loopback(scope):
            response = PlainTextResponse("This server answers on loopback only.\n", 421)
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_loopback(scope: Scope) -> bool:
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    return len(hosts) == 1 and hosts[0].partition(":")[0] in HOSTS


def make_app(hub: Hub, more: Iterable[BaseRoute] = ()) -> ASGIApp:
    """Return the application that serves `hub`; `more` routes come after REST and git."""
    routes = [*RestService(hub).routes(), *GitService(hub).routes(), *more]
    return LoopbackOnly(Starlette(routes=routes))
