"""Batch deployments of a stage: raw reads, and writes through the public SDK."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from bot.adapters.azureml.clients import Clients
from bot.adapters.azureml.deployment_body import to_entity, to_live
from bot.adapters.azureml.deployment_creation import DeploymentCreation
from bot.adapters.azureml.failure import azure_call
from bot.adapters.azureml.first_alone import FirstAlone
from bot.adapters.azureml.long_operation import completed
from bot.core.asset_id import is_same_asset
from bot.core.production.blueprint import NewDeployment
from bot.core.production.deployment import LiveDeployment, tags_after
from bot.core.refusal import Refusal
from bot.errors import BotError, UserError

# The version that azure-ai-ml writes deployments with: both sides then speak of the same fields.
_API_VERSION = "2024-01-01-preview"
_SENT = "the write was sent and may have taken effect"


@dataclass(frozen=True, slots=True)
class Target:
    """What a deployment shall be after the write."""

    environment_id: str
    model_id: str | None
    tags: Mapping[str, str]

    def is_met_by(self, live: LiveDeployment, rest_digest: str) -> bool:
        """Tell whether `live` is the target, everything else being as it was."""
        return (
            is_same_asset(live.environment_id, self.environment_id)
            and is_same_asset(live.model_id, self.model_id)
            and dict(live.tags) == dict(self.tags)
            and live.rest_digest == rest_digest
            and live.has_succeeded
        )


class Deployments:
    """Reads and updates; safe to use from several threads."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._writing = FirstAlone()
        self._creation = DeploymentCreation(clients, self._writing)

    def list(self, stage: str) -> tuple[LiveDeployment, ...]:
        """Return all deployments of the stage by one call, and one more per endpoint.

        Raises:
            BotError: any of the calls failed; a partial list is never returned.
        """
        endpoints = self.endpoints(stage)
        with ThreadPoolExecutor(max_workers=self._clients.settings.workers) as pool:
            lists = pool.map(lambda name: self._list_of(stage, name), endpoints)
            return tuple(live for deployments in lists for live in deployments)

    def endpoints(self, stage: str) -> tuple[str, ...]:
        """Return the names of the stage's endpoints, also of those without a deployment.

        Raises:
            BotError: a call failed; a partial list is never returned.
        """
        base = f"{self._clients.workspace(stage).path}/batchEndpoints"
        what = f"listing the endpoints of {stage}"
        found = self._clients.reader.list(base, _API_VERSION, what)
        return tuple(str(body["name"]) for body in found)

    def get(self, stage: str, endpoint: str, deployment: str) -> LiveDeployment | None:
        """Return one deployment, or None when there is none of that name."""
        body = self._body(stage, endpoint, deployment)
        return None if body is None else to_live(endpoint, body)

    def update(
        self,
        stage: str,
        seen: LiveDeployment,
        *,
        environment_id: str,
        model_id: str | None,
        tags: Mapping[str, str],
    ) -> LiveDeployment:
        """Give a deployment another environment and model, and our tags; keep all else.

        Returns the deployment as read back. When it already is what is asked, nothing is written.

        Raises:
            UserError: DRIFTED, the deployment is not as `seen`; UNSUPPORTED_FIELDS, a write would
                lose fields. Nothing was written.
            BotError: a call failed, or the write does not show in what is read.
        """
        name = f"{seen.endpoint}/{seen.deployment}"
        body = self._present(stage, seen)
        live = to_live(seen.endpoint, body)
        target = Target(environment_id, model_id, tags_after(live.tags, tags))
        if target.is_met_by(live, seen.rest_digest):
            return live
        _refuse_unless_writable(name, live, seen)
        with self._writing.passing() as has_waited:
            if has_waited:  # for the first write of all, which may have taken many minutes
                body = self._present(stage, seen)
                live = to_live(seen.endpoint, body)
                _refuse_unless_writable(name, live, seen)
            self._write(stage, live, body, target)
        return self._read_back(stage, live, target)

    def create(self, stage: str, new: NewDeployment) -> LiveDeployment:
        """See `DeploymentCreation.create`; returns the deployment as read back."""
        return to_live(new.endpoint, self._creation.create(stage, new))

    def _list_of(self, stage: str, endpoint: str) -> tuple[LiveDeployment, ...]:
        path = f"{self._clients.workspace(stage).path}/batchEndpoints/{endpoint}/deployments"
        what = f"listing the deployments of {stage} {endpoint}"
        bodies = self._clients.reader.list(path, _API_VERSION, what)
        return tuple(to_live(endpoint, body) for body in bodies)

    def _present(self, stage: str, seen: LiveDeployment) -> Mapping[str, Any]:
        body = self._body(stage, seen.endpoint, seen.deployment)
        if body is None:
            name = f"{seen.endpoint}/{seen.deployment}"
            raise UserError(_drifted(name, "It is no longer there."))
        return body

    def _body(self, stage: str, endpoint: str, deployment: str) -> Mapping[str, Any] | None:
        base = self._clients.workspace(stage).path
        path = f"{base}/batchEndpoints/{endpoint}/deployments/{deployment}"
        what = f"reading deployment {endpoint}/{deployment} of {stage}"
        return self._clients.reader.get(path, _API_VERSION, what)

    def _write(
        self, stage: str, live: LiveDeployment, body: Mapping[str, Any], target: Target
    ) -> None:
        entity = to_entity(
            live,
            body,
            environment_id=target.environment_id,
            model_id=target.model_id,
            tags=target.tags,
        )
        what = f"updating deployment {live.endpoint}/{live.deployment} of {stage}"
        with azure_call(what, sent=_SENT):
            operations = self._clients.client(stage).batch_deployments
            poller = operations.begin_create_or_update(entity, skip_script_validation=True)
            completed(poller, self._clients.settings.operation_deadline, what, _SENT)

    def _read_back(self, stage: str, before: LiveDeployment, target: Target) -> LiveDeployment:
        settings = self._clients.settings
        deadline = time.monotonic() + settings.read_back_deadline
        while True:
            live = self.get(stage, before.endpoint, before.deployment)
            if live and target.is_met_by(live, before.rest_digest):
                return live
            if time.monotonic() >= deadline:
                name = f"{before.endpoint}/{before.deployment}"
                raise BotError(
                    f"Azure: deployment {name} of {stage} was updated, but reads as something "
                    f"else: {_difference(live, before, target)}.",
                    done=_SENT,
                )
            time.sleep(settings.read_back_interval)


