"""Asks a container registry what an image reference means now.

The reference comes from a pull request, so its author decides which host is asked: only over TLS,
without any credential of the bot's, following no redirect, and of the answer only a digest is read.
"""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from bot import __version__
from bot.core.facts.image import ImageReference, parse_image
from bot.core.resolved_image import BaseImage

_MANIFESTS = (
    "application/vnd.oci.image.index.v1+json"
    ", application/vnd.docker.distribution.manifest.list.v2+json"
    ", application/vnd.oci.image.manifest.v1+json"
    ", application/vnd.docker.distribution.manifest.v2+json"
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# What the distribution specification allows; nothing in it can leave the path of the address.
_HOST = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]{1,5})?", re.IGNORECASE)
_PATH = re.compile(r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_DEFAULT_TAG = "latest"
_DOCKER_HOST = "registry-1.docker.io"
_LARGEST_TOKEN = 64 * 1024
_WORDS: Mapping[int, str] = {
    401: "the registry wants a login",
    403: "the registry refuses to tell",
    404: "the registry does not know it",
    429: "the registry asks to slow down",
}


class ImageRegistry:
    """Resolves references; safe to use for any text that somebody wrote.

    Args:
        mirror: a registry that is asked instead, with the image's own as `ns`, as containerd asks
            its mirrors; empty for none.
        timeout: seconds for one answer.
    """

    def __init__(self, mirror: str = "", *, timeout: float = 10.0) -> None:
        self._mirror = mirror.rstrip("/")
        self._timeout = (min(timeout, 5.0), timeout)

    def resolve(self, reference: str) -> BaseImage:
        """Return the digest of an image, or why there is none; never raises."""
        image = parse_image(reference)
        if image.digest:
            known = _DIGEST.fullmatch(image.digest)
            return BaseImage(image.digest) if known else _not("its digest is none")
        if why := _why_not_asked(image):
            return _not(why)
        try:
            return _read(self._ask(image))
        except requests.RequestException:
            return _not("the registry does not answer")

    def exists(self, reference: str) -> bool | None:
        """Tell whether the image can be had; None where its registry cannot say; never raises."""
        image = parse_image(reference)
        if _why_not_asked(image):
            return None
        try:
            status = self._ask(image).status_code
        except requests.RequestException:
            return None
        return {requests.codes.ok: True, requests.codes.not_found: False}.get(status)

    def _ask(self, image: ImageReference) -> requests.Response:
        host = _DOCKER_HOST if image.registry == "docker.io" else image.registry
        version = image.digest or image.tag or _DEFAULT_TAG
        url = f"{self._mirror or f'https://{host}'}/v2/{image.path}/manifests/{version}"
        params = {"ns": image.registry} if self._mirror else {}
        with _session() as session:
            answer = self._head(session, url, params)
            if answer.status_code == requests.codes.unauthorized:
                token = self._token(session, answer.headers.get("WWW-Authenticate", ""))
                if not token:
                    return answer
                session.headers["Authorization"] = f"Bearer {token}"
                answer = self._head(session, url, params)
        return answer

    def _head(
        self, session: requests.Session, url: str, params: Mapping[str, str]
    ) -> requests.Response:
        return session.head(url, params=params, timeout=self._timeout, allow_redirects=False)

    def _token(self, session: requests.Session, challenge: str) -> str:
        """Return a token as the distribution specification gives to anybody, or ``""``."""
        scheme, _, rest = challenge.partition(" ")
        asked = dict(_CHALLENGE.findall(rest))
        realm = asked.pop("realm", "")
        if scheme.lower() != "bearer" or urlsplit(realm).scheme != "https":
            return ""
        params = {name: asked[name] for name in ("service", "scope") if name in asked}
        with session.get(
            realm, params=params, timeout=self._timeout, allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code != requests.codes.ok:
                return ""
            body = answer.raw.read(_LARGEST_TOKEN, decode_content=True)
        return _token_in(body)


def _why_not_asked(image: ImageReference) -> str:
    """Return why nobody can be asked about a reference; empty where its registry can."""
    if not image.text or image.is_computed:
        return "a build argument decides it"
    is_version = (
        _DIGEST.fullmatch(image.digest)
        if image.digest
        else _TAG.fullmatch(image.tag or _DEFAULT_TAG)
    )
    if not (_PATH.fullmatch(image.path) and is_version):
        return "it is no reference to an image"
    return "" if _HOST.fullmatch(image.registry) else "it names no registry"


def _session() -> requests.Session:
    session = requests.Session()
    session.auth = _no_credentials
    retry = Retry(
        total=2,
        backoff_factor=0.2,
        status_forcelist=(500, 502, 503, 504),
        respect_retry_after_header=False,
        raise_on_status=False,
    )
    session.mount("https://", HTTPAdapter(max_retries=retry))
    session.headers.update({"Accept": _MANIFESTS, "User-Agent": f"envbot/{__version__}"})
    return session


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep `requests` from sending what a .netrc of the machine has for the host."""
    return request


def _token_in(body: bytes) -> str:
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    token = found.get("token") or found.get("access_token")
    return token if isinstance(token, str) and token.isascii() and token.isprintable() else ""


def _read(answer: requests.Response) -> BaseImage:
    if answer.status_code != requests.codes.ok:
        said = f"the registry answers {answer.status_code}"
        return _not(_WORDS.get(answer.status_code, said))
    digest = answer.headers.get("Docker-Content-Digest", "")
    return BaseImage(digest) if _DIGEST.fullmatch(digest) else _not("the registry names no digest")


def _not(why: str) -> BaseImage:
    return BaseImage("", why)
