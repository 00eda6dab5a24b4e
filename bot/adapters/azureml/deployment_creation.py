"""Makes deployments that are not there yet, and the endpoints that they need."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from bot.adapters.azureml.clients import Clients
from bot.adapters.azureml.failure import azure_call
from bot.adapters.azureml.first_alone import FirstAlone
from bot.adapters.azureml.long_operation import completed
from bot.adapters.azureml.new_deployment_body import differences, to_new_endpoint, to_new_entity
from bot.adapters.azureml.quiet import quiet_uploads
from bot.core.production.blueprint import NewDeployment
from bot.core.refusal import Refusal
from bot.errors import BotError, UserError

_API_VERSION = "2024-01-01-preview"
_SENT = "the write was sent and may have taken effect"


@dataclass(slots=True)
class _Endpoint:
    """What is known of one endpoint; one thread at a time finds it out."""

    lock: Lock = field(default_factory=Lock)
    is_there: bool = False
    failure: BotError | None = None


class DeploymentCreation:
    """Safe to use from several threads; everything may be repeated after a crash.

    An endpoint that did not come up is not tried again: whoever asks once more has a new process.
    """

    def __init__(self, clients: Clients, writing: FirstAlone) -> None:
        self._clients = clients
        self._writing = writing
        self._code_lock = Lock()
        self._endpoints: dict[tuple[str, str], _Endpoint] = {}
        self._codes: dict[tuple[str, str], str] = {}

    def create(self, stage: str, new: NewDeployment) -> Mapping[str, Any]:
        """Make a deployment, and its endpoint where that may be; return the body as read back.

        One that is there and equal is success.

        Raises:
            UserError: DRIFTED, another deployment of that name is there by now, or there is no
                endpoint and the template leaves that to people. Nothing was written.
            BotError: a call failed, or what was written does not read back.
        """
        self._make_sure_of_endpoint(stage, new)
        return self._make(stage, new)

    def _existing(self, stage: str, new: NewDeployment) -> Mapping[str, Any] | None:
        """Return what is there of that name, if it is equal; asked right before the write.

        The first PUT of a deployment is no other than a later one: it would overwrite.
        """
        found = self._read(stage, new.endpoint, new.deployment)
        if found is not None and (other := _not_yet(new, found)):
            raise UserError(_taken(new, f"It differs in: {', '.join(other)}."))
        return found

    def _make_sure_of_endpoint(self, stage: str, new: NewDeployment) -> None:
        """Return once the endpoint is there.

        Its other circuits wait for the first, and share what that found: each would wait as long
        again for an endpoint that does not come up. Circuits of other endpoints wait for none.
        """
        endpoint = self._endpoints.setdefault((stage, new.endpoint.lower()), _Endpoint())
        with endpoint.lock:
            if endpoint.failure is not None:
                raise BotError(endpoint.failure.what) from endpoint.failure
            if not endpoint.is_there:
                try:
                    self._make_endpoint(stage, new)
                except BotError as error:
                    endpoint.failure = error
                    raise
                endpoint.is_there = True

    def _make_endpoint(self, stage: str, new: NewDeployment) -> None:
        if self._is_endpoint(stage, new.endpoint):
            return
        if new.blueprint.template.endpoints == "existing":
            raise UserError(_taken(new, "There is no such endpoint, and the template makes none."))
        what = f"creating endpoint {new.endpoint} of {stage}"
        with azure_call(what, sent=_SENT), self._writing.passing() as has_waited:
            if has_waited and self._is_endpoint(stage, new.endpoint):
                return
            endpoints = self._clients.client(stage).batch_endpoints
            poller = endpoints.begin_create_or_update(to_new_endpoint(new.endpoint))
            completed(poller, self._clients.settings.operation_deadline, what, _SENT)
        if self._settled_endpoint(stage, new.endpoint) is None:
            raise BotError(f"Azure: {what} was accepted, but it is not there.", done=_SENT)

    def _is_endpoint(self, stage: str, endpoint: str) -> bool:
        """Tell whether the endpoint is there and ready; a PUT would overwrite what others set."""
        body = self._settled_endpoint(stage, endpoint)
        return body is not None and _state(body) == "succeeded"

    def _settled_endpoint(self, stage: str, endpoint: str) -> Mapping[str, Any] | None:
        """Return the endpoint once nothing runs on it: a killed run may have begun to make it."""
        deadline = time.monotonic() + self._clients.settings.operation_deadline
        while True:
            body = self._read(stage, endpoint)
            if body is None or _state(body) in {"succeeded", "failed", "canceled"}:
                return body
            if time.monotonic() >= deadline:
                raise BotError(f"Azure: endpoint {endpoint} of {stage} is busy and stays so.")
            time.sleep(self._clients.settings.poll_interval)

    def _make(self, stage: str, new: NewDeployment) -> Mapping[str, Any]:
        """Make the deployment; the first of a blueprint goes alone and uploads the driver.

        The others wait, and look only then whether somebody made theirs meanwhile.

        NOTE: uploads of one folder at the same time have raced (azure-sdk-for-python#30155).
        """
        key = (stage, new.blueprint.digest)
        with self._code_lock:
            if key not in self._codes:
                if existing := self._existing(stage, new):
                    return existing
                body = self._upload_and_make(stage, new)
                self._codes[key] = str(body["properties"]["codeConfiguration"]["codeId"])
                return body
        return self._existing(stage, new) or self._put(stage, new, self._codes[key])

    def _upload_and_make(self, stage: str, new: NewDeployment) -> Mapping[str, Any]:
        with tempfile.TemporaryDirectory(prefix="envbot-driver-") as folder:
            for path, data in new.blueprint.driver.items():
                place = Path(folder, path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
            with quiet_uploads():
                return self._put(stage, new, folder)

    def _put(self, stage: str, new: NewDeployment, code: str) -> Mapping[str, Any]:
        entity = to_new_entity(new, self._clients.workspace(stage).path, code)
        what = f"creating deployment {new.endpoint}/{new.deployment} of {stage}"
        with azure_call(what, sent=_SENT), self._writing.passing() as has_waited:
            if has_waited and (existing := self._existing(stage, new)):
                return existing
            operations = self._clients.client(stage).batch_deployments
            poller = operations.begin_create_or_update(entity, skip_script_validation=True)
            completed(poller, self._clients.settings.operation_deadline, what, _SENT)
        return self._read_back(stage, new)

    def _read_back(self, stage: str, new: NewDeployment) -> Mapping[str, Any]:
        settings = self._clients.settings
        deadline = time.monotonic() + settings.read_back_deadline
        while True:
            body = self._read(stage, new.endpoint, new.deployment)
            other = ["it is not there"] if body is None else _not_yet(new, body)
            if body is not None and not other:
                return body
            if time.monotonic() >= deadline:
                raise BotError(
                    f"Azure: deployment {new.endpoint}/{new.deployment} of {stage} was created, "
                    f"but reads as something else: {', '.join(other)}.",
                    done=_SENT,
                )
            time.sleep(settings.read_back_interval)

    def _read(self, stage: str, endpoint: str, deployment: str = "") -> Mapping[str, Any] | None:
        path = f"{self._clients.workspace(stage).path}/batchEndpoints/{endpoint}"
        if not deployment:
            return self._clients.reader.get(path, _API_VERSION, f"reading endpoint {endpoint}")
        what = f"reading deployment {endpoint}/{deployment} of {stage}"
        return self._clients.reader.get(f"{path}/deployments/{deployment}", _API_VERSION, what)


def _state(body: Mapping[str, Any]) -> str:
    return str((body.get("properties") or {}).get("provisioningState") or "").lower()


def _not_yet(new: NewDeployment, body: Mapping[str, Any]) -> list[str]:
    """Return in what a deployment is not the one to be made, its state included."""
    state = _state(body)
    return [*differences(new, body), *([] if state == "succeeded" else [f"state {state}"])]


def _taken(new: NewDeployment, fact: str) -> Refusal:
    return Refusal(
        code="DRIFTED",
        headline=f"deployment `{new.endpoint}/{new.deployment}` is not what the plan saw",
        facts=("The plan saw that there is none.", fact),
        resolver="whoever changed it, or anyone who may run the bot",
        next="/retry",
    )
