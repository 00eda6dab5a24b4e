"""Circuits that main has given up: their deployments stay in Azure until somebody deletes them."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from bot.core.config.circuit import CircuitId, circuit_of
from bot.core.history import FileChange


def retired(changes: Iterable[FileChange], circuits: int, percent: int) -> frozenset[CircuitId]:
    """Return the circuits whose config was taken away, `percent` of all or fewer at a time.

    What one commit took away beyond that is left out, whatever came after it: nobody can have
    meant it, or the policy would say so.

    Args:
        changes: what first-parent commits of main changed, newest first.
        circuits: how many circuits main has now.
        percent: the largest share that one commit may take away.
    """
    found: dict[CircuitId, bool] = {}
    for _, changed in groupby(changes, key=attrgetter("commit")):
        files = [(circuit_of(one.path), one) for one in changed]
        removed = {circuit for circuit, one in files if circuit and not one.after}
        added = sum(1 for circuit, one in files if circuit and not one.before)
        circuits += len(removed) - added
        is_meant = len(removed) * 100 <= percent * circuits
        for circuit in removed:
            found.setdefault(circuit, is_meant)
    return frozenset(circuit for circuit, is_meant in found.items() if is_meant)
