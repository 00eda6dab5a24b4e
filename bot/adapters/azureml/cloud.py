"""Azure Machine Learning as the handlers see it."""

from collections.abc import Mapping

from azure.ai.ml.entities import Model
from azure.core.exceptions import ResourceNotFoundError

from bot.adapters.azureml.clients import Clients, Workspace
from bot.adapters.azureml.credentials import make_credential
from bot.adapters.azureml.deployments import Deployments
from bot.adapters.azureml.environment_states import EnvironmentStates
from bot.adapters.azureml.environments import Environments
from bot.adapters.azureml.evidence_jobs import EvidenceJobs
from bot.adapters.azureml.failure import azure_call, is_absent
from bot.adapters.azureml.image_builds import ImageBuilds
from bot.adapters.azureml.limits import Limits
from bot.adapters.azureml.model_tests import ModelTests
from bot.adapters.azureml.settings import AzureSettings
from bot.core.asset_id import parse_asset_id
from bot.core.config.platform import REGISTRY, Platform
from bot.core.environment import EnvironmentSpec, RegisteredEnvironment
from bot.core.evidence.evidence_run import EvidenceRecord, EvidenceRequest
from bot.core.image_build import ImageBuild
from bot.core.model_test import JobState, ModelResult
from bot.core.model_test_request import ModelTestRequest
from bot.core.production.blueprint import NewDeployment
from bot.core.production.deployment import LiveDeployment
from bot.core.production.environment_state import EnvironmentState
from bot.core.promotion_limits import RegistryLimits
from bot.core.tag_limits import tag_texts
from bot.core.tree import Tree


class AzureCloud:
    """All places of one platform, with one identity; no call before the first is needed.

    Every method raises BotError when Azure cannot be asked or answers with a failure.
    """

    def __init__(self, platform: Platform, settings: AzureSettings | None = None) -> None:
        workspaces = {
            stage: Workspace(platform.subscription_id, place.resource_group, place.workspace)
            for stage, place in platform.stages.items()
        }
        patience = settings or AzureSettings()
        registries = {
            place: platform.registry_at(place) for place in (REGISTRY, platform.release_place)
        }
        self._clients = Clients(make_credential(patience), workspaces, registries, patience)
        self._environments = Environments(self._clients)
        self._environment_states = EnvironmentStates(self._clients)
        self._limits = Limits(self._clients)
        self._image_builds = ImageBuilds(self._clients)
        self._evidence_jobs = EvidenceJobs(self._clients)
        self._deployments = Deployments(self._clients)
        self._model_tests = ModelTests(self._clients)

    def environment(self, place: str, name: str, version: str) -> RegisteredEnvironment | None:
        """See `Environments.get`."""
        return self._environments.get(place, name, version)

    def environment_state(self, place: str, name: str, version: str) -> EnvironmentState:
        """See `EnvironmentStates.get`."""
        return self._environment_states.get(place, name, version)

    def environments(self, place: str, name: str) -> tuple[RegisteredEnvironment, ...]:
        """See `Environments.list`."""
        return self._environments.list(place, name)

    def archived_environments(self, place: str, name: str) -> tuple[RegisteredEnvironment, ...]:
        """See `Environments.archived`."""
        return self._environments.archived(place, name)

    def archive_environment(self, name: str, version: str) -> None:
        """See `Environments.archive`."""
        self._environments.archive(name, version)

    def restore_environment(self, name: str, version: str) -> None:
        """See `Environments.restore`."""
        self._environments.restore(name, version)

    def submit_image_build(self, build: ImageBuild) -> str:
        """See `ImageBuilds.submit`."""
        return self._image_builds.submit(build)

    def job_log(self, name: str) -> str:
        """See `ImageBuilds.log`."""
        return self._image_builds.log(name)

    def submit_evidence(self, request: EvidenceRequest) -> str:
        """See `EvidenceJobs.submit`."""
        return self._evidence_jobs.submit(request)

    def evidence_record(self, name: str) -> EvidenceRecord | None:
        """See `EvidenceJobs.record`."""
        return self._evidence_jobs.record(name)

    def register(
        self, spec: EnvironmentSpec, files: Tree, *, version: str, tags: Mapping[str, str]
    ) -> RegisteredEnvironment:
        """See `Environments.register`."""
        return self._environments.register(spec, files, version=version, tags=tags)

    def share(
        self, name: str, version: str, *, as_version: str, to: str = REGISTRY, recorded: str = ""
    ) -> RegisteredEnvironment:
        """See `Environments.share`."""
        return self._environments.share(
            name, version, as_version=as_version, to=to, recorded=recorded
        )

    def recreate(
        self, place: str, spec: EnvironmentSpec, files: Tree, *, version: str
    ) -> RegisteredEnvironment:
        """See `Environments.recreate`."""
        return self._environments.recreate(place, spec, files, version=version)

    def registry_limits(self, place: str) -> RegistryLimits:
        """See `Limits.registry`."""
        return self._limits.registry(place)

    def region(self, stage: str) -> str:
        """See `Limits.region`."""
        return self._limits.region(stage)

    def may_do(self, place: str, action: str) -> bool | None:
        """See `Limits.may_do`."""
        return self._limits.may_do(place, action)

    def deployments(self, stage: str) -> tuple[LiveDeployment, ...]:
        """See `Deployments.list`."""
        return self._deployments.list(stage)

    def endpoints(self, stage: str) -> tuple[str, ...]:
        """See `Deployments.endpoints`."""
        return self._deployments.endpoints(stage)

    def create_deployment(self, stage: str, new: NewDeployment) -> LiveDeployment:
        """See `DeploymentCreation.create`; safe to call from several threads."""
        return self._deployments.create(stage, new)

    def deployment(self, stage: str, endpoint: str, deployment: str) -> LiveDeployment | None:
        """See `Deployments.get`."""
        return self._deployments.get(stage, endpoint, deployment)

    def update_deployment(
        self,
        stage: str,
        seen: LiveDeployment,
        *,
        environment_id: str,
        model_id: str | None,
        tags: Mapping[str, str],
    ) -> LiveDeployment:
        """See `Deployments.update`; safe to call from several threads."""
        return self._deployments.update(
            stage, seen, environment_id=environment_id, model_id=model_id, tags=tags
        )

    def model_tags(self, stage: str, model_id: str) -> Mapping[str, str] | None:
        """Return the tags of one model version of a stage or the registry; None without it."""
        found = parse_asset_id(model_id)
        if found is None:
            return None
        _, is_registry, name = found.place.partition("registries/")
        place = self._clients.place_of(name) if is_registry else stage
        with azure_call(f"reading model {found.label} of {place}"):
            try:
                model: Model = self._clients.client(place).models.get(found.name, found.version)
            except ResourceNotFoundError as error:
                if is_absent(error):
                    return None
                raise
        return tag_texts(model.tags)

    def submit_model_test(self, request: ModelTestRequest) -> str:
        """See `ModelTests.submit`."""
        return self._model_tests.submit(request)

    def retry_model_test(self, request: ModelTestRequest) -> int:
        """See `ModelTests.retry`."""
        return self._model_tests.retry(request)

    def job(self, stage: str, name: str) -> JobState | None:
        """See `ModelTests.state`."""
        return self._model_tests.state(stage, name)

    def model_results(self, request: ModelTestRequest) -> tuple[ModelResult, ...]:
        """See `ModelTests.results`."""
        return self._model_tests.results(request)
