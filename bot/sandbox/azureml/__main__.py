"""`python -m bot.sandbox.azureml --state DIR --port N`: run the server until SIGTERM."""

import argparse
import json
import logging
import os
import socket
from pathlib import Path

import uvicorn

from bot.sandbox.azureml.admin import prepare
from bot.sandbox.azureml.app import LOOPBACK_NAMES, Server
from bot.sandbox.azureml.client_environment import READY_FILE
from bot.sandbox.azureml.identity import open_directory
from bot.sandbox.azureml.store import Store
from bot.sandbox.azureml.tls import Certificates, ensure_certificates
from bot.sandbox.listening import listen

# Longer than any pause of a client's connection pool, so that it never meets a closed socket.
KEEP_ALIVE_SECONDS = 300


def main() -> None:
    """Serve until told to stop; `azureml.json` below the state folder says when it is ready."""
    options = _options()
    state = Path(options.state).resolve()
    listener = _listen(options.host, options.port)
    store = Store(state)
    prepare(store)
    certificates = ensure_certificates(state)
    url = f"https://127.0.0.1:{listener.getsockname()[1]}"
    server = Server(store, open_directory(state), url)
    _announce(state, url, certificates)
    logging.getLogger("uvicorn.error").addFilter(_is_worth_reading)
    try:
        uvicorn.Server(_config(server, certificates)).run(sockets=[listener])
    finally:
        store.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox.azureml")
    parser.add_argument("--state", required=True, help="folder for the database and certificates")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="loopback only")
    return parser.parse_args()


def _listen(host: str, port: int) -> socket.socket:
    if host not in LOOPBACK_NAMES:
        message = f"The sandbox has no real security and listens on loopback only, not on {host}."
        raise SystemExit(message)
    return listen(port)


def _config(server: Server, certificates: Certificates) -> uvicorn.Config:
    return uvicorn.Config(
        server,
        ssl_keyfile=str(certificates.key),
        ssl_certfile=str(certificates.chain),
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=0,
        server_header=False,
    )


def _is_worth_reading(record: logging.LogRecord) -> bool:
    """Leave out that idle connections were closed at the end: clients keep theirs open."""
    return "graceful shutdown exceeded" not in record.getMessage()


def _announce(state: Path, url: str, certificates: Certificates) -> None:
    ready = {
        "url": url,
        "ca_bundle": str(certificates.ca_bundle),
        "ca": str(certificates.authority),
        "pid": os.getpid(),
    }
    unfinished = state / f"{READY_FILE}.new"
    unfinished.write_text(json.dumps(ready), encoding="utf-8")
    unfinished.replace(state / READY_FILE)


if __name__ == "__main__":
    main()
