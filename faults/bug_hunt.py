"""Puts each bug of the table into a copy of the bot and lets the harness look for it."""

import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from bot.sandbox.faults.plan import parse
from faults.bugs import Bug, read_bugs
from faults.case import play, play_scene
from faults.harness import Harness
from faults.mutant import mutant, require_applicable
from faults.recording import Undisturbed, record, record_scene
from faults.scenes import SCENES
from faults.world import copy_state

_SIZE = (2, 2)
# One after the other, and one failure is too many: a budget that is ignored shows at once.
_CAREFUL = {"workers: 8": "workers: 1", "failure_budget: 5": "failure_budget: 1"}


@dataclass(frozen=True, slots=True)
class Hunt:
    """A harness, and how the bot without bugs carries out the release and the scenes."""

    harness: Harness
    steps: Mapping[str, Undisturbed]
    scenes: Mapping[str, Undisturbed]

    @classmethod
    def begin(cls, harness: Harness, names: Iterable[str]) -> Self:
        """Record the release and the scenes of those names."""
        steps = record(harness, *_SIZE, _CAREFUL)
        scenes = {name: _recorded(harness, name, steps) for name in names}
        return cls(harness, steps, scenes)

    def look_for(self, bug: Bug) -> tuple[str, str]:
        """Return what has noticed a bug, and what it saw; two empty texts if nothing has."""
        right = self.harness.bot
        with mutant(self.harness.folder / "mutant", bug.changes) as wrong:
            self.harness.bot = wrong
            try:
                return next(filter(None, map(self._noticed, bug.by)), ("", ""))
            finally:
                self.harness.bot = right

    def _noticed(self, by: str) -> tuple[str, str] | None:
        wrong = self.play(by)
        return (by.strip(), wrong[0]) if wrong else None

    def play(self, by: str) -> tuple[str, ...]:
        """Play a scene by its name, or a case by `STEP PLAN`; return what is wrong."""
        if by in SCENES:
            return play_scene(self.harness, SCENES[by], self.scenes[by])
        step, _, plan = by.partition(" ")
        verdict = play(self.harness, self.steps[step], parse(plan))
        if plan and not verdict.struck:
            raise RuntimeError(f"no call of {step} is {plan}")
        return verdict.wrong


def scenes_of(bugs: Iterable[Bug]) -> tuple[str, ...]:
    """Return the names of the scenes that these bugs ask for."""
    asked = {by for bug in bugs for by in bug.by}
    return tuple(name for name in SCENES if name in asked)


def play_bugs() -> int:
    """Print which bug was noticed by what; return how many were not.

    Raises:
        StaleChangeError: a bug of the table changes a text that the bot does not hold any more.
    """
    bugs, missed = read_bugs(), 0
    require_applicable(change for bug in bugs for change in bug.changes)
    with tempfile.TemporaryDirectory(prefix="envbot-faults-") as folder, ExitStack() as ending:
        harness = Harness.at(Path(folder))
        ending.callback(harness.close)
        hunt = Hunt.begin(harness, scenes_of(bugs))
        for bug in bugs:
            by, saw = hunt.look_for(bug)
            missed += not by
            print(f"{'caught' if by else 'MISSED'}  {bug.name}: {by}", flush=True)
            print(f"        {saw[:160]}", file=sys.stderr, flush=True)
    print(f"bugs: {len(bugs) - missed} of {len(bugs)} caught", flush=True)
    return missed


def _recorded(harness: Harness, name: str, steps: Mapping[str, Undisturbed]) -> Undisturbed:
    scene = SCENES[name]
    found = record_scene(harness, scene, steps[scene.step].before)
    kept = harness.folder / f"scene-{name.replace(' ', '-')}"
    shutil.rmtree(kept, ignore_errors=True)
    copy_state(found.start, kept)
    return replace(found, start=kept)
