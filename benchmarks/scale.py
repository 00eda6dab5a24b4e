"""How large the corpora are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of one run.

    Attributes:
        fleets: numbers of circuits for what reads or edits configs.
        plans: two numbers of deployments for the plan, the second ten times the first.
        writes: number of deployments that are written through the sandbox.
        applies: the same where every call takes a while.
        pulls: number of circuits beside which a pull request is classified.
    """

    fleets: tuple[int, ...]
    plans: tuple[int, int]
    writes: int
    applies: int
    pulls: int


FULL = Scale(
    fleets=(200, 2_000, 20_000), plans=(2_000, 20_000), writes=200, applies=400, pulls=20_000
)
QUICK = Scale(fleets=(60,), plans=(200, 2_000), writes=16, applies=16, pulls=200)
