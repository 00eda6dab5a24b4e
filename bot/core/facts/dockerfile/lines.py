"""The instructions of a Dockerfile with what they mean: images, and the steps of a RUN."""

from collections.abc import Hashable
from typing import NamedTuple

from bot.core.facts.dockerfile.instructions import Instruction, read_dockerfile
from bot.core.facts.dockerfile.runs import Run, Step, read_run
from bot.core.facts.dockerfile.variables import Start, canonical_env, start_of, walk


class Line(NamedTuple):
    """One instruction with what it means: of a FROM its image, of a RUN its steps."""

    instruction: Instruction
    start: Start | None
    run: Run | None

    @property
    def identity(self) -> Hashable:
        """Return what must be equal for two instructions to be the same."""
        instruction = self.instruction
        if self.start:
            return "FROM", self.start
        text = canonical_env(instruction) if instruction.keyword == "ENV" else instruction.text
        return instruction.keyword, text, tuple(h.body for h in instruction.heredocs), self._uses

    @property
    def keyword(self) -> str:
        """Return the instruction's keyword."""
        return self.instruction.keyword

    @property
    def _uses(self) -> Hashable:
        """Return the packages that a RUN installs, arguments filled in."""
        installs = [step.install for step in self.steps if step.install]
        packages = [(p.name, p.shown) for install in installs for p in install.packages]
        return tuple(packages), tuple(package[:2] for i in installs for package in i.system)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the steps of a RUN; nothing for another instruction."""
        return (self.run.steps if self.run else None) or ()


def read_lines(data: bytes) -> tuple[Line, ...]:
    """Return the instructions of a Dockerfile with what they mean.

    Raises:
        UnreadableError: it cannot be analysed.
    """
    instructions = read_dockerfile(data)
    is_posix = all("sh" in i.text for i in instructions if i.keyword == "SHELL")
    lines = []
    for instruction, variables in walk(instructions):
        start = start_of(instruction, variables) if instruction.keyword == "FROM" else None
        run = read_run(instruction, variables) if instruction.keyword == "RUN" else None
        if run and not is_posix:
            run = Run(instruction, "", None)
        lines.append(Line(instruction, start, run))
    return tuple(lines)
