"""The whole server as one ASGI application."""

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.github.actions.oidc import IdTokens
from bot.sandbox.github.actions.runner import Runner
from bot.sandbox.github.admin import AdminService
from bot.sandbox.github.git_http import GitService
from bot.sandbox.github.hub import Hub
from bot.sandbox.github.page.service import PageService
from bot.sandbox.github.rest.graphql import GraphqlService
from bot.sandbox.github.rest.service import RestService

HOSTS = ("127.0.0.1", "localhost")
_SAFE = ("GET", "HEAD", "OPTIONS")


class LoopbackOnly:
    """Refuses requests whose Host is not a loopback name: another site's page may not reach us."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 421 (another host) or 403 (another site's page)."""
        refusal = _refusal(scope) if scope["type"] == "http" else None
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _refusal(scope: Scope) -> PlainTextResponse | None:
    hosts = _header(scope, b"host")
    if len(hosts) != 1 or hosts[0].partition(":")[0] not in HOSTS:
        return PlainTextResponse("This server answers on loopback only.\n", 421)
    own = f"http://{hosts[0]}"
    if scope["method"] not in _SAFE and any(it != own for it in _header(scope, b"origin")):
        return PlainTextResponse("This comes from another site.\n", 403)
    return None


def _header(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def make_app(hub: Hub, runner: Runner | None, tokens: IdTokens) -> ASGIApp:
    """Return the application that serves `hub`; without a `runner` events start nothing."""
    routes = [
        *RestService(hub).routes(),
        *GraphqlService(hub).routes(),
        *AdminService(hub, runner, tokens).routes(),
        *GitService(hub).routes(),
        *PageService(hub).routes(),
    ]
    return LoopbackOnly(Starlette(routes=routes))
