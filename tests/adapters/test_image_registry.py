"""What a container registry says an image is, asked of a server on this machine."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.adapters.image_registry import ImageRegistry
from bot.core.resolved_image import BaseImage
from bot.sandbox.azureml.tls import Certificates, ensure_certificates

DIGEST = f"sha256:{'0a' * 32}"
FOUND = (200, {"Docker-Content-Digest": DIGEST})


@dataclass
class Registry:
    """A server that answers as told, and remembers what it was asked."""

    host: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    token: tuple[int, object] = (200, {"token": "for-anybody"})
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request: tokens on GET, manifests in turn on HEAD."""
        headers: dict[str, str] = {}
        authorization = handler.headers.get("Authorization", "")
        self.asked.append((handler.command, handler.path, authorization))
        if handler.command == "GET":
            status, content = self.token
            body = json.dumps(content).encode()
        else:
            status, headers = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
            body = b""
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return ensure_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def registry(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """Run a registry that this process trusts."""
    found = Registry(answers=[FOUND])

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            found.answer(self)

        def do_GET(self) -> None:
            found.answer(self)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.chain, certificates.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    found.host = f"127.0.0.1:{server.server_port}"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.authority))
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


Resolve = Callable[[str], BaseImage]


@pytest.fixture
def resolve(registry: Registry) -> Resolve:
    """Return what resolves an image `PATH:TAG` of the registry."""
    return lambda image: ImageRegistry(timeout=5.0).resolve(f"{registry.host}/{image}")


def test_a_tag_becomes_a_digest(registry: Registry, resolve: Resolve) -> None:
    assert resolve("azureml/base:1") == BaseImage(DIGEST)
    assert registry.asked == [("HEAD", "/v2/azureml/base/manifests/1", "")]


def test_no_tag_means_latest(registry: Registry, resolve: Resolve) -> None:
    resolve("azureml/base")

    assert registry.asked[0][1] == "/v2/azureml/base/manifests/latest"


def test_a_digest_is_asked_of_nobody(registry: Registry, resolve: Resolve) -> None:
    assert resolve(f"base:1@{DIGEST}") == BaseImage(DIGEST)
    assert registry.asked == []


def test_a_registry_that_asks_for_a_token_gets_one_for_anybody(
    registry: Registry, resolve: Resolve
) -> None:
    challenge = (
        f'Bearer realm="https://{registry.host}/token",service="here",scope="repository:b:pull"'
    )
    registry.answers = [(401, {"WWW-Authenticate": challenge}), FOUND]

    assert resolve("b:1") == BaseImage(DIGEST)

    asked = urlsplit(registry.asked[1][1])
    assert parse_qs(asked.query) == {"service": ["here"], "scope": ["repository:b:pull"]}
    assert registry.asked[2][2] == "Bearer for-anybody"


@pytest.mark.parametrize(
    "challenge",
    [
        pytest.param("", id="none"),
        pytest.param('Basic realm="https://HOST/"', id="a password"),
        pytest.param('Bearer realm="http://169.254.169.254/metadata"', id="not over TLS"),
        pytest.param('Bearer realm="file:///etc/passwd"', id="a file"),
    ],
)
def test_no_other_login_is_tried(registry: Registry, resolve: Resolve, challenge: str) -> None:
    registry.answers = [(401, {"WWW-Authenticate": challenge.replace("HOST", registry.host)})]

    assert resolve("b:1") == BaseImage("", "the registry wants a login")
    assert len(registry.asked) == 1


