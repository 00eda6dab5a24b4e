"""Fetches what a plan must know beside what is desired and what is live."""

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from bot.core.asset_id import AssetId, is_same_asset, parse_asset_id
from bot.core.config.template import PATH
from bot.core.production.action import WRITTEN, Action
from bot.core.production.blueprint import Blueprint, read_blueprint, template_of
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.plan import Known, Plan
from bot.errors import InvalidFileError
from bot.handlers.context import Context
from bot.handlers.ports import Cloud, Repository

_STAGE = "production"


class ModelFacts(NamedTuple):
    """What a plan must know of the models that it would write.

    Attributes:
        environments: which environment version each is tagged with, where it has such a tag.
        absent: those that would newly run and are not there.
    """

    environments: Mapping[AssetId, str]
    absent: frozenset[AssetId]


ModelTags: TypeAlias = Mapping[AssetId, Mapping[str, str] | None]
"""What each model is tagged with; None for one that is not there."""


def known_of_places(
    context: Context,
    cloud: Cloud,
    desired: Collection[DesiredDeployment],
    live: Iterable[LiveDeployment],
) -> Known:
    """Return which environments production can use and, if anything is new, how it is made.

    Endpoints are listed and the template is read only where a deployment is not there.
    """
    available = _available(context, cloud, desired)
    if {one.key for one in desired} <= {one.key for one in live}:
        return Known(available)
    blueprint, why = blueprint_of(context.repository, context.rules.main)
    endpoints = frozenset(name.lower() for name in cloud.endpoints(_STAGE))
    return Known(available, blueprint=blueprint, no_blueprint=why, endpoints=endpoints)


def blueprint_of(repository: Repository, main: str) -> tuple[Blueprint | None, str]:
    """Return what main makes new deployments of, or why that cannot be used."""
    try:
        template = template_of(repository.read(main, "config"))
        if template is None:
            return None, f"main has no {PATH} to make it of"
        driver = repository.read(main, template.code_configuration.code)
        return read_blueprint(template, driver), ""
    except InvalidFileError as error:
        return None, "; ".join(str(problem) for problem in error.problems)


def facts_of_models(cloud: Cloud, stage: str, plan: Plan, workers: int) -> ModelFacts:
    """Return what is known of every model that the plan would write, by one call for each.

    Those that run already are read too, because their tag decides and not what they run on. One of
    them that cannot be found may be of a registry that is not ours, and counts as untagged.
    """
    newly = {action.model_id or "" for action in plan.actions if _asks(action)}
    running = {action.model_id or "" for action in plan.of_kind(*WRITTEN)}
    tags = model_tags_of(cloud, stage, newly | running, workers)
    asked = {parse_asset_id(text) for text in newly}
    missing = frozenset(model for model, found in tags.items() if found is None)
    return ModelFacts(environments_of(tags), missing & asked)


def tags_of_models(cloud: Cloud, stage: str, plan: Plan, workers: int) -> ModelTags:
    """Return the tags of each model that the plan would newly run.

    The models that run already are asked for only where the live environment does not settle
    which MAJOR they are of.
    """
    asked = {action.model_id or "" for action in plan.actions if _asks(action)}
    return model_tags_of(cloud, stage, asked, workers)


def model_tags_of(cloud: Cloud, stage: str, asked: Collection[str], workers: int) -> ModelTags:
    """Return the tags of each of these models, by one call for each; what is no id is left out."""
    ids = sorted(text for text in asked if parse_asset_id(text))
    # One alone first: the SDK builds its classes then, and cannot in several threads at once.
    found = {text: cloud.model_tags(stage, text) for text in ids[:1]}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        tags = pool.map(lambda text: cloud.model_tags(stage, text), ids[1:])
        found |= dict(zip(ids[1:], tags, strict=True))
    return {model: tags for text, tags in found.items() if (model := parse_asset_id(text))}


def knowing_models(cloud: Cloud, workers: int, known: Known, make: Callable[[Known], Plan]) -> Plan:
    """Return what `make` plans once the models are known that the plan would newly run."""
    plan = make(known)
    models = tags_of_models(cloud, _STAGE, plan, workers)
    if not models:
        return plan
    absent = frozenset(model for model, tags in models.items() if tags is None)
    tagged = environments_of(models)
    return make(replace(known, model_environments=tagged, absent_models=absent))


def environments_of(models: ModelTags) -> dict[AssetId, str]:
    """Return which environment version each model is tagged with, where it has such a tag."""
    return {
        model: tags["environment_version"]
        for model, tags in models.items()
        if tags and "environment_version" in tags
    }


def _asks(action: Action) -> bool:
    """Tell whether the action's model must be read: it is new there, or its MAJOR is not clear."""
    if action.code == "MODEL_MAJOR_MISMATCH":
        return True
    if action.kind not in WRITTEN:
        return False
    return not is_same_asset(action.model_id, action.live.model_id if action.live else None)


def _available(
    context: Context, cloud: Cloud, desired: Iterable[DesiredDeployment]
) -> frozenset[AssetId]:
    """Return those of the desired environment versions that production's registry has."""
    found, platform = set(), context.rules.platform
    for version in sorted({(one.environment, one.version) for one in desired}):
        if cloud.environment(platform.release_place, *version) is not None:
            text = platform.environment_id(_STAGE, *version)
            if parsed := parse_asset_id(text):
                found.add(parsed)
    return frozenset(found)
