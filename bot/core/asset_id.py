"""The identity of a versioned asset, whichever way Azure Machine Learning spells it."""

import re
from dataclasses import dataclass
from functools import lru_cache

_REGISTRY = re.compile(r"\bregistries/(?P<registry>[^/]+)$", re.IGNORECASE)
_WORKSPACE = re.compile(
    r"\bsubscriptions/(?P<subscription>[^/]+)/resourcegroups/(?P<group>[^/]+)"
    r"/(?:providers/[^/]+/)?workspaces/(?P<workspace>[^/]+)$",
    re.IGNORECASE,
)
_LONG = re.compile(
    r"(?P<place>.+)/(?P<kind>environments|models|data)/(?P<name>[^/]+)/versions/(?P<version>[^/]+)",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(?:azureml:)?(?P<name>[^/:@]+):(?P<version>[^/:@]+)")
_VERSION_AT_THE_END = re.compile(r"(?P<asset>.*(?:/versions/|[^/:]:))[^/:]+")


@dataclass(frozen=True, slots=True, order=True)
class AssetId:
    """One version of one asset.

    Attributes:
        place: the registry or workspace in one spelling, lower case, because ARM ids ignore case;
            empty when the text named none.
        name: case-sensitive, as Azure ML treats it.
        version: case-sensitive.
    """

    place: str
    name: str
    version: str

    @property
    def label(self) -> str:
        """Return `name:version`, the form people write."""
        return f"{self.name}:{self.version}"

    def is_same(self, other: "AssetId") -> bool:
        """Tell whether both mean one asset; an id without a place matches any place."""
        if (self.name, self.version) != (other.name, other.version):
            return False
        return self.place == other.place or not (self.place and other.place)


@lru_cache(maxsize=1024)  # a fleet shares few environments, and one decision asks several times
def parse_asset_id(text: str) -> AssetId | None:
    """Return what `text` identifies, or None when it is not an id of a version.

    Understood: ARM ids, with or without `azureml:` before them, `azureml://registries/…`,
    `azureml://subscriptions/…`, and the short `name:version`.
    """
    if found := _LONG.fullmatch(text):
        return AssetId(_place(found["place"]), found["name"], found["version"])
    if found := _SHORT.fullmatch(text):
        return AssetId("", found["name"], found["version"])
    return None


def is_same_asset(one: str | None, other: str | None) -> bool:
    """Compare two ids by what they identify; unparsable ones only by their text."""
    if one is None or other is None:
        return one is other
    first, second = parse_asset_id(one), parse_asset_id(other)
    if first is None or second is None:
        return one == other
    return first.is_same(second)


def with_version(asset_id: str, version: str) -> str:
    """Return the id of another version of the same asset, in the same spelling.

    Raises:
        ValueError: `asset_id` names no version.
    """
    if found := _VERSION_AT_THE_END.fullmatch(asset_id):
        return f"{found['asset']}{version}"
    message = f"`{asset_id}` does not end in a version"
    raise ValueError(message)


def label(asset_id: str | None) -> str:
    """Return the short form of an id for people: `name:version`, or the text itself."""
    if asset_id is None:
        return "none"
    parsed = parse_asset_id(asset_id)
    return parsed.label if parsed else asset_id


def loadable(asset_id: str) -> str:
    """Return the id as the loader of azure-ai-ml takes it, and with it `az ml … --set`.

    It wants `azureml:` before an ARM id, and its fixed words in one case; ids of registries it
    takes as Azure writes them (azure-ai-ml 1.35.2).
    """
    found = _LONG.fullmatch(asset_id)
    if found is None:
        return asset_id if asset_id.startswith("azureml:") else f"azureml:{asset_id}"
    asset = f"{found['kind'].lower()}/{found['name']}/versions/{found['version']}"
    if registry := _REGISTRY.search(found["place"]):
        return f"azureml://registries/{registry['registry']}/{asset}"
    if at := _WORKSPACE.search(found["place"]):
        group = f"/subscriptions/{at['subscription']}/resourceGroups/{at['group']}"
        place = f"{group}/providers/Microsoft.MachineLearningServices/workspaces/{at['workspace']}"
        return f"azureml:{place}/{asset}"
    return f"azureml:{asset_id.removeprefix('azureml:')}"


def _place(text: str) -> str:
    if found := _REGISTRY.search(text):
        return f"registries/{found['registry']}".lower()
    if found := _WORKSPACE.search(text):
        parts = found["subscription"], found["group"], found["workspace"]
        return f"workspaces/{'/'.join(parts)}".lower()
    return text.lower()
