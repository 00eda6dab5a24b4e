"""The sandbox's own door from the client's side: for tests and for `envbot sandbox`."""

import json
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.sandbox.azureml.admin import HEADER
from bot.sandbox.azureml.client_environment import READY_FILE
from bot.sandbox.azureml.registry import RegistrySpec
from bot.sandbox.azureml.workspaces import WorkspaceSpec

TIMEOUT_SECONDS = 10.0


class Control:
    """Talks to a running server about itself. Every method raises OSError when none answers."""

    def __init__(self, state: Path) -> None:
        """Find the server by what it wrote below `state` when it was ready."""
        ready = json.loads((state / READY_FILE).read_text(encoding="utf-8"))
        self._url = ready["url"]
        self._tls = ssl.create_default_context(cafile=ready["ca"])

    def log(self, *, after: int = 0) -> list[dict[str, Any]]:
        """Return the answered requests with a number (`seq`) above `after`, in order."""
        found: list[dict[str, Any]] = self._send("GET", f"log?after={after}")
        return found

    def unknown(self) -> list[str]:
        """Return the requests for operations that the sandbox does not have."""
        found: list[str] = self._send("GET", "unknown")["requests"]
        return found

    def script(self, **settings: object) -> Mapping[str, Any]:
        """Change settings of the script and return all of them; see admin.SCRIPT."""
        found: Mapping[str, Any] = self._send("PUT", "script", settings)
        return found

    def add_workspace(self, spec: WorkspaceSpec) -> str:
        """Create a workspace and return its ARM id."""
        return str(self._send("POST", "workspaces", asdict(spec))["id"])

    def add_registry(self, spec: RegistrySpec) -> str:
        """Create a registry and return its ARM id."""
        return str(self._send("POST", "registries", asdict(spec))["id"])

    def reset(self) -> None:
        """Make the server forget everything but who may sign in."""
        self._send("POST", "reset", {})

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the address is the sandbox's own
            f"{self._url}/sandbox/{path}",
            method=method,
            headers={HEADER: "1"},
            data=None if body is None else json.dumps(body).encode(),
        )
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._tls)
        )
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return json.load(answer)
