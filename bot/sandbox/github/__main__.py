"""`python -m bot.sandbox.github --state DIR --port N`: serves until SIGTERM."""

import json
import os
import shlex
import signal
import sys
from pathlib import Path
from types import FrameType

import click
import uvicorn
from starlette.types import ASGIApp

from bot.sandbox.github.actions.oidc import IdTokens
from bot.sandbox.github.actions.runner import Runner
from bot.sandbox.github.app import make_app
from bot.sandbox.github.hub import Hub
from bot.sandbox.listening import LOOPBACK, listen

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
    tokens = IdTokens(state)
    command = shlex.split(bot) or [sys.executable, "-m", "bot"]
    runner = None if no_runner else Runner(hub, tokens, command)
    if runner is not None:
        hub.emit = runner.take
    signal.signal(signal.SIGTERM, _leave)
    try:
        _serve(hub, make_app(hub, runner, tokens), port)
    finally:
        if runner is not None:
            runner.close()
        hub.store.close()


def _leave(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise SystemExit(0)


def _serve(hub: Hub, app: ASGIApp, port: int) -> None:
    with listen(port) as listening:
        hub.url = f"http://{LOOPBACK}:{listening.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_level="warning",
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        _announce(hub.state, hub.url)
        server.run(sockets=[listening])


def _announce(state: Path, url: str) -> None:
    draft = state / f"{READY_FILE}.new"
    draft.write_text(json.dumps({"url": url, "pid": os.getpid()}), encoding="utf-8")
    draft.replace(state / READY_FILE)


if __name__ == "__main__":
    main()
