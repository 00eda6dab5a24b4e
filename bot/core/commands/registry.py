"""The commands people may type in a pull request: one list for parser, help, CLI and documents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

_NUMBER = r"(?:0|[1-9][0-9]{0,8})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")
_SELECTOR = re.compile(r"[A-Za-z0-9_.*:/-]+(?: *, *[A-Za-z0-9_.*:/-]+)*")


class Job(StrEnum):
    """The workflow job that carries out a command; each has its own identity and permissions."""

    COMMAND = "command"
    CLOUD = "cloud"
    APPLY = "apply"


class Level(StrEnum):
    """The least that GitHub's permission on the repository must say."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class WhoMay:
    """Who may give a command.

    Attributes:
        level: the least repository permission.
        stage: the gate of `config/policy.yml` whose groups the person must belong to, if any.
        text: the same as a phrase for people.
    """

    level: Level
    stage: str | None
    text: str


ANYONE = WhoMay(Level.READ, None, "anyone who can read the repository")
WRITERS = WhoMay(Level.WRITE, None, "anyone with write access")
OVERRIDERS = WhoMay(
    Level.WRITE,
    None,
    "breaking: anyone with write access; non-breaking: members of the groups of `gates.registry` "
    "who neither opened the pull request nor pushed to it",
)
REGISTRY_GROUP = WhoMay(
    Level.WRITE, "registry", "members of the groups of `gates.registry` in `config/policy.yml`"
)
ROLLBACK_GROUP = WhoMay(
    Level.WRITE, "rollback", "members of the groups of `gates.rollback` in `config/policy.yml`"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What an argument may look like: the whole text matches `pattern`.

    `words` are what the usage shows where only certain words are possible.
    """

    name: str
    pattern: re.Pattern[str]
    hint: str
    words: str = ""


VERSION = Kind("VERSION", _VERSION, "a version such as 1.5.1")
SELECTOR = Kind(
    "SELECTOR", _SELECTOR, "circuits such as P001/C001, P001/*, plant:P001 or env:1.5.0"
)
VERB = Kind("VERB", re.compile(r"[a-z]+"), "the name of a command")
STAGE = Kind("STAGE", re.compile("registry"), "`registry`", "registry")
SUBJECT = Kind("SUBJECT", re.compile("class"), "the word `class`", "class")
CLASS = Kind(
    "CLASS",
    re.compile("breaking|non-breaking"),
    "`breaking` or `non-breaking`",
    "breaking|non-breaking",
)
SWITCH = Kind("nothing", re.compile(""), "without a value")
ACTION = Kind("ACTION", re.compile("run"), "`run`", "run")
REASON = Kind(
    "REASON", re.compile(r"(?=.*\w).{1,300}"), "a reason in quotes, of at most 300 characters"
)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument; a `flag` argument is written `--name VALUE`, any other stands by position.

    A `switch` is a flag without a value: it is there or not.
    """

    name: str
    kind: Kind
    summary: str
    required: bool = False
    flag: bool = False
    switch: bool = False

    @property
    def usage(self) -> str:
        """Return the argument as the usage line shows it."""
        if self.switch:
            return f"[--{self.name}]"
        shown = self.kind.words or self.kind.name
        text = f"--{self.name} {shown}" if self.flag else shown
        return text if self.required else f"[{text}]"


@dataclass(frozen=True, slots=True)
class Example:
    """One line that can be typed, and what it does."""

    line: str
    meaning: str


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """Everything there is to know about one command.

    Attributes:
        effect: what it changes, as a phrase: nothing, the branch, Azure.
        job: the job that carries it out on an open pull request; None means it is refused there.
        job_after_merge: the job on a merged one; None means it is refused there.
        job_when_closed: the job on one closed without a merge; None means it is refused there.
    """

    name: str
    summary: str
    who: WhoMay
    effect: str
    arguments: tuple[Argument, ...]
    examples: tuple[Example, ...]
    job: Job | None
    job_after_merge: Job | None = None
    job_when_closed: Job | None = None

    @property
    def usage(self) -> str:
        """Return the usage line, such as `/bump VERSION [--from VERSION]`."""
        return " ".join([f"/{self.name}", *(argument.usage for argument in self.arguments)])


_HELP = CommandSpec(
    name="help",
    summary="Shows what can be typed, or all there is to know about one command.",
    who=ANYONE,
    effect="nothing",
    arguments=(Argument("verb", VERB, "the command to explain"),),
    examples=(
        Example("/help", "lists every command"),
        Example("/help bump", "explains `/bump`"),
    ),
    job=Job.COMMAND,
    job_after_merge=Job.COMMAND,
    job_when_closed=Job.COMMAND,
)

_STATUS = CommandSpec(
    name="status",
    summary="Computes every gate anew and says what is missing and who can supply it.",
    who=ANYONE,
    effect="nothing",
    arguments=(),
    examples=(Example("/status", "answers with the gates as they stand now"),),
    job=Job.COMMAND,
    job_after_merge=Job.COMMAND,
    job_when_closed=Job.COMMAND,
)

_BUMP = CommandSpec(
    name="bump",
    summary="Sets the environment version in the circuits' configs, in one commit on the branch.",
    who=WRITERS,
    effect="the branch of the pull request",
    arguments=(
        Argument("version", VERSION, "the version to set", required=True),
        Argument("circuits", SELECTOR, "only these circuits", flag=True),
        Argument("from", VERSION, "only circuits at this version", flag=True),
    ),
    examples=(
        Example("/bump 1.5.1", "every circuit at the pull request's base version"),
        Example(
            "/bump 1.5.1 --circuits P007/C003 --from 1.4.9", "adds one circuit that lags behind"
        ),
    ),
    job=Job.COMMAND,
)

_EVIDENCE = CommandSpec(
    name="evidence",
    summary="Reads the evidence notebook again and shows the checklist, or runs it.",
    who=WRITERS,
    effect="nothing; with `run` a job in the dev workspace",
    arguments=(Argument("action", ACTION, "runs the notebook on the candidate"),),
    examples=(
        Example("/evidence", "ticks or refuses each required item again"),
        Example("/evidence run", "runs the notebook on the candidate, again if a run has failed"),
    ),
    job=Job.COMMAND,
)

_OVERRIDE = CommandSpec(
    name="override",
    summary="Gives the change another class than was found, until `environment/` changes.",
    who=OVERRIDERS,
    effect="what the gates ask for; never what blocks whatever the class",
    arguments=(
        Argument("subject", SUBJECT, "what is overridden", required=True),
        Argument("class", CLASS, "the class that counts", required=True),
        Argument("reason", REASON, "why; shown in the summary", required=True, flag=True),
    ),
    examples=(
        Example(
            '/override class non-breaking --reason "only an error text differs"',
            "somebody of the approvers vouches for the change",
        ),
        Example(
            '/override class breaking --reason "the new default moves every prediction"',
            "asks for a major version and for retraining",
        ),
    ),
    job=Job.COMMAND,
)

_PROMOTE = CommandSpec(
    name="promote",
    summary="Shares the candidate in the registry, then tests every production model on it.",
    who=REGISTRY_GROUP,
    effect="the registry and the test workspace; never production",
    arguments=(Argument("stage", STAGE, "where to", required=True),),
    examples=(Example("/promote registry", "shares the candidate and starts the tests"),),
    job=Job.CLOUD,
)

_RETRY = CommandSpec(
    name="retry",
    summary="Repeats what failed: the tests before the merge, the apply after it.",
    who=REGISTRY_GROUP,
    effect="before the merge the test workspace, after it production as approved",
    arguments=(
        Argument(
            "failed",
            SWITCH,
            "after the merge only what an apply has tried in vain, and nobody changed since",
            flag=True,
            switch=True,
        ),
    ),
    examples=(
        Example("/retry", "goes on with what is not done; what is done stays"),
        Example("/retry --failed", "writes again what failed, and nothing else"),
    ),
    job=Job.CLOUD,
    job_after_merge=Job.APPLY,
)

_ROLLBACK = CommandSpec(
    name="rollback",
    summary="Opens the pull request that takes this merge back.",
    who=ROLLBACK_GROUP,
    effect="a branch and a pull request of its own; never production",
    arguments=(Argument("reason", REASON, "why; becomes its title", flag=True),),
    examples=(
        Example("/rollback", "asks for a rollback, which somebody else approves"),
        Example('/rollback --reason "scores drift in P007"', "says why in title and tags"),
    ),
    job=None,
    job_after_merge=Job.COMMAND,
)

_SPECS = (_HELP, _STATUS, _BUMP, _EVIDENCE, _OVERRIDE, _PROMOTE, _RETRY, _ROLLBACK)
COMMANDS: Mapping[str, CommandSpec] = MappingProxyType({spec.name: spec for spec in _SPECS})
