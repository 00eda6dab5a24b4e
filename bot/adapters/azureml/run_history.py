"""The steps of a job and why they failed, from the run history.

The SDK's entities do not carry why, and its list of a job's children ends with the first page.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.adapters.azureml.clients import Clients

_API_VERSION = "2024-01-01-preview"
# The SDK's run history model, RootError.code: "Supported error codes: ServiceError, UserError,
# ValidationError, AzureStorageError, TransientError, RequestThrottled."
_OURS = frozenset({"UserError", "ValidationError"})
_LONGEST = 300


class StepFailure(NamedTuple):
    """The service's own words about a failed run; `message` is untrusted text."""

    code: str
    message: str

    @property
    def is_infrastructure(self) -> bool:
        """Tell whether Azure lost the step, and not the step its way."""
        return bool(self.code) and self.code not in _OURS

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" if self.code else "Azure gives no reason"


class StepRun(NamedTuple):
    """One step of a pipeline job, as it ran; `step` is what the pipeline calls it."""

    run: str
    step: str
    status: str


class RunHistory:
    """Reads the run history of one workspace."""

    def __init__(self, clients: Clients, stage: str) -> None:
        self._clients = clients
        self._workspace = clients.workspace(stage)
        self._history = ""

    def why(self, run: str) -> StepFailure:
        """Return why a run failed; empty words where the run history has none."""
        url = f"{self._address()}{run}/details"
        found = self._clients.reader.get(url, "v1.0", f"reading why step {run} failed")
        error = _inner(found or {}, "error", "error")
        message = " ".join(str(error.get("message") or "").split())
        return StepFailure(str(error.get("code") or ""), message[:_LONGEST])

    def steps(self, job: str) -> tuple[StepRun, ...]:
        """Return the steps of a pipeline job, those of every page."""
        what = f"listing the steps of job {job} of {self._workspace.name}"
        listed = self._clients.reader.list(f"{self._address()}{job}/children", "v1.0", what)
        return tuple(_step(item) for item in listed)

    def _address(self) -> str:
        """Return what the addresses of all runs begin with."""
        if not self._history:
            reader = self._clients.reader
            what = f"finding the run history of {self._workspace.name}"
            place = reader.get(self._workspace.path, _API_VERSION, what) or {}
            page = str(_inner(place, "properties").get("discoveryUrl") or "")
            services = reader.get(page, _API_VERSION, what) if page else None
            history = str((services or {}).get("history") or "").rstrip("/")
            self._history = f"{history}/history/v1.0{self._workspace.path}/runs/"
        return self._history


def _step(item: Mapping[str, Any]) -> StepRun:
    return StepRun(*(str(item.get(key) or "") for key in ("runId", "displayName", "status")))


def _inner(body: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        found = body.get(key)
        body = found if isinstance(found, dict) else {}
    return body
