"""Environment versions: read, registered in dev, shared with the registry."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from azure.ai.ml.constants import ListViewType
from azure.ai.ml.entities import BuildContext, Environment
from azure.ai.ml.exceptions import ValidationException
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from bot.adapters.azureml.build_context import write_build_context
from bot.adapters.azureml.clients import REGISTRY, Clients
from bot.adapters.azureml.failure import azure_call, is_absent
from bot.adapters.azureml.quiet import quiet_uploads
from bot.core.environment import EnvironmentSpec, RegisteredEnvironment, asset_digest
from bot.core.refusal import Refusal
from bot.core.tree import Tree
from bot.errors import BotError, UserError

DEV = "dev"
DIGEST_TAG = "env_digest"
PULL_TAG = "pr_number"
_WORD = re.compile(r"[^a-z0-9]")


class Environments:
    """The environments of all places; safe to use from several threads."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def get(self, place: str, name: str, version: str) -> RegisteredEnvironment | None:
        """Return one version, archived or not, or None when it was never registered."""
        found = self._read(place, name, version)
        return _registered(place, found) if found else None

    def list(self, place: str, name: str) -> tuple[RegisteredEnvironment, ...]:
        """Return the versions that are not archived, in Azure's order."""
        return self._list(place, name, ListViewType.ACTIVE_ONLY)

    def archived(self, place: str, name: str) -> tuple[RegisteredEnvironment, ...]:
        """Return the versions that are archived, in Azure's order."""
        return self._list(place, name, ListViewType.ARCHIVED_ONLY)

    def archive(self, name: str, version: str) -> None:
        """Hide a version of dev from lists; one that is hidden already stays so."""
        what = f"archiving environment {name}:{version} of {DEV}"
        with azure_call(what, sent="it may have been archived"):
            self._clients.client(DEV).environments.archive(name=name, version=version)

    def register(
        self, spec: EnvironmentSpec, files: Tree, *, version: str, tags: Mapping[str, str]
    ) -> RegisteredEnvironment:
        """Register `spec` in dev under `version`; the same content again changes nothing.

        Args:
            spec: what `environment/environment.yml` says.
            files: the commit's files, under their paths in the repository.
            version: stands for the one of `spec`.
            tags: all tags of the version; `env_digest` is what tells two build contexts apart.

        Raises:
            UserError: ENV_CONTENT_DIFFERS, the version exists with other content; or the build
                context is refused. Nothing was registered.
        """
        wanted = _from_spec(spec, files)
        if existing := self._read(DEV, spec.name, version):
            equal = _equal_or_refused(DEV, existing, wanted, tags)
            return self._claim(existing, equal, tags)
        wanted.version, wanted.description, wanted.tags = version, spec.description, dict(tags)
        with tempfile.TemporaryDirectory(prefix="envbot-context-") as folder:
            if spec.build:
                write_build_context(spec.build, files, Path(folder))
                wanted.build = BuildContext(path=folder, dockerfile_path=spec.build.dockerfile_path)
                wanted.path = Path(folder)
            return self._create(wanted, tags)

    def share(self, name: str, version: str, *, as_version: str) -> RegisteredEnvironment:
        """Copy a version from dev into the registry; an equal one there is success.

        Two versions are equal when all that Azure returns of them is, and, for build contexts,
        whose content Azure does not return, the `env_digest` tags are too. What cannot be compared
        is not taken for equal.

        Raises:
            UserError: ENV_NOT_FOUND, dev has no such version; ENV_CONTENT_DIFFERS, the registry has
                `as_version` with other or incomparable content. Nothing was shared.
            BotError: a call failed, or the copy does not read back.
        """
        source = self._read(DEV, name, version)
        if source is None:
            raise UserError(_not_found(name, version))
        tags = dict(source.tags or {})
        if existing := self._read(REGISTRY, name, as_version):
            return _equal_or_refused(REGISTRY, existing, source, tags)
        self._share(name, version, as_version)
        shared = self._read(REGISTRY, name, as_version)
        if shared is None:
            raise BotError(
                f"Azure: {name}:{as_version} was shared, but the registry does not show it.",
                done="the share was accepted",
            )
        if _digest(shared) != _digest(source):
            raise UserError(_differs(REGISTRY, shared, "It was shared a moment ago."))
        return _registered(REGISTRY, shared)

    def _read(self, place: str, name: str, version: str) -> Environment | None:
        with azure_call(f"reading environment {name}:{version} of {place}"):
            try:
                found: Environment = self._clients.client(place).environments.get(name, version)
            except ResourceNotFoundError as error:
                if is_absent(error):
                    return None
                raise
        return found

    def _list(self, place: str, name: str, view: str) -> tuple[RegisteredEnvironment, ...]:
        with azure_call(f"listing the versions of environment {name} in {place}"):
            try:
                listed = self._clients.client(place).environments.list(
                    name=name, list_view_type=view
                )
                found = tuple(listed)
            except ResourceNotFoundError as error:
                if is_absent(error):
                    return ()
                raise
        return tuple(_registered(place, environment) for environment in found)

    def _claim(
        self, existing: Environment, equal: RegisteredEnvironment, tags: Mapping[str, str]
    ) -> RegisteredEnvironment:
        """Make a version that another pull request left behind this one's, and visible again.

        What an earlier one registered is archived when that is closed, by the tag changed here.
        """
        whose = tags.get(PULL_TAG)
        if whose is None or equal.tags.get(PULL_TAG) == whose:
            return equal
        existing.tags = {**equal.tags, PULL_TAG: whose}
        return self._create(existing, existing.tags)

    def _create(self, wanted: Environment, tags: Mapping[str, str]) -> RegisteredEnvironment:
        what = f"registering environment {wanted.name}:{wanted.version} in {DEV}"
        with azure_call(what, sent="the build context may have been uploaded"), quiet_uploads():
            try:
                made = self._clients.client(DEV).environments.create_or_update(wanted)
            except ResourceExistsError:
                made = None
        if made is not None:
            return _registered(DEV, made)
        other = self._read(DEV, str(wanted.name), str(wanted.version))
        if other is None:
            raise BotError(f"Azure: {what} failed: it exists, but cannot be read.")
        return _equal_or_refused(DEV, other, wanted, tags)

    def _share(self, name: str, version: str, as_version: str) -> None:
        what = f"sharing environment {name}:{version} as {as_version}"
        client = self._clients.client_for_share(DEV)
        registry = self._clients.registry
        with azure_call(what, sent="the share was sent and may have taken effect"):
            try:
                client.environments.share(
                    name,
                    version,
                    share_with_name=name,
                    share_with_version=as_version,
                    registry_name=registry,
                )
            except (ResourceExistsError, ValidationException):
                # Somebody else may have shared it meanwhile: what the registry has decides.
                if self._read(REGISTRY, name, as_version) is None:
                    raise


