"""Which models production ran before a merge, by what applies wrote down before they wrote."""

from collections.abc import Callable, Collection, Iterable

import msgspec

from bot.core.asset_id import parse_asset_id
from bot.core.config.circuit import CircuitId
from bot.core.config.circuit_file import ModelVersion
from bot.core.production.journal import Journal


def earlier_models(
    journals: Iterable[Journal],
    circuits: Collection[CircuitId],
    model_name: Callable[[CircuitId], str],
) -> dict[CircuitId, str]:
    """Return the versions that a config can name; what nobody knows is left out.

    The first journal that knows a circuit decides, and no more are asked for than are needed.

    Args:
        journals: of the applies since the merge, the oldest first.
        circuits: those that are asked about.
        model_name: the model of a circuit; a version of another one means nothing to its config.
    """
    found: dict[CircuitId, str] = {}
    for journal in journals:
        for entry in journal.entries:
            circuit = CircuitId(entry.plant, entry.circuit)
            if circuit in circuits:
                found.setdefault(circuit, _version(entry.model_id, model_name(circuit)))
        if len(found) == len(circuits):
            break
    return {circuit: version for circuit, version in found.items() if version}


def _version(model_id: str | None, name: str) -> str:
    model = parse_asset_id(model_id or "")
    if model is None or model.name != name:
        return ""
    try:
        return msgspec.convert(model.version, ModelVersion)
    except msgspec.ValidationError:
        return ""
