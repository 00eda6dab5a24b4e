"""Tokens: by client secret or by a federated GitHub OIDC assertion, as Entra ID answers."""

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import jwt

from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Handler
from bot.sandbox.azureml.roles import ASSIGNMENTS

SECRETS = "azureml-identities.json"
OIDC_KEY = "oidc-public.pem"
TENANT = "5a4db0c5-0000-4000-8000-000000000001"
# Beside this server: what the SDK derives from the metadata below, and the two public names it
# falls back to for registries, whose clients it builds without the cloud's settings.
AUDIENCES = ("https://ml.azure.local", "https://ml.azure.com", "https://management.azure.com")
EXCHANGE_AUDIENCE = "api://AzureADTokenExchange"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_SECONDS = 3600
GRANT_TIMES = "token_seconds"

# Which workflow job may sign in as whom: the federated credentials of a real set-up.
FEDERATED_SUBJECTS: Mapping[str, str] = {
    "envbot-dev": "environment:envbot-dev",
    "envbot-registry": "environment:envbot-registry",
    "envbot-test": "environment:envbot-test",
    "envbot-production": "environment:production",
    "envbot-reader": "environment:envbot-reader",
}
_SUBJECT = re.compile(r"repo:[^/:]+/[^/:]+:(?P<claim>.+)")


@dataclass(slots=True)
class Directory:
    """The tenant: client secrets, the key that signs tokens, and tokens already checked."""

    state: Path
    signing_key: str
    clients: Mapping[str, str]
    _checked: dict[str, tuple[str, str, float]] = field(default_factory=dict)

    def issue(self, client: str, audience: str, seconds: float) -> str:
        """Return a signed token for `client`, good for `seconds` from now."""
        now = time.time()
        claims = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{TENANT}/",
            "iat": int(now),
            "nbf": int(now),
            "exp": now + seconds,
            "appid": client,
            "oid": client,
            "tid": TENANT,
            "ver": "1.0",
        }
        return jwt.encode(claims, self.signing_key, algorithm="HS256")

    def client_of(self, token: str, audiences: frozenset[str]) -> str:
        """Return whose token this is; raise the service's 401 when it does not hold."""
        client, audience, expires = self._checked.get(token) or self._verified(token)
        if expires <= time.time():
            raise _unauthorised("ExpiredAuthenticationToken", "The access token expiry has passed.")
        if audience not in audiences:
            raise _unauthorised(
                "InvalidAuthenticationTokenAudience",
                f"The access token has been obtained for wrong audience or resource '{audience}'.",
            )
        return client

    def _verified(self, token: str) -> tuple[str, str, float]:
        try:
            claims = jwt.decode(
                token,
                self.signing_key,
                algorithms=["HS256"],
                options={"verify_aud": False, "verify_exp": False, "require": ["exp", "aud"]},
            )
        except jwt.InvalidTokenError as error:
            raise _unauthorised(
                "InvalidAuthenticationToken", "The access token is invalid."
            ) from error
        self._checked[token] = claims["appid"], claims["aud"], float(claims["exp"])
        return self._checked[token]


def open_directory(state: Path) -> Directory:
    """Return the tenant kept below `state`, made with random secrets the first time."""
    path = state / SECRETS
    if not path.exists():
        known = {
            "signing_key": secrets.token_urlsafe(48),
            "clients": {client: secrets.token_urlsafe(24) for client in ASSIGNMENTS},
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(known), encoding="utf-8")
    content = json.loads(path.read_text(encoding="utf-8"))
    return Directory(state, content["signing_key"], content["clients"])


def audiences(base_url: str) -> frozenset[str]:
    """Return the resources a token may be for: this server's ARM and the ML data planes."""
    known = (base_url, *AUDIENCES)
    return frozenset({*known, *(f"{audience}/" for audience in known)})


