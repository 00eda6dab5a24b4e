"""Build arguments: whether nothing uses one, or only what is compared with its value filled in."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self

from bot.core.change import Kind
from bot.core.facts.dockerfile.instructions import Instruction
from bot.core.facts.dockerfile.runs import Run, Step
from bot.core.facts.dockerfile.variables import Start, assignments

_WORD = re.compile(r"[A-Za-z0-9_]+")
# Read from the environment by installers, compilers and frameworks while a RUN runs, whether or not
# the Dockerfile mentions them.
_READ_BY_TOOLS = re.compile(
    r"(?:PIP|CONDA|MAMBA|UV|POETRY|NPM|NODE|DEBIAN|APT|DPKG|LC|LD|CMAKE|CUDA|CUDNN|NCCL|NVIDIA|TORCH"
    r"|TF|XLA|MKL|OMP|OPENBLAS|NUMBA|BLAS|KMP|HDF5|SETUPTOOLS|DISTUTILS|GIT|USE|BUILD|FORCE|MAX|BASH"
    r"|DOCKER|BUILDKIT|SSL|CURL|REQUESTS|HF|HOROVOD|SOURCE_DATE|TARGET|ARROW|GRPC|XDG|R)_.*"
    r"|PYTHON[A-Z]+|PATH|HOME|LANG|LANGUAGE|CC|CXX|[A-Z]*FLAGS|SHELL|ENV|IFS|TZ|TMP|TMPDIR|USER"
    r"|(?:HTTPS?|NO|ALL|FTP)_PROXY|MAKEOPTS|PREFIX|DESTDIR",
    re.IGNORECASE,
)


class _Use(NamedTuple):
    """Where an argument could be used: the names declared there, all words, the opaque ones."""

    declared: frozenset[str]
    words: frozenset[str]
    opaque: frozenset[str]


class Arguments(NamedTuple):
    """The build arguments of both sides, and what mentions them."""

    uses: tuple[_Use, ...]
    elsewhere: frozenset[str]

    @classmethod
    def of(
        cls, lines: Iterable[tuple[Instruction, Start | None, Run | None]], context: str
    ) -> Self:
        """Return the arguments of these lines; `context` is the text of the build's other files."""
        return cls(tuple(_use(*line) for line in lines), _words([context]))

    def kind(self, *instructions: Instruction) -> Kind | None:
        """Return what a change of these ARG instructions is.

        None means that it shows elsewhere: packages and images are compared with values filled in.
        """
        names = frozenset[str]().union(*map(_declared, instructions))
        if not names or any(self._is_visible(name) for name in names):
            return Kind.BUILD_ARGUMENT_CHANGED
        if any(self._is_mentioned(name) for name in names):
            return None
        return Kind.BUILD_ARGUMENT_UNUSED

    def _is_visible(self, name: str) -> bool:
        """Tell whether something may read the argument that is not compared with its value."""
        if name in self.elsewhere or _READ_BY_TOOLS.fullmatch(name):
            return True
        return any(name in use.opaque for use in self.uses if name not in use.declared)

    def _is_mentioned(self, name: str) -> bool:
        return any(name in use.words for use in self.uses if name not in use.declared)


def _use(instruction: Instruction, start: Start | None, run: Run | None) -> _Use:
    declared = _declared(instruction)
    own = declared if len(declared) == 1 else frozenset[str]()  # one may name another's value
    return _Use(own, _words(_texts(instruction)), _opaque(instruction, start, run))


def _declared(instruction: Instruction) -> frozenset[str]:
    return frozenset(assignments(instruction)) if instruction.keyword == "ARG" else frozenset()


def _opaque(instruction: Instruction, start: Start | None, run: Run | None) -> frozenset[str]:
    """Return the words of an instruction that are compared as written."""
    if start:
        unresolved = start.image if "$" in start.image else ""
        return _words([instruction.text.replace(start.written, " ", 1), unresolved])
    if run and run.steps is not None:
        steps = (*run.steps, *run.cleaning)
        return _words([run.options, *(text for step in steps for text in _unresolved(step))])
    return _words(_texts(instruction))


def _unresolved(step: Step) -> Iterator[str]:
    if step.install is None:
        yield from (word.raw for word in step.command.words)
        return
    yield from step.install.options
    yield from step.install.quiet
    shown = [f"{package.name} {package.shown}" for package in step.install.packages]
    shown += [f"{package.name} {package.version}" for package in step.install.system]
    if any("$" in text for text in shown):
        yield from (word.raw for word in step.command.words)


def _texts(instruction: Instruction) -> list[str]:
    return [instruction.text, *(heredoc.body for heredoc in instruction.heredocs)]


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in _WORD.findall(text))