def _from_spec(spec: EnvironmentSpec, files: Tree) -> Environment:
    conda = spec.conda_path and files[spec.conda_path].data
    return Environment(
        name=spec.name,
        image=spec.image,
        conda_file=yaml.safe_load(conda) if conda else None,
        build=BuildContext(dockerfile_path=spec.build.dockerfile_path) if spec.build else None,
        inference_config=spec.inference_config,
        os_type=spec.os_type,
    )


def _registered(place: str, environment: Environment) -> RegisteredEnvironment:
    return RegisteredEnvironment(
        name=str(environment.name),
        version=str(environment.version),
        id=str(environment.id),
        place=place,
        asset_digest=_digest(environment),
        tags=dict(environment.tags or {}),
    )


def _digest(environment: Environment) -> str:
    """Return the asset digest; a built image's reference is left out, the service adds it later."""
    build = environment.build
    return asset_digest(
        None if build else environment.image,
        environment.conda_file,
        build.dockerfile_path if build else None,
        _plain(environment.inference_config),
        environment.os_type,
    )


def _plain(config: Any) -> object:
    """Return an inference config as one shape: the SDK's object and the file spell keys apart."""
    if config is None:
        return None
    routes = config if isinstance(config, Mapping) else config.as_dict()
    return {
        _WORD.sub("", str(name).lower()): _plain(value) if isinstance(value, Mapping) else value
        for name, value in routes.items()
    }


def _equal_or_refused(
    place: str, existing: Environment, wanted: Environment, tags: Mapping[str, str]
) -> RegisteredEnvironment:
    if _digest(existing) != _digest(wanted):
        raise UserError(_differs(place, existing, "Azure returns other settings for it."))
    theirs, ours = (existing.tags or {}).get(DIGEST_TAG), tags.get(DIGEST_TAG)
    if theirs and ours and theirs != ours:
        fact = f"It is tagged env_digest {theirs[:8]}, this content is {ours[:8]}."
        raise UserError(_differs(place, existing, fact))
    if wanted.build and not (theirs and ours):
        fact = "It is not comparable: a build context, and not tagged with `env_digest`."
        raise UserError(_differs(place, existing, fact))
    return _registered(place, existing)


def _differs(place: str, existing: Environment, fact: str) -> Refusal:
    where = "the registry" if place == REGISTRY else place
    return Refusal(
        code="ENV_CONTENT_DIFFERS",
        headline=f"`{existing.name}:{existing.version}` exists in {where} with other content",
        facts=(fact, "A registered version never changes, so that one stays."),
        resolver="the author of the change",
        next="Raise `version` in environment/environment.yml and push.",
    )


def _not_found(name: str, version: str) -> Refusal:
    return Refusal(
        code="ENV_NOT_FOUND",
        headline=f"`{name}:{version}` is not registered in {DEV}",
        facts=("Only what is registered there can be shared.",),
        resolver="the author of the change",
        next="Push the pull request's head again, so that its candidate is registered.",
    )
