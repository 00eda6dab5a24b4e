"""HTTP on a connection that the application may break off: a reset is no answer of any kind."""

import asyncio
from typing import cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

ABORT = "envbot.abort"
"""The name of the ASGI extension that breaks the connection off, without any goodbye."""


class AbortableProtocol(H11Protocol):
    """uvicorn's protocol; each call's scope holds what aborts its connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve a connection."""
        super().connection_made(cast("asyncio.Transport", transport))
        abort, served = cast("asyncio.Transport", transport).abort, self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            extended = {**scope, "extensions": {**(scope.get("extensions") or {}), ABORT: abort}}
            await served(extended, receive, send)

        self.app = app
