import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from azure.ai.ml.entities import Environment
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import ClientAssertionCredential, ClientSecretCredential
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.sandbox.azureml.identity import EXCHANGE_AUDIENCE, OIDC_KEY, TENANT

WORKSPACES = ("dev", "test", "production")
READS = {
    "envbot-dev": {"dev"},
    "envbot-registry": {"dev", "test", "production"},
    "envbot-test": {"test"},
    "envbot-production": {"test", "production"},
    "envbot-reader": {"dev", "test", "production"},
}
WRITES = {
    "envbot-dev": {"dev"},
    "envbot-registry": set[str](),
    "envbot-test": {"test"},
    "envbot-production": {"production"},
    "envbot-reader": set[str](),
}
EVERY_PAIR = [
    pytest.param(client, stage, id=f"{client} on {stage}")
    for client in READS
    for stage in WORKSPACES
]


def refusal(action: Callable[[], object]) -> tuple[int | None, str] | None:
    """Return status and code of the error that an action ends in, None when it succeeds."""
    try:
        action()
    except HttpResponseError as error:
        return error.status_code, str(error.error and error.error.code)
    return None


FORBIDDEN = (403, "AuthorizationFailed")


@pytest.mark.parametrize(("client", "stage"), EVERY_PAIR)
def test_each_identity_reads_only_its_own_stages(place: Any, client: str, stage: str) -> None:
    environments = place.client(stage, client).environments

    expected = None if stage in READS[client] else FORBIDDEN
    assert refusal(lambda: list(environments.list("custom-tf-env"))) == expected


@pytest.mark.parametrize(("client", "stage"), EVERY_PAIR)
def test_each_identity_writes_only_its_own_stages(place: Any, client: str, stage: str) -> None:
    environments = place.client(stage, client).environments
    environment = Environment(name="custom-tf-env", version="1", image="base@sha256:1")

    expected = None if stage in WRITES[client] else FORBIDDEN
    assert refusal(lambda: environments.create_or_update(environment)) == expected


def test_the_registry_user_shares_from_dev(place: Any) -> None:
    place.environment("1.5.0")

    shared = place.client("dev", "envbot-registry").environments.share(
        "custom-tf-env",
        "1.5.0",
        share_with_name="custom-tf-env",
        share_with_version="1.5.0",
        registry_name=place.registry_name,
    )

    assert shared.version == "1.5.0"


@pytest.mark.parametrize("client", ["envbot-production", "envbot-reader"])
def test_others_cannot_write_to_the_registry(place: Any, client: str) -> None:
    environment = Environment(name="custom-tf-env", version="1", image="base@sha256:1")

    assert (
        refusal(lambda: place.registry(client).environments.create_or_update(environment))
        == FORBIDDEN
    )


def test_a_wrong_secret_is_refused(azure: Any) -> None:
    credential = ClientSecretCredential(
        TENANT,
        "operator",
        "guessed",
        authority=azure.server.url,
        disable_instance_discovery=True,
    )

    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        credential.get_token(f"{azure.server.url}/.default")


def test_an_unknown_client_is_refused(azure: Any) -> None:
    credential = ClientSecretCredential(
        TENANT, "nobody", "x", authority=azure.server.url, disable_instance_discovery=True
    )

    with pytest.raises(ClientAuthenticationError, match="AADSTS700016"):
        credential.get_token(f"{azure.server.url}/.default")


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("not.a.token", id="malformed"),
        pytest.param(
            jwt.encode({"appid": "operator", "aud": "x", "exp": 9999999999}, "k" * 32, "HS256"),
            id="forged",
        ),
    ],
)
def test_a_token_of_somebody_else_is_401(place: Any, token: str) -> None:
    answer = place.azure.send("GET", place.path("dev"), token=token)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"


def test_an_expired_token_is_401(place: Any, script: Callable[..., None]) -> None:
    script(token_seconds=0.05)
    token = place.azure.credential().get_token(f"{place.azure.server.url}/.default").token
    time.sleep(0.1)

    answer = place.azure.send("GET", place.path("dev"), token=token)

    assert answer.json()["error"]["code"] == "ExpiredAuthenticationToken"


def test_a_token_for_another_resource_is_401(place: Any) -> None:
    token = place.azure.credential().get_token("https://vault.example/.default").token

    answer = place.azure.send("GET", place.path("dev"), token=token)

    assert answer.json()["error"]["code"] == "InvalidAuthenticationTokenAudience"


@pytest.fixture
def assertion(azure: Any) -> Callable[[str], str]:
    """Return a signer of GitHub's identity tokens, whose key the sandbox knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (azure.server.state / OIDC_KEY).write_bytes(public)

    def sign(subject: str, audience: str = EXCHANGE_AUDIENCE) -> str:
        claims = {"sub": subject, "aud": audience, "exp": time.time() + 60}
        return jwt.encode(claims, key, algorithm="ES256")

    return sign


def sign_in(azure: Any, client: str, assertion: str) -> str:
    credential = ClientAssertionCredential(
        TENANT,
        client,
        lambda: assertion,
        authority=azure.server.url,
        disable_instance_discovery=True,
    )
    return credential.get_token(f"{azure.server.url}/.default").token


def test_a_job_signs_in_with_its_github_identity(place: Any, assertion: Callable[..., str]) -> None:
    subject = "repo:acme/sensor-models:environment:production"

    token = sign_in(place.azure, "envbot-production", assertion(subject))

    assert place.azure.send("GET", place.path("production"), token=token).status_code == 200


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("repo:acme/sensor-models:environment:envbot-dev", id="other environment"),
        pytest.param("repo:acme/sensor-models:pull_request", id="pull request"),
        pytest.param("repo:acme/sensor-models:ref:refs/heads/main", id="branch"),
        pytest.param("repo:acme/x/y:environment:production", id="not a repository"),
    ],
)
def test_a_job_of_another_kind_cannot_sign_in_as_production(
    azure: Any, assertion: Callable[..., str], subject: str
) -> None:
    with pytest.raises(ClientAuthenticationError, match="AADSTS700213"):
        sign_in(azure, "envbot-production", assertion(subject))


def test_an_assertion_for_another_audience_is_refused(
    azure: Any, assertion: Callable[..., str]
) -> None:
    subject = "repo:acme/sensor-models:environment:production"

    with pytest.raises(ClientAuthenticationError, match="AADSTS700027"):
        sign_in(azure, "envbot-production", assertion(subject, "https://github.com/acme"))
