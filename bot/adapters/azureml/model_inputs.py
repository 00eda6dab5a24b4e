"""Where the test workspace finds what a test needs: models, sample data, old environments."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

from azure.ai.ml.constants import AssetTypes
from azure.core.exceptions import ResourceNotFoundError

from bot.adapters.azureml.clients import Clients
from bot.adapters.azureml.environment_content import is_same_content
from bot.adapters.azureml.failure import azure_call, is_absent
from bot.core.asset_id import AssetId, parse_asset_id
from bot.core.baseline import Absence
from bot.core.config.platform import REGISTRY
from bot.core.model_test_request import ModelRef, ModelTestRequest, Step

TEST, PRODUCTION = "test", "production"
_DATASTORE = "azureml://datastores/"
_T = TypeVar("_T")
_K = TypeVar("_K")


class Mount(NamedTuple):
    """One input of a step, as the SDK names it."""

    type: str
    path: str


class Inputs(NamedTuple):
    """What one model needs to be scored."""

    model: Mount
    sample: Mount


class Found(NamedTuple):
    """What can be tested, and what cannot.

    Attributes:
        inputs: of every model that can.
        absent: what is missing, and the models that miss it.
        steps: those that can run, without the models that cannot; environments as test knows them.
    """

    inputs: Mapping[ModelRef, Inputs]
    absent: Mapping[Absence, tuple[ModelRef, ...]]
    steps: tuple[Step, ...]


class ModelInputs:
    """Looks things up in the test workspace and the registry; one read for each."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def find(self, request: ModelTestRequest, steps: Iterable[Step]) -> Found:
        """Return what of `steps` can run, by one read for each model, sample and environment."""
        wanted = tuple(steps)
        models = sorted({model for step in wanted for model in step.models})
        samples = {model: request.sample_of(model) for model in models}
        registry = request.settings.models == "registry"
        with ThreadPoolExecutor(max_workers=self._clients.settings.workers) as pool:
            mounts = _each(pool, lambda one: self._model(one.ref, registry=registry), models)
            data = _each(pool, self._sample, sorted({each for each in samples.values() if each}))
            places = {step.environment_id for step in wanted if step.is_baseline}
            environments = _each(pool, self._environment, sorted(places))
        inputs: dict[ModelRef, Inputs] = {}
        absent: dict[Absence, list[ModelRef]] = {}
        for model in models:
            found, sample = mounts[model], samples[model]
            scored = data[sample] if sample else None
            if found and scored:
                inputs[model.ref] = Inputs(found, scored)
            else:
                why = Absence.MODEL if not found else Absence.SAMPLE if sample else Absence.CIRCUIT
                absent.setdefault(why, []).append(model.ref)
        runnable = []
        for step in wanted:
            able = tuple(model for model in step.models if model.ref in inputs)
            place = environments[step.environment_id] if step.is_baseline else step.environment_id
            if place is None:
                absent.setdefault(Absence.ENVIRONMENT, []).extend(model.ref for model in able)
            elif able:
                runnable.append(step._replace(environment_id=place, models=able))
        lists = {why: tuple(refs) for why, refs in absent.items()}
        return Found(inputs, lists, tuple(runnable))

    def _model(self, model: ModelRef, *, registry: bool) -> Mount | None:
        place = REGISTRY if registry else TEST
        client = self._clients.client(place).models
        found = _present(f"reading model {model.label} of {place}", lambda: client.get(*model))
        if found is None:
            return None
        path = f"azureml:{model.label}"
        if registry:
            root = f"azureml://registries/{self._clients.registry_at(REGISTRY)}"
            path = f"{root}/models/{model.name}/versions/{model.version}"
        return Mount(str(found.type or AssetTypes.CUSTOM_MODEL), path)

    def _sample(self, place: str) -> Mount | None:
        """Return the data at `place`; whether a path leads to anything only the job can see."""
        asset = None if place.startswith(_DATASTORE) else parse_asset_id(place)
        if asset is None:
            return Mount(_type_of_path(place), place)
        where = REGISTRY if asset.place.startswith("registries/") else TEST
        client = self._clients.client(where).data
        found = _present(
            f"reading data {asset.label} of {where}", lambda: client.get(asset.name, asset.version)
        )
        return Mount(str(found.type), place) if found else None

    def _environment(self, environment_id: str) -> str | None:
        """Return the id under which test can use an environment of production's."""
        asset = parse_asset_id(environment_id)
        if asset is None or asset.place.startswith("registries/"):
            return environment_id
        client = self._clients.client(TEST).environments
        found = _present(
            f"reading environment {asset.label} of {TEST}",
            lambda: client.get(asset.name, asset.version),
        )
        return f"azureml:{asset.label}" if found else self._released(asset)

    def _released(self, asset: AssetId) -> str | None:
        """Return the registry's version where production's own was made anew as the same."""
        both = []
        for place in (self._clients.release_place, PRODUCTION):
            client = self._clients.client(place).environments
            what = f"reading environment {asset.label} of {place}"
            both.append(_present(what, partial(client.get, asset.name, asset.version)))
        released, live = both
        is_same = released and live and is_same_content(released, live)
        return str(released.id) if released and is_same else None


def _present(what: str, read: Callable[[], _T]) -> _T | None:
    with azure_call(what):
        try:
            return read()
        except ResourceNotFoundError as error:
            if is_absent(error):
                return None
            raise


def _type_of_path(place: str) -> str:
    return AssetTypes.URI_FOLDER if place.endswith("/") else AssetTypes.URI_FILE


def _each(
    pool: ThreadPoolExecutor, look_up: Callable[[_K], _T], keys: Iterable[_K]
) -> dict[_K, _T]:
    known = tuple(keys)
    return dict(zip(known, pool.map(look_up, known), strict=True))
