"""`python -m bot.sandbox.github --state DIR --port N`: serves until SIGTERM."""

import json
import os
import socket
from pathlib import Path

import click
import uvicorn

from bot.sandbox.github.app import make_app
from bot.sandbox.github.hub import Hub

LOOPBACK = "127.0.0.1"
READY_FILE = "github.json"


@click.command()
@click.option("--state", type=click.Path(path_type=Path), required=True, help="Folder to keep.")
@click.option("--port", type=int, default=0, show_default=True, help="0 takes a free one.")
@click.option("--host", default=LOOPBACK, show_default=True, help="Only loopback is accepted.")
@click.option("--no-runner", is_flag=True, help="Events start no workflows.")
@click.option("--bot", default="", help="Command that stands for `envbot` in workflow steps.")
def main(state: Path, port: int, host: str, bot: str, *, no_runner: bool) -> None:
    """Serve a sandbox GitHub from DIR; writes DIR/github.json when it is ready."""
    if host != LOOPBACK:
        raise click.UsageError(f"The sandbox serves {LOOPBACK} only, not {host}.")
    hub = Hub(state)
    with socket.create_server((LOOPBACK, port)) as listening:
        hub.url = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(make_app(hub), log_level="warning", lifespan="off", server_header=False)
        )
        _announce(state, hub.url)
        try:
            server.run(sockets=[listening])
        finally:
            hub.store.close()


def _announce(state: Path, url: str) -> None:
    draft = state / f"{READY_FILE}.new"
    draft.write_text(json.dumps({"url": url, "pid": os.getpid()}), encoding="utf-8")
    draft.replace(state / READY_FILE)


if __name__ == "__main__":
    main()