@pytest.mark.parametrize(
    "token",
    [
        pytest.param((403, {}), id="refused"),
        pytest.param((200, []), id="no object"),
        pytest.param((200, {"token": "a\r\nHost: b"}), id="two lines"),
        pytest.param((200, {"token": 7}), id="a number"),
    ],
)
def test_a_token_that_is_none_is_not_used(
    registry: Registry, resolve: Resolve, token: tuple[int, object]
) -> None:
    challenge = f'Bearer realm="https://{registry.host}/token"'
    registry.answers = [(401, {"WWW-Authenticate": challenge})]
    registry.token = token

    assert resolve("b:1").why == "the registry wants a login"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param((404, {}), "the registry does not know it", id="unknown"),
        pytest.param((403, {}), "the registry refuses to tell", id="forbidden"),
        pytest.param(
            (429, {"Retry-After": "99"}), "the registry asks to slow down", id="throttled"
        ),
        pytest.param((503, {}), "the registry answers 503", id="out of order"),
        pytest.param((302, {"Location": "/x"}), "the registry answers 302", id="redirect"),
        pytest.param((200, {}), "the registry names no digest", id="no digest"),
        pytest.param(
            (200, {"Docker-Content-Digest": "sha256:@all"}),
            "the registry names no digest",
            id="no such digest",
        ),
    ],
)
def test_what_is_not_resolved_says_why(
    registry: Registry, resolve: Resolve, answer: tuple[int, dict[str, str]], why: str
) -> None:
    registry.answers = [answer]

    assert resolve("b:1") == BaseImage("", why)


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        pytest.param("", "a build argument decides it", id="nothing"),
        pytest.param("$BASE", "a build argument decides it", id="an argument"),
        pytest.param("{{latest-image-tag}}", "a build argument decides it", id="a template"),
        pytest.param("x.example/b@sha256:1", "its digest is none", id="half a digest"),
        pytest.param("x.example/../b:1", "it is no reference to an image", id="a path upwards"),
        pytest.param("x.example/b:1?x=#", "it is no reference to an image", id="a query"),
        pytest.param("ada@x.example/b:1", "its digest is none", id="somebody's name"),
        pytest.param("x.example:port/b:1", "it names no registry", id="no port"),
        pytest.param("127.0.0.1:1/b:1", "the registry does not answer", id="nobody there"),
    ],
)
def test_what_cannot_be_asked_is_not(reference: str, why: str) -> None:
    assert ImageRegistry(timeout=5.0).resolve(reference) == BaseImage("", why)


def test_a_mirror_is_asked_in_place_of_every_registry(registry: Registry) -> None:
    mirror = ImageRegistry(f"https://{registry.host}", timeout=5.0)

    assert mirror.resolve("python:3.11") == BaseImage(DIGEST)
    assert registry.asked == [("HEAD", "/v2/library/python/manifests/3.11?ns=docker.io", "")]


def test_nobodys_password_is_sent(
    registry: Registry, resolve: Resolve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    resolve("b:1")

    assert registry.asked[0][2] == ""


@pytest.mark.parametrize(
    ("answers", "exists"),
    [
        pytest.param([FOUND], True, id="there"),
        pytest.param([(404, {})], False, id="not there"),
        pytest.param([(401, {})], None, id="wants a login"),
        pytest.param([(403, {})], None, id="refuses to tell"),
        pytest.param([(429, {})], None, id="is asked too often"),
        pytest.param([(302, {"Location": "https://127.0.0.1:1/"})], None, id="points elsewhere"),
        pytest.param([(503, {})], None, id="is down"),
    ],
)
def test_only_the_registry_itself_can_say_that_an_image_is_gone(
    registry: Registry,
    answers: list[tuple[int, dict[str, str]]],
    exists: bool | None,
) -> None:
    registry.answers = answers

    found = ImageRegistry(timeout=5.0).exists(f"{registry.host}/azureml/base@{DIGEST}")

    assert found is exists
    assert {path for _, path, _ in registry.asked} == {f"/v2/azureml/base/manifests/{DIGEST}"}


def test_an_image_without_a_digest_is_asked_for_by_its_tag(registry: Registry) -> None:
    assert ImageRegistry(timeout=5.0).exists(f"{registry.host}/azureml/base:1")

    assert [path for _, path, _ in registry.asked] == ["/v2/azureml/base/manifests/1"]


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param("", id="none"),
        pytest.param("$BASE", id="a build argument"),
        pytest.param("127.0.0.1:1/base:1", id="nobody answers"),
        pytest.param("host.example/base@sha256:1", id="no digest"),
        pytest.param("host.example/../base:1", id="no path"),
    ],
)
def test_nobody_can_say_of_what_cannot_be_asked(reference: str) -> None:
    assert ImageRegistry(timeout=5.0).exists(reference) is None