def _refuse_unless_writable(name: str, live: LiveDeployment, seen: LiveDeployment) -> None:
    if not live.is_as_seen(seen):
        raise UserError(_drifted(name, f"Changed: {', '.join(_moved(live, seen))}."))
    if live.kind != "model" or live.unsupported_fields:
        raise UserError(_unsupported(name, live))


def _moved(live: LiveDeployment, seen: LiveDeployment) -> list[str]:
    pairs = {
        "environment": is_same_asset(live.environment_id, seen.environment_id),
        "model": is_same_asset(live.model_id, seen.model_id),
        "tags": dict(live.tags) == dict(seen.tags),
        "other settings": live.rest_digest == seen.rest_digest,
    }
    return [name for name, is_equal in pairs.items() if not is_equal]


def _difference(live: LiveDeployment | None, before: LiveDeployment, target: Target) -> str:
    if live is None:
        return "it is gone"
    wanted = {
        "environment": is_same_asset(live.environment_id, target.environment_id),
        "model": is_same_asset(live.model_id, target.model_id),
        "tags": dict(live.tags) == dict(target.tags),
        "other settings": live.rest_digest == before.rest_digest,
        f"state {live.provisioning_state}": live.has_succeeded,
    }
    return ", ".join(name for name, is_equal in wanted.items() if not is_equal)


def _drifted(name: str, fact: str) -> Refusal:
    return Refusal(
        code="DRIFTED",
        headline=f"deployment `{name}` is not what the plan saw",
        facts=(fact,),
        resolver="whoever changed it, or anyone who may run the bot",
        next="/retry",
    )


def _unsupported(name: str, live: LiveDeployment) -> Refusal:
    lost = ", ".join(f"`{field}`" for field in live.unsupported_fields) or "its component"
    return Refusal(
        code="UNSUPPORTED_FIELDS",
        headline=f"a write to `{name}` would lose settings",
        facts=(f"The SDK does not carry {lost}.",),
        resolver="the platform engineer",
        next="Update this deployment by hand, or remove the setting.",
    )
