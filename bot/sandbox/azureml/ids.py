"""Azure resource ids and registry asset ids: parsed without regard to case, written in one form."""

import re
from dataclasses import dataclass

PROVIDER = "Microsoft.MachineLearningServices"

_SCOPE = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"/providers/Microsoft\.MachineLearningServices/(?P<kind>workspaces|registries)/(?P<name>[^/]+)",
    re.IGNORECASE,
)
_REGISTRY_ASSET = re.compile(
    r"azureml://registries/(?P<registry>[^/]+)/(?P<kind>[^/]+)/(?P<name>[^/]+)"
    r"/versions/(?P<version>[^/]+)",
    re.IGNORECASE,
)
_SOURCE_ASSET = re.compile(
    r"azureml://locations/(?P<location>[^/]+)/workspaces/(?P<guid>[^/]+)/(?P<kind>[^/]+)"
    r"/(?P<name>[^/]+)/versions/(?P<version>[^/]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The workspace or registry a resource lives in."""

    subscription: str
    group: str
    kind: str
    name: str

    @property
    def arm_id(self) -> str:
        """The scope's own ARM id."""
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
            f"/providers/{PROVIDER}/{self.kind}/{self.name}"
        )

    @property
    def is_registry(self) -> bool:
        """Whether assets here are named `azureml://registries/...`."""
        return self.kind == "registries"

    def asset_id(self, kind: str, name: str, version: str) -> str:
        """Return the id under which an asset version of this scope is shown."""
        if self.is_registry:
            return f"azureml://registries/{self.name}/{kind}/{name}/versions/{version}"
        return f"{self.arm_id}/{kind}/{name}/versions/{version}"

    def key(self, *segments: str) -> str:
        """Return the key of a resource below this scope."""
        return "/".join((self.arm_id, *segments))


@dataclass(frozen=True, slots=True)
class AssetReference:
    """An asset version named by somebody else's body; exactly one of scope and registry is set."""

    kind: str
    name: str
    version: str
    scope: Scope | None = None
    registry: str | None = None


def split_scope(path: str) -> tuple[Scope, list[str]] | None:
    """Return the scope a path starts with and the segments after it, or None."""
    match = _SCOPE.match(path)
    if match is None:
        return None
    kind = match["kind"].lower()
    rest = path[match.end() :].strip("/")
    scope = Scope(match["subscription"], match["group"], kind, match["name"])
    return scope, rest.split("/") if rest else []


def parse_asset(text: str) -> AssetReference | None:
    """Return what an ARM asset id or a registry asset id names, or None when it is neither."""
    registry = _REGISTRY_ASSET.fullmatch(text)
    if registry:
        return AssetReference(
            registry["kind"].lower(),
            registry["name"],
            registry["version"],
            registry=registry["registry"],
        )
    found = split_scope(text.removeprefix("azureml:"))
    if found is None or len(found[1]) != len(("kind", "name", "versions", "version")):
        return None
    scope, (kind, name, _, version) = found
    return AssetReference(kind.lower(), name, version, scope=scope)


def parse_source(text: str) -> tuple[str, str, str, str] | None:
    """Return (workspace guid, kind, name, version) of an import's source asset id, or None."""
    match = _SOURCE_ASSET.fullmatch(text)
    if match is None:
        return None
    return match["guid"].lower(), match["kind"].lower(), match["name"], match["version"]