def bearer(headers: Mapping[str, str]) -> str:
    """Return the bearer token of a request; raise the service's 401 when there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _unauthorised(
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.",
        )
    return token


def _unauthorised(code: str, message: str) -> CloudError:
    return CloudError(401, code, message)


@dataclass(frozen=True, slots=True)
class _GrantError(Exception):
    status: int
    error: str
    description: str


def token_endpoint(directory: Directory) -> Handler:
    """Return the handler of POST /{tenant}/oauth2/v2.0/token."""

    def grant(call: Call) -> Answer:
        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        try:
            return _grant(directory, form, call)
        except _GrantError as refused:
            body = {"error": refused.error, "error_description": refused.description}
            return Answer(refused.status, body)

    return grant


def _grant(directory: Directory, form: Mapping[str, str], call: Call) -> Answer:
    client = form.get("client_id", "")
    if client not in directory.clients:
        raise _GrantError(
            400,
            "unauthorized_client",
            f"AADSTS700016: Application with identifier '{client}' was not found in the directory.",
        )
    _check_credential(directory, client, form)
    seconds = float(call.store.setting(GRANT_TIMES, TOKEN_SECONDS))
    audience = form.get("scope", "").removesuffix("/.default")
    token = directory.issue(client, audience, seconds)
    # The client's own cache wants whole seconds.
    lasts = max(1, int(seconds))
    return Answer(
        200,
        {
            "token_type": "Bearer",
            "expires_in": lasts,
            "ext_expires_in": lasts,
            "access_token": token,
        },
    )


def _check_credential(directory: Directory, client: str, form: Mapping[str, str]) -> None:
    if form.get("client_assertion_type") == ASSERTION_TYPE:
        _check_assertion(directory, client, form.get("client_assertion", ""))
    elif not secrets.compare_digest(
        form.get("client_secret", "").encode(), directory.clients[client].encode()
    ):
        raise _GrantError(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")


def _check_assertion(directory: Directory, client: str, assertion: str) -> None:
    key = directory.state / OIDC_KEY
    if not key.exists():
        raise _GrantError(
            401, "invalid_client", "AADSTS50027: No key is known to verify the assertion with."
        )
    try:
        claims = jwt.decode(
            assertion, key.read_bytes(), algorithms=["ES256"], audience=EXCHANGE_AUDIENCE
        )
    except jwt.InvalidTokenError as error:
        raise _GrantError(
            401, "invalid_client", f"AADSTS700027: The client assertion is not valid: {error}."
        ) from error
    subject = str(claims.get("sub", ""))
    match = _SUBJECT.fullmatch(subject)
    if match is None or match["claim"] != FEDERATED_SUBJECTS.get(client):
        raise _GrantError(
            400,
            "invalid_request",
            "AADSTS700213: No matching federated identity record found for presented assertion"
            f" subject '{subject}'.",
        )


def openid_configuration(call: Call) -> Answer:
    """Return the discovery document azure-identity reads before it asks for a token."""
    authority = f"{call.base_url}/{call.captures['tenant']}"
    return Answer(
        200,
        {
            "issuer": f"{authority}/v2.0",
            "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
            "token_endpoint": f"{authority}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{authority}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{authority}/discovery/v2.0/keys",
            "tenant_region_scope": None,
        },
    )


def instance_discovery(call: Call) -> Answer:
    """Return what an authority says about itself when asked whether it is one."""
    host = call.base_url.removeprefix("https://")
    tenant = f"{call.base_url}/{TENANT}/v2.0/.well-known/openid-configuration"
    alias = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
    return Answer(
        200, {"tenant_discovery_endpoint": tenant, "api-version": "1.1", "metadata": [alias]}
    )


def cloud_name(url: str) -> str:
    """Return the name of the cloud at `url`; a process that meets two tells them apart by it."""
    return f"Sandbox{url.rstrip('/').rpartition(':')[2]}"


def cloud_metadata(call: Call) -> Answer:
    """Return the clouds this machine knows: one, whose every endpoint is this server.

    The SDK takes the labels of `portal` from the third on as the suffix of the ML audience.
    """
    base = f"{call.base_url}/"
    return Answer(
        200,
        [
            {
                "name": cloud_name(call.base_url),
                "portal": "https://portal.sandbox.local/",
                "resourceManager": base,
                "authentication": {"loginEndpoint": base, "audiences": [base], "tenant": TENANT},
                "suffixes": {"storage": "core.windows.net"},
            }
        ],
    )
