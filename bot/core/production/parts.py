"""The parts of a circuit's config that a write brings to production, each with a past of its own.

Whoever approved one has not approved what was pushed into the other.
"""

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum

from bot.core.asset_id import is_same_asset, parse_asset_id
from bot.core.config.circuit import CircuitConfig
from bot.core.production.asked import Step
from bot.core.production.deployment import DesiredDeployment, LiveDeployment


class Part(StrEnum):
    """One value that people approve; registry and names come of the platform, a rule itself."""

    VERSION = "environment version"
    MODEL = "model version"


_OF_KEY = {
    "training.environment_version": Part.VERSION,
    "deployment.environment_version": Part.VERSION,
    "deployment.model_version": Part.MODEL,
}


def written_parts(desired: DesiredDeployment, live: LiveDeployment | None) -> frozenset[Part]:
    """Return the parts that a write of `desired` changes; all where nothing is live."""
    if live is None:
        return frozenset(Part)
    written = set()
    runs = parse_asset_id(live.environment_id or "")
    if runs is None or (runs.name, runs.version) != (desired.environment, desired.version):
        written.add(Part.VERSION)
    if not is_same_asset(desired.model_after(live), live.model_id):
        written.add(Part.MODEL)
    return frozenset(written)


def parts_of(fields: Iterable[str]) -> frozenset[Part]:
    """Return the parts that these keys of a config are about; most keys are about none."""
    return frozenset(_OF_KEY[field] for field in fields if field in _OF_KEY)


def last_changed(
    steps: Iterable[Step], config: Callable[[str], CircuitConfig | None], wanted: Collection[Part]
) -> dict[Part, str]:
    """Return the newest commit that changed each part, newest first, down to all of `wanted`.

    A part that changed since is among them: whoever asks for a model means the environment that
    the circuit had then, and the other way round.

    Args:
        steps: what changed, newest first; what they do not tell is missing.
        config: what a blob says; None for none, and for one that cannot be read.
        wanted: the parts to look for.
    """
    found: dict[Part, str] = {}
    for step in steps:
        if found.keys() >= set(wanted):
            break
        before, after = (_values(config(side.config)) for side in (step.before, step.after))
        for part in Part:
            if part not in found and before.get(part) != after.get(part):
                found[part] = step.commit
    return found


def _values(config: CircuitConfig | None) -> dict[Part, tuple[str | None]]:
    """Return each value in a tuple: a model left open is not the same as no circuit."""
    if config is None:
        return {}
    return {Part.VERSION: (config.production_version,), Part.MODEL: (config.model_version,)}
