"""A server on loopback whose answers a test writes down."""

import json
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECONDARY_WAIT = 0.02  # seconds that the adapter waits in these tests where GitHub does not say


@dataclass(frozen=True)
class Answer:
    """What the server sends; `status` 0 resets the connection."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


RESET = Answer(0)


@dataclass
class Scripted:
    """A server whose answers a test writes down; the last one repeats."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def next(self, method: str, path: str) -> Answer:
        self.seen.append(f"{method} {path}")
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def _handler(script: Scripted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = script.next(self.command, self.path.partition("?")[0])
            if answer.status == 0:
                # Without lingering, closing sends RST.
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True
                return
            body = answer.body if isinstance(answer.body, bytes) else _dump(answer.body)
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            del format, args

    for method in ("GET", "POST", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    return Handler


def _dump(body: object) -> bytes:
    return json.dumps(body).encode()


@contextmanager
def scripted_server() -> Iterator[Scripted]:
    """Serve until the block ends."""
    script = Scripted()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script))
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield script
    server.shutdown()
    thread.join()
    server.server_close()
