"""ID tokens for jobs: the sandbox as OpenID Connect issuer."""

import base64
import json
import secrets
import threading
import time
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ISSUER = "https://token.actions.githubusercontent.com"
PUBLIC_KEY = "oidc-public.pem"
LIFETIME_SECONDS = 300
_PRIVATE_KEY = "oidc-private.pem"
_COORDINATE_BYTES = 32


class IdTokens:
    """Signs ID tokens for the jobs that have been given a request token."""

    def __init__(self, state: Path) -> None:
        self._key = _load_key(state)
        self._subjects: dict[str, tuple[str, str]] = {}
        self._lock = threading.Lock()

    def open(self, subject: str, repository: str) -> str:
        """Return a request token with which a job gets ID tokens about `subject`."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._subjects[token] = (subject, repository)
        return token

    def close(self, token: str) -> None:
        """Make a request token worthless."""
        with self._lock:
            self._subjects.pop(token, None)

    def issue(self, request_token: str, audience: str) -> str | None:
        """Return a JWT (ES256, 5 minutes) for the holder of a request token, or None."""
        with self._lock:
            found = self._subjects.get(request_token)
        if found is None:
            return None
        subject, repository = found
        moment = int(time.time())
        return self._sign(
            {
                "iss": ISSUER,
                "aud": audience,
                "sub": subject,
                "repository": repository,
                "repository_owner": repository.partition("/")[0],
                "jti": secrets.token_hex(16),
                "iat": moment,
                "nbf": moment,
                "exp": moment + LIFETIME_SECONDS,
            }
        )

    def _sign(self, claims: dict[str, object]) -> str:
        header = {"alg": "ES256", "typ": "JWT", "kid": "envbot-sandbox"}
        signed = f"{_encode(json.dumps(header).encode())}.{_encode(json.dumps(claims).encode())}"
        der = self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
        numbers = decode_dss_signature(der)
        raw = b"".join(number.to_bytes(_COORDINATE_BYTES, "big") for number in numbers)
        return f"{signed}.{_encode(raw)}"


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _load_key(state: Path) -> ec.EllipticCurvePrivateKey:
    path = state / _PRIVATE_KEY
    if not path.exists():
        _write_key(state)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        message = f"{path} holds another kind of key"
        raise TypeError(message)
    return key


def _write_key(state: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (state / _PRIVATE_KEY).touch(mode=0o600)
    (state / _PRIVATE_KEY).write_bytes(private)
    (state / PUBLIC_KEY).write_bytes(public)
