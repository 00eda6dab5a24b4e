"""Both servers of the sandbox inside this process, on addresses that outlive the worlds."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.azureml.tls import Certificates, ensure_certificates
from bot.sandbox.faults.protocol import AbortableProtocol
from bot.sandbox.listening import listen

_POLL_SECONDS = 0.005


class Exchangeable:
    """An application that is another one for every case."""

    def __init__(self) -> None:
        self.app: ASGIApp = PlainTextResponse("There is no world.", 503)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve with the application of the moment."""
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Server:
    """One server: where it is, and what it serves."""

    url: str
    serving: Exchangeable


@dataclass(frozen=True, slots=True)
class Servers:
    """GitHub and Azure."""

    github: Server
    azure: Server
    certificates: Certificates


@contextmanager
def running_servers(folder: Path) -> Iterator[Servers]:
    """Run both servers for the block; their certificates are kept in `folder`."""
    certificates = ensure_certificates(folder)
    with _running(None) as github, _running(certificates) as azure:
        yield Servers(github, azure, certificates)


@contextmanager
def _running(certificates: Certificates | None) -> Iterator[Server]:
    serving = Exchangeable()
    tls = {}
    if certificates:
        tls = {"ssl_keyfile": str(certificates.key), "ssl_certfile": str(certificates.chain)}
    listening = listen()
    config = uvicorn.Config(
        serving,
        http=AbortableProtocol,
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_keep_alive=300,
        timeout_graceful_shutdown=0,
        **tls,  # type: ignore[arg-type]  # uvicorn's options have many types
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(_POLL_SECONDS)
    scheme = "https" if certificates else "http"
    try:
        yield Server(f"{scheme}://127.0.0.1:{listening.getsockname()[1]}", serving)
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
