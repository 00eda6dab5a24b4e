"""What an environment version holds, and whether two hold the same (D7)."""

import re
from collections.abc import Mapping
from typing import Any

import yaml
from azure.ai.ml.entities import BuildContext, Environment

from bot.core.config.platform import PRODUCTION_REGISTRY, REGISTRY
from bot.core.environment import EnvironmentSpec, RegisteredEnvironment, asset_digest
from bot.core.refusal import Refusal
from bot.core.tag_limits import tag_texts
from bot.core.tree import Tree
from bot.errors import UserError

DIGEST_TAG = "env_digest"
_NAMES = {REGISTRY: "the registry", PRODUCTION_REGISTRY: "the production registry"}
_WORD = re.compile(r"[^a-z0-9]")


def place_name(place: str) -> str:
    """Return what people call a place: its stage, or which registry it is."""
    return _NAMES.get(place, place)


def from_spec(spec: EnvironmentSpec, files: Tree) -> Environment:
    """Return what the SDK registers for `spec`, its build context still to be uploaded."""
    conda = spec.conda_path and files[spec.conda_path].data
    return Environment(
        name=spec.name,
        image=spec.image,
        conda_file=yaml.safe_load(conda) if conda else None,
        build=BuildContext(dockerfile_path=spec.build.dockerfile_path) if spec.build else None,
        inference_config=spec.inference_config,
        os_type=spec.os_type,
    )


def registered(place: str, environment: Environment) -> RegisteredEnvironment:
    """Return a version as the rest of envbot knows it."""
    return RegisteredEnvironment(
        name=str(environment.name),
        version=str(environment.version),
        id=str(environment.id),
        place=place,
        asset_digest=content_digest(environment),
        tags=tag_texts(environment.tags),
    )


def content_digest(environment: Environment) -> str:
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


def equal_or_refused(
    place: str, existing: Environment, wanted: Environment, tags: Mapping[str, str]
) -> RegisteredEnvironment:
    """Return `existing` where it holds what `wanted` does.

    Raises:
        UserError: ENV_CONTENT_DIFFERS, it holds something else or cannot be compared.
    """
    copy = copied(place, existing, wanted, tags)
    if copy.not_comparable:
        fact = f"It is not comparable: {copy.not_comparable}."
        raise UserError(differs(place, existing, fact))
    return copy


def copied(
    place: str, existing: Environment, wanted: Environment, tags: Mapping[str, str]
) -> RegisteredEnvironment:
    """Return `existing` unless it is known to hold something else than `wanted`.

    Its `not_comparable` says what Azure does not return of it, where that leaves the question open.

    Raises:
        UserError: ENV_CONTENT_DIFFERS.
    """
    theirs, ours = (existing.tags or {}).get(DIGEST_TAG), tags.get(DIGEST_TAG)
    if theirs and ours and theirs != ours:
        fact = f"It is tagged env_digest {theirs[:8]}, this content is {ours[:8]}."
        raise UserError(differs(place, existing, fact))
    found = registered(place, existing)
    if _is_hidden(existing, wanted):
        return found._replace(asset_digest=None, not_comparable="Azure returns only its image")
    if content_digest(existing) != content_digest(wanted):
        raise UserError(differs(place, existing, "Azure returns other settings for it."))
    if wanted.build and not (theirs and ours):
        what = "a build context, and not tagged with `env_digest`"
        return found._replace(not_comparable=what)
    return found


def _is_hidden(existing: Environment, wanted: Environment) -> bool:
    """Tell whether all that an image was built from is missing: not changed, but not returned."""
    is_built = bool(wanted.build or wanted.conda_file)
    return is_built and not (existing.build or existing.conda_file)


def is_same_content(one: Environment, other: Environment) -> bool:
    """Tell whether two versions are known to hold the same; build contexts by their tags alone."""
    if content_digest(one) != content_digest(other):
        return False
    digests = [(each.tags or {}).get(DIGEST_TAG) for each in (one, other)]
    return digests[0] == digests[1] and not (one.build and digests[0] is None)


def differs(place: str, existing: Environment, fact: str) -> Refusal:
    """Return the refusal of a version that is taken."""
    where = place_name(place)
    return Refusal(
        code="ENV_CONTENT_DIFFERS",
        headline=f"`{existing.name}:{existing.version}` exists in {where} with other content",
        facts=(fact, "A registered version never changes, so that one stays."),
        resolver="the author of the change",
        next="Raise `version` in environment/environment.yml and push.",
    )


def not_found(name: str, version: str) -> Refusal:
    """Return the refusal of a version that dev does not have."""
    return Refusal(
        code="ENV_NOT_FOUND",
        headline=f"`{name}:{version}` is not registered in dev",
        facts=("Only what is registered there can be shared.",),
        resolver="the author of the change",
        next="Push the pull request's head again, so that its candidate is registered.",
    )
