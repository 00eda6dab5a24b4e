import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.adapters.azureml import AzureCloud
from bot.errors import BotError

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place, Sandbox

SECRET = "a secret of the runner"
NAME = "custom-tf-env"


@dataclass
class Issuer:
    """GitHub's side of workload identity federation, as far as a job sees it."""

    key: ec.EllipticCurvePrivateKey
    subject: str = "repo:o/r:environment:envbot-dev"
    asked: list[tuple[str | None, dict[str, list[str]]]] = field(default_factory=list)
    body: Callable[[str], str] = lambda token: json.dumps({"value": token})

    def answer(self, authorization: str | None, url: str) -> str:
        """Return the answer to one request for an identity token."""
        query = parse_qs(urlsplit(url).query)
        self.asked.append((authorization, query))
        now = int(time.time())
        claims = {"aud": query["audience"][0], "sub": self.subject, "iat": now, "exp": now + 300}
        return self.body(jwt.encode(claims, self.key, algorithm="ES256"))


@pytest.fixture
def issuer(sandbox: "Sandbox", monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """Run an issuer that the sandbox trusts, and give this process a job's variables."""
    issuer = Issuer(ec.generate_private_key(ec.SECP256R1()))
    public = issuer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (sandbox.state / "oidc-public.pem").write_bytes(public)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = issuer.answer(self.headers["Authorization"], self.path).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as above
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/token?api-version=2.0"
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", url)
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", SECRET)
    monkeypatch.setenv("AZURE_CLIENT_ID", "envbot-dev")
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    yield issuer
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_job_signs_in_with_its_github_identity(issuer: Issuer, place: "Place") -> None:
    cloud = AzureCloud(place.platform)

    assert cloud.environment("dev", NAME, "1.0.0") is None

    authorization, query = issuer.asked[0]
    assert authorization == f"bearer {SECRET}"
    assert query == {"api-version": ["2.0"], "audience": ["api://AzureADTokenExchange"]}


@pytest.mark.usefixtures("issuer")
def test_an_identity_may_only_what_its_role_allows(place: "Place") -> None:
    cloud = AzureCloud(place.platform)

    with pytest.raises(BotError, match="listing the endpoints of production failed: 403 Author"):
        cloud.deployments("production")


def test_a_job_of_another_environment_is_refused(issuer: Issuer, place: "Place") -> None:
    issuer.subject = "repo:o/r:pull_request"
    cloud = AzureCloud(place.platform)

    with pytest.raises(BotError) as raised:
        cloud.environment("dev", NAME, "1.0.0")

    assert raised.value.what == (
        "Azure: reading environment custom-tf-env:1.0.0 of dev failed: "
        "signing in was refused, or no credential is set up."
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("{}", id="without a token"),
        pytest.param('{"value": 1}', id="with a number"),
        pytest.param("[]", id="with a list"),
    ],
)
def test_an_answer_without_a_token_is_named(issuer: Issuer, place: "Place", body: str) -> None:
    issuer.body = lambda _: body
    cloud = AzureCloud(place.platform)

    with pytest.raises(BotError, match="the answer holds no token"):
        cloud.environment("dev", NAME, "1.0.0")


@pytest.mark.usefixtures("issuer")
@pytest.mark.parametrize("name", ["AZURE_TENANT_ID", "AZURE_CLIENT_ID"])
def test_a_job_must_say_who_it_becomes(
    place: "Place", monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)

    with pytest.raises(BotError, match=f"{name} is not set"):
        AzureCloud(place.platform)


def test_no_failure_repeats_a_secret(issuer: Issuer, place: "Place") -> None:
    issuer.body = lambda token: token
    cloud = AzureCloud(place.platform)

    with pytest.raises(BotError) as raised:
        cloud.environment("dev", NAME, "1.0.0")

    assert SECRET not in str(raised.value)
    assert "eyJ" not in str(raised.value)
