"""The versions by plant as a picture: bars of inline SVG, each told in words above it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import NamedTuple

from bot.core.production.fleet_status import FleetStatus
from bot.core.production.plant_status import PlantStatus, plants, unlike_plants
from bot.core.render.markdown import plural

_COLOURS = 6  # the most frequent versions have a colour of their own, the others share one
_BARS = 24
_THINNEST = 0.6  # percent: one circuit of 20,000 still shows
_ROOM = 9  # percent of a bar that a label needs


class Bar(NamedTuple):
    """One bar: what it is about, how many circuits run what, and how many are not as asked."""

    name: str
    versions: Mapping[str, int]
    unlike: int = 0
    urgent: int = 0


class Palette:
    """Which colour and which short name each environment has; `none` is told as it is."""

    def __init__(self, versions: Iterable[str]) -> None:
        found = list(versions)
        self._colours = {name: min(place, _COLOURS) for place, name in enumerate(found)}
        names = {name.rpartition(":")[0] for name in found if name != "none"}
        self._is_one_environment = len(names) == 1

    def colour(self, name: str) -> str:
        """Return the class that the style sheet colours."""
        return f"v{self._colours[name]}"

    def short(self, name: str) -> str:
        """Return the version alone where all are of one environment."""
        if name == "none":
            return "no deployment"
        return name.rpartition(":")[2] if self._is_one_environment else name

    def told(self, name: str, count: int) -> str:
        """Return how many circuits run an environment."""
        return (
            f"{count:,} without a deployment"
            if name == "none"
            else f"{count:,} on {self.short(name)}"
        )


def picture(fleet: FleetStatus) -> str:
    """Return the bar of the whole fleet with its legend, and a bar for each plant or sort of them.

    The plants that are unlike the rest come first; where there are many, those whose circuits all
    run one version as asked share a bar.
    """
    palette = Palette(fleet.versions)
    bars = list(_bars(fleet))
    left = len(unlike_plants(fleet)) - _BARS
    told = f"… {plural(left, 'more plant')} unlike the rest: the table has them."
    return "\n".join(
        [
            _svg(fleet.versions, palette, height=34, labels=True),
            _legend(fleet.versions, palette),
            '<h3 class="soft small">By plant, the unlike ones first</h3>',
            '<ul class="plants">',
            *(_item(bar, palette) for bar in bars),
            "</ul>",
            *([f'<p class="soft small">{told}</p>'] if left > 0 else []),
        ]
    )


def _bars(fleet: FleetStatus) -> Iterator[Bar]:
    unlike, every = unlike_plants(fleet), plants(fleet)
    yield from (Bar(one.plant, one.versions, one.unlike, one.urgent) for one in unlike[:_BARS])
    apart = {one.plant for one in unlike}
    alike = [one for one in every if one.plant not in apart]
    if len(every) <= _BARS:
        yield from (Bar(one.plant, one.versions) for one in alike)
    else:
        yield from _groups(alike)


def _groups(alike: Iterable[PlantStatus]) -> Iterator[Bar]:
    grouped: dict[str, list[PlantStatus]] = defaultdict(list)
    for one in alike:
        grouped[next(iter(one.versions))].append(one)
    for version, same in sorted(grouped.items(), key=lambda item: len(item[1])):
        circuits = sum(one.circuits for one in same)
        yield Bar(f"{plural(len(same), 'plant')} as asked", {version: circuits})


def _item(bar: Bar, palette: Palette) -> str:
    told = escape(", ".join(palette.told(name, count) for name, count in bar.versions.items()))
    sort = "wrong" if bar.urgent else "soft"
    wrong = f'; <span class="{sort}">{bar.unlike:,} not as asked</span>' if bar.unlike else ""
    svg = _svg(bar.versions, palette, height=12, labels=False)
    return f"<li><p><b>{escape(bar.name)}</b>: {told}{wrong}</p>{svg}</li>"


def _svg(versions: Mapping[str, int], palette: Palette, *, height: int, labels: bool) -> str:
    """Return one bar; what it shows is told beside it, so it is no image to those who listen."""
    parts = []
    left = 0.0
    for name, width in _widths(versions):
        title = f"{palette.short(name)}: {plural(versions[name], 'circuit')}"
        text = f'<text x="8" y="22">{escape(palette.short(name))}</text>'
        parts.append(
            f'<svg x="{left:.2f}%" width="{width:.2f}%" height="{height}">'
            f'<rect class="{palette.colour(name)}" width="100%" height="{height}">'
            f"<title>{escape(title)}</title></rect>{text if labels and width > _ROOM else ''}</svg>"
        )
        left += width
    return f'<svg height="{height}" aria-hidden="true">{"".join(parts)}</svg>'


def _widths(versions: Mapping[str, int]) -> list[tuple[str, float]]:
    """Return the percentages of a bar: the shares, none so thin that nobody sees it."""
    total = sum(versions.values())
    widths = {name: max(count * 100 / total, _THINNEST) for name, count in versions.items()}
    scale = 100 / sum(widths.values()) if widths else 1
    return [(name, width * scale) for name, width in widths.items()]


def _legend(versions: Mapping[str, int], palette: Palette) -> str:
    items = (
        f'<li><svg viewBox="0 0 10 10" aria-hidden="true">'
        f'<rect class="{palette.colour(name)}" width="10" height="10" rx="2"/></svg>'
        f"<b>{escape(palette.short(name))}</b> {count:,}</li>"
        for name, count in versions.items()
    )
    return f'<ul class="legend">{"".join(items)}</ul>'
