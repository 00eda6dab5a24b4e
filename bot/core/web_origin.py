"""Whether two addresses of the web lead to the same service, however they are spelled."""

from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Where a service listens; `host` in lower case."""

    scheme: str
    host: str
    port: int


def origin_of(url: str) -> Origin | None:
    """Return the origin of an address; None of what is none, or holds a name or a password."""
    with suppress(ValueError):  # of a port that is no number, and of brackets that do not close
        parts = urlsplit(url)
        port = parts.port if parts.port is not None else _DEFAULT_PORTS.get(parts.scheme)
        if port and parts.hostname and "@" not in parts.netloc:
            return Origin(parts.scheme, parts.hostname, port)
    return None


def is_same_origin(url: str, other: str) -> bool:
    """Tell whether scheme, host and port of two addresses agree; False where one has none.

    A port that is the scheme's own may be left out: Resource Manager's links name it.
    """
    origin = origin_of(url)
    return origin is not None and origin == origin_of(other)


def without_default_port(url: str) -> str:
    """Return the address without a port that is its scheme's own; any other as it is."""
    origin = origin_of(url)
    if origin is None or origin.port != _DEFAULT_PORTS.get(origin.scheme):
        return url
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.removesuffix(f":{origin.port}")).geturl()
