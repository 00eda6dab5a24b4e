"""A message reaches whoever listens, and nobody's silence stops the bot."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.adapters.webhook import Webhook

MESSAGE = {"pull": 7, "stage": "production", "state": "waiting", "missing": [], "who": ["mia"]}


@dataclass
class Listener:
    """A server that keeps what is posted and answers with one status."""

    url: str
    status: int = 204
    heard: list[object] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["content-length"])
            heard.heard.append(json.loads(self.rfile.read(size)))
            self.send_response(heard.status)
            self.send_header("location", heard.url)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        heard.url = f"http://127.0.0.1:{server.server_port}/secret"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield heard
        server.shutdown()
        thread.join()


def test_a_message_arrives_as_json(listener: Listener, capsys: pytest.CaptureFixture[str]) -> None:
    Webhook(listener.url)(MESSAGE)

    assert listener.heard == [MESSAGE]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_listener_that_does_not_take_it_is_logged_and_not_asked_again(
    listener: Listener, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    listener.status = status

    Webhook(listener.url)(MESSAGE)

    assert len(listener.heard) == 1
    assert capsys.readouterr().err == f"The webhook did not take a message ({status}).\n"


def test_nobody_listening_is_logged_without_the_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    Webhook(f"http://127.0.0.1:{port}/secret")(MESSAGE)

    said = capsys.readouterr().err
    assert "did not take a message (ConnectionError)" in said
    assert "secret" not in said


def test_a_listener_that_says_nothing_is_waited_for_two_seconds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.webhook._SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        Webhook(f"http://127.0.0.1:{silent.getsockname()[1]}/secret")(MESSAGE)

    assert "(ReadTimeout)" in capsys.readouterr().err
