"""From method and path to a handler: areas, templates and what each route asks for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.sandbox.azureml.exchange import Handler
from bot.sandbox.azureml.ids import Scope, split_scope
from bot.sandbox.azureml.roles import Right

# Data planes answer under the same host here; their prefix tells the area.
_PREFIXES: Mapping[str, str] = {
    "/mferp/managementfrontend": "mfe",
    "/history/v1.0": "history",
    "/data/v1.0": "data",
}
_KINDS = {"workspaces": "workspace", "registries": "registry"}


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; `{name}` in the template captures a segment, `{name*}` all that follow."""

    method: str
    area: str
    template: str
    handler: Handler
    right: Right

    def match(self, segments: list[str]) -> dict[str, str] | None:
        """Return what the template captures from the segments, or None."""
        wanted = self.template.split("/") if self.template else []
        if wanted and wanted[-1].endswith("*}"):
            kept = len(wanted) - 1
            segments = [*segments[:kept], "/".join(segments[kept:])]
        if len(wanted) != len(segments):
            return None
        captures: dict[str, str] = {}
        for pattern, segment in zip(wanted, segments, strict=True):
            if pattern.startswith("{"):
                captures[pattern.strip("{*}")] = segment
            elif pattern.lower() != segment.lower():
                return None
        return captures


@dataclass(frozen=True, slots=True)
class Match:
    """The route found, the scope its path names, and what the template captured."""

    route: Route
    scope: Scope | None
    captures: dict[str, str]


class Routes:
    """All operations, found by method, area and number of segments."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Index the routes; the first that matches wins."""
        self._by_area: dict[tuple[str, str], list[Route]] = {}
        for route in routes:
            self._by_area.setdefault((route.method, route.area), []).append(route)

    def find(self, method: str, path: str) -> Match | None:
        """Return the route for a request, or None when there is no such operation."""
        area, scope, segments = locate(path)
        for route in self._by_area.get((method, area), ()):
            captures = route.match(segments)
            if captures is not None:
                return Match(route, scope, captures)
        return None


def locate(path: str) -> tuple[str, Scope | None, list[str]]:
    """Return the area of a path, its workspace or registry, and the segments after those."""
    plane, rest = "", path
    for prefix, name in _PREFIXES.items():
        if path.lower().startswith(f"{prefix}/"):
            plane, rest = name, path[len(prefix) :]
    found = split_scope(rest)
    if found is None:
        return "root", None, [part for part in rest.split("/") if part]
    scope, segments = found
    kind = _KINDS[scope.kind]
    area = plane if plane in {"history", "data"} else kind
    return area, scope, segments
