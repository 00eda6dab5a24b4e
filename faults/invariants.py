"""What must hold at every call, whatever has gone wrong before it."""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.core.production.deployment import OUR_TAGS
from bot.sandbox.azureml.store import Store
from bot.sandbox.faults.wire import AZURE, WireCall
from bot.sandbox.github.hub import Hub
from bot.sandbox.world import NAME, OWNER
from faults.standing import INTRUDER

_DEPLOYMENT = re.compile(r"(/workspaces/[^/]*prod[^/]*/batchendpoints/[^/]+)/deployments/[^/]+$")
_WRITES = ("PUT", "PATCH", "DELETE")
_LEASE = "refs/envbot/locks/production"
_JOURNALS = "refs/envbot/releases/"
_SECRET = re.compile(rb"gh[sp]_[0-9a-zA-Z]{20}|eyJ[0-9a-zA-Z_-]{20}|sig=[0-9a-zA-Z%]{16}")
# What is uploaded has no effect until a version or a job names it.
UPLOAD = ".blob.core.windows.net/"
_ENVIRONMENT = "environmentId"
# What a read shows beyond what a write carries, and the two that a release may change.
_OURS = (_ENVIRONMENT, "provisioningState")


class Invariants:
    """Looks at each call before it is served, and remembers what should not be."""

    def __init__(self, azure: Store, hub: Hub, allowed: frozenset[str]) -> None:
        """Allow the writes to Azure in `allowed`, as `effect` names them, and no others."""
        self.broken: list[str] = []
        self._azure = azure
        self._hub = hub
        self._allowed = allowed
        self._read: dict[str, int] = {}
        self._intruded: dict[str, int] = {}
        self._bodies: dict[str, bytes] = {}

    def look(self, call: WireCall) -> None:
        """Look at one call."""
        key = call.path.lower()
        if call.server == AZURE and _DEPLOYMENT.search(key):
            self._deployment(call, key)
        if call.server == AZURE and call.method in _WRITES and effect(call) not in self._allowed:
            self._note(call, "nothing of the kind is written when all goes well")
        if call.method != "GET" and not call.is_git and call.server != AZURE:
            self._comment(call)

    def intruded(self, key: str) -> None:
        """Remember that somebody else has written to a deployment."""
        self._intruded[key.lower()] = self._read.get(key.lower(), 0)

    def _note(self, call: WireCall, what: str) -> None:
        self.broken.append(f"call {call.number}, {call.name}: {what}")

    def _comment(self, call: WireCall) -> None:
        if _SECRET.search(call.body):
            self._note(call, "it carries a secret")

    def _deployment(self, call: WireCall, key: str) -> None:
        if call.method == "GET":
            self._read[key] = call.number
        elif call.method in _WRITES:
            self._write(call, key)

    def _write(self, call: WireCall, key: str) -> None:
        git = self._hub.repository(OWNER, NAME).git
        if git.find(_LEASE) is None:
            self._note(call, "nobody holds the lease")
        name = key.rpartition("/")[2]
        journals = [git.text("show", f"{ref}:journal.json") for ref in git.refs(_JOURNALS)]
        if not any(f'"{name}"' in journal.lower() for journal in journals):
            self._note(call, "the journal does not hold what was there before")
        live = self._azure.get(key)
        if live is not None:
            self._compare(call, key, live, json.loads(call.body))

    def _compare(
        self, call: WireCall, key: str, live: Mapping[str, Any], sent: Mapping[str, Any]
    ) -> None:
        """Require that nothing but the environment changes, and that it exists."""
        before, after = _settled(live["properties"]), _settled(sent.get("properties") or {})
        tags = {**(live.get("tags") or {})}
        if self._intruded.get(key) == self._read.get(key):
            # Azure compares nothing on a write: what comes between read and write is lost.
            tags.pop(INTRUDER, None)
        if {name: before[name] for name in after if name in before} != after:
            self._note(call, "it changes more than the environment")
        if _others(tags) != _others(sent.get("tags") or {}):
            self._note(call, "it changes tags that are not ours")
        environment = str(sent["properties"][_ENVIRONMENT]).removeprefix("azureml:/")
        wanted = environment.lower().rpartition("/registries/")[2]
        if not any(found.endswith(f"/registries/{wanted}") for found in self._azure.resources()):
            self._note(call, f"there is no {environment}")


def effect(call: WireCall) -> str:
    """Return what a write to Azure is about, without what differs from run to run."""
    if UPLOAD in call.path:
        return f"{call.method} a blob"
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UUID", call.path.lower())
    return f"{call.method} {path}"


def _others(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that the bot may not touch."""
    return {name: value for name, value in tags.items() if name not in OUR_TAGS}


def _settled(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of a deployment in the service's spelling, without ours and nulls."""
    kept = {name: value for name, value in properties.items() if name not in _OURS}
    return {name: _spelt(value) for name, value in kept.items() if value not in (None, {}, [])}


def _spelt(value: object) -> object:
    if isinstance(value, dict):
        return {name: _spelt(one) for name, one in value.items() if one not in (None, {}, [])}
    return str(value).lower().removeprefix("azureml:/")
