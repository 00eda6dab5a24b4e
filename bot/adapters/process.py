"""Which process this is, told so that another one of the same machine can see when it has ended."""

import os
import re
import socket
from hashlib import sha256
from pathlib import Path

_PROC = Path("/proc")
_NAME = re.compile(r"process (?P<id>\d+) on (?P<machine>\S+), begun at (?P<began>\d+)")


def this_process() -> str:
    """Return a name that no other process has, on this machine or elsewhere, now or later."""
    identity = os.getpid()
    return f"process {identity} on {_machine()}, begun at {_began(identity) or 0}"


def has_ended(name: str) -> bool:
    """Tell whether the process of that name has ended; False for one that cannot be seen here."""
    found = _NAME.fullmatch(name)
    if found is None or found["machine"] != _machine() or found["began"] == "0":
        return False
    return _began(int(found["id"])) != found["began"]


def _machine() -> str:
    """Return the name of this machine, with what tells its processes from those of a container."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii")
        processes = str((_PROC / "self/ns/pid").readlink())
    except OSError:
        boot = processes = ""
    return f"{socket.gethostname()}/{sha256(f'{boot}{processes}'.encode()).hexdigest()[:12]}"


def _began(identity: int) -> str:
    """Return when a process began, in ticks of the machine; empty when it is over or not there."""
    try:
        state, *fields = (_PROC / str(identity) / "stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return ""
    return "" if state in {"Z", "X"} else fields[18]
