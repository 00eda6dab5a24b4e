"""Environment versions: read, registered, shared with a registry."""

import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from azure.ai.ml.constants import ListViewType
from azure.ai.ml.entities import BuildContext, Environment
from azure.ai.ml.exceptions import ValidationException
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from bot.adapters.azureml.build_context import write_build_context
from bot.adapters.azureml.clients import Clients
from bot.adapters.azureml.environment_content import (
    copied,
    equal_or_refused,
    from_spec,
    not_found,
    place_name,
    registered,
)
from bot.adapters.azureml.failure import azure_call, is_absent
from bot.adapters.azureml.long_operation import returned
from bot.adapters.azureml.quiet import quiet_uploads
from bot.core.asset_id import parse_asset_id
from bot.core.config.platform import REGISTRY
from bot.core.environment import EnvironmentSpec, RegisteredEnvironment
from bot.core.tag_limits import tag_texts
from bot.core.tree import Tree
from bot.errors import BotError, UserError

DEV = "dev"
PULL_TAG = "pr_number"
_UPLOADED = "the build context may have been uploaded"
_SHARED = "the share was sent and may have taken effect"


class Environments:
    """The environments of all places; safe to use from several threads."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def get(self, place: str, name: str, version: str) -> RegisteredEnvironment | None:
        """Return one version, archived or not, or None when it was never registered."""
        found = self._read(place, name, version)
        return registered(place, found) if found else None

    def list(self, place: str, name: str) -> tuple[RegisteredEnvironment, ...]:
        """Return the versions that are not archived, in Azure's order."""
        return self._list(place, name, ListViewType.ACTIVE_ONLY)

    def archived(self, place: str, name: str) -> tuple[RegisteredEnvironment, ...]:
        """Return the versions of a stage that are archived, in Azure's order.

        NOTE: of a registry the SDK lists everything, whatever is asked for.
        """
        return self._list(place, name, ListViewType.ARCHIVED_ONLY)

    def archive(self, name: str, version: str) -> None:
        """Hide a version of dev from lists; one that is hidden already stays so."""
        what = f"archiving environment {name}:{version} of {DEV}"
        with azure_call(what, sent="it may have been archived"):
            self._clients.client(DEV).environments.archive(name=name, version=version)

    def restore(self, name: str, version: str) -> None:
        """Show a version of dev in lists again; one that is shown already stays so."""
        what = f"restoring environment {name}:{version} of {DEV}"
        with azure_call(what, sent="it may have been restored"):
            self._clients.client(DEV).environments.restore(name=name, version=version)

    def register(
        self, spec: EnvironmentSpec, files: Tree, *, version: str, tags: Mapping[str, str]
    ) -> RegisteredEnvironment:
        """Register `spec` in dev under `version`; the same content again changes nothing.

        A version that another pull request left behind becomes the one's that `tags` name.

        Args:
            spec: what `environment/environment.yml` says.
            files: the commit's files, under their paths in the repository.
            version: stands for the one of `spec`.
            tags: all tags of the version; `env_digest` is what tells two build contexts apart.

        Raises:
            UserError: ENV_CONTENT_DIFFERS, the version exists with other content; or the build
                context is refused. Nothing was registered.
        """
        wanted = from_spec(spec, files)
        if existing := self._read(DEV, spec.name, version):
            equal = equal_or_refused(DEV, existing, wanted, tags)
            return self._claim(existing, equal, tags)
        wanted.version, wanted.tags = version, dict(tags)
        return self._register(DEV, spec, files, wanted)

    def recreate(
        self, place: str, spec: EnvironmentSpec, files: Tree, *, version: str
    ) -> RegisteredEnvironment:
        """Register `spec` at any place as `version`, with its tags; an equal one there is success.

        Args:
            place: a stage or a registry.
            spec: what `environment/environment.yml` says; `tags` are all that the version gets.
            files: the commit's files, under their paths in the repository.
            version: stands for the one of `spec`.

        Raises:
            UserError: ENV_CONTENT_DIFFERS, the version exists with other or incomparable content,
                or what was registered reads back as something else.
            BotError: a call failed, or the version does not read back.
        """
        wanted = from_spec(spec, files)
        wanted.version, wanted.tags = version, dict(spec.tags)
        if self._read(place, spec.name, version) is None:
            self._register(place, spec, files, wanted)
        made = self._read_back(place, spec.name, version)
        return equal_or_refused(place, made, from_spec(spec, files), spec.tags)

    def _register(
        self, place: str, spec: EnvironmentSpec, files: Tree, wanted: Environment
    ) -> RegisteredEnvironment:
        wanted.description = spec.description
        with tempfile.TemporaryDirectory(prefix="envbot-context-") as folder:
            if spec.build:
                write_build_context(spec.build, files, Path(folder))
                wanted.build = BuildContext(path=folder, dockerfile_path=spec.build.dockerfile_path)
                wanted.path = Path(folder)
            return self._create(place, wanted)

    def share(
        self, name: str, version: str, *, as_version: str, to: str = REGISTRY, recorded: str = ""
    ) -> RegisteredEnvironment:
        """Copy a version from dev into the registry `to`; an equal one there is success.

        Two versions are equal when all that Azure returns of them is, and, for build contexts,
        whose content Azure does not return, the `env_digest` tags are too. What cannot be compared
        is not taken for equal: it is returned as `not_comparable` if this call has made it, or if
        `recorded`, the id that it was copied from by an earlier one, is the version's in dev.

        Raises:
            UserError: ENV_NOT_FOUND, dev has no such version; ENV_CONTENT_DIFFERS, the registry has
                `as_version` with other content, or with content that nobody knows.
            BotError: a call failed, or the copy does not read back.
        """
        source = self._read(DEV, name, version)
        if source is None:
            raise UserError(not_found(name, version))
        tags = tag_texts(source.tags)
        existing = self._read(to, name, as_version)
        is_ours = _is_same_id(recorded, str(source.id))
        if existing is None:
            is_ours = self._share(source, as_version, to) or is_ours
            existing = self._read_back(to, name, as_version)
        return (copied if is_ours else equal_or_refused)(to, existing, source, tags)

    def _read_back(self, place: str, name: str, version: str) -> Environment:
        found = self._read(place, name, version)
        if found is None:
            raise BotError(
                f"Azure: {name}:{version} was accepted, but {place_name(place)} does not show it.",
                done="the version was sent",
            )
        return found

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
        return tuple(registered(place, environment) for environment in found)

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
        return self._create(DEV, existing)

    def _create(self, place: str, wanted: Environment) -> RegisteredEnvironment:
        what = f"registering environment {wanted.name}:{wanted.version} in {place_name(place)}"
        longest = self._clients.settings.operation_deadline
        with azure_call(what, sent=_UPLOADED), quiet_uploads():
            call = partial(self._clients.client(place).environments.create_or_update, wanted)
            try:
                made = returned(call, longest, what, _UPLOADED)
            except ResourceExistsError:
                made = None
        if made is not None:
            return registered(place, made)
        other = self._read(place, str(wanted.name), str(wanted.version))
        if other is None:
            raise BotError(f"Azure: {what} failed: it exists, but cannot be read.")
        return equal_or_refused(place, other, wanted, wanted.tags or {})

    def _share(self, source: Environment, as_version: str, to: str) -> bool:
        """Share; tell whether this call made the copy, and not somebody else meanwhile."""
        name, version, registry = source.name, source.version, self._clients.registry_at(to)
        what = f"sharing environment {name}:{version} with {registry} as {as_version}"
        client = self._clients.client_for_share(DEV)
        call = partial(
            client.environments.share,
            name,
            version,
            share_with_name=name,
            share_with_version=as_version,
            registry_name=registry,
        )
        with azure_call(what, sent=_SHARED):
            try:
                returned(call, self._clients.settings.operation_deadline, what, _SHARED)
            except (ResourceExistsError, ValidationException):
                # Somebody else may have shared it meanwhile: what the registry has decides.
                if self._read(to, str(name), as_version) is None:
                    raise
                return False
        return True


def _is_same_id(one: str, other: str) -> bool:
    first, second = parse_asset_id(one), parse_asset_id(other)
    return first is not None and first == second
