"""The port at which a sandbox server listens."""

import socket

LOOPBACK = "127.0.0.1"
_BACKLOG = 256


def listen(port: int = 0) -> socket.socket:
    """Return a socket that already listens on loopback, so that nobody who knows the port is early.

    0 takes a free port. Answers go out in two parts, and Nagle's algorithm would hold back the
    second for 40 ms: every connection inherits that it is off.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.bind((LOOPBACK, port))
    listening.listen(_BACKLOG)
    return listening
