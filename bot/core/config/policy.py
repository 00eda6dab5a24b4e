"""config/policy.yml: what is allowed, who decides it, and how long they have."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from bot.core.config.config_file import convert
from bot.core.config.layout import POLICY
from bot.core.gates.approval import is_team
from bot.core.package_groups import normalise
from bot.core.problem import Problem
from bot.core.yaml.document import Document
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

PATH = POLICY

Member: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9][A-Za-z0-9-]{0,38}|@?[A-Za-z0-9][A-Za-z0-9-]{0,38}/[a-z0-9_][a-z0-9_-]{0,99})$(?!\n)",
        description="a GitHub login, or a team such as `org/team`, whose members can only be read "
        "with a GitHub App token that has members:read",
    ),
]
GroupName: TypeAlias = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-z0-9-]*$(?!\n)", description="the name of a group")
]
Members: TypeAlias = Annotated[
    tuple[Member, ...], Meta(min_length=1, description="a list of at least one GitHub login")
]
Timeout: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[1-9][0-9]{0,3}[hm]$(?!\n)",
        description="hours or minutes, such as 24h or 60m",
    ),
]
PackageName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$(?!\n)",
        description="the name of a Python package, without a version",
    ),
]
Packages: TypeAlias = Annotated[
    tuple[PackageName, ...], Meta(description="a list of Python package names")
]


Note: TypeAlias = Literal["change_summary", "breaking_changes", "changelog"]
RequiredNotes: TypeAlias = Annotated[
    tuple[Note, ...],
    Meta(description="a list of `change_summary`, `breaking_changes` and `changelog`"),
]


class GatePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who must approve: `quorum` people of each of the groups, within `timeout`."""

    groups: Annotated[
        tuple[GroupName, ...],
        Meta(min_length=1, description="a list of at least one name from `groups`"),
    ]
    timeout: Timeout
    quorum: Annotated[int, Meta(ge=1, le=20, description="a number from 1 to 20")] = 1

    @property
    def duration(self) -> timedelta:
        """Return how long an approval may be waited for."""
        number = int(self.timeout[:-1])
        return timedelta(hours=number) if self.timeout.endswith("h") else timedelta(minutes=number)


class Gates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The three decisions that people make."""

    registry: GatePolicy
    production: GatePolicy
    rollback: GatePolicy


class ApplyPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How production is written, and when it is not.

    Attributes:
        workers: deployments written at the same time.
        failure_budget: failed deployments after which no further one is begun.
        circuits_gone_percent: largest share of live circuits that may lose their config.
        waves: `all` writes everything at once; `canary` a few first, then some, then the rest.
        canary_size: deployments in the first wave of `canary`.
        canary_percent: share of the release that is written once the second wave has ended.
    """

    workers: Annotated[int, Meta(ge=1, le=32, description="a number from 1 to 32")] = 8
    failure_budget: Annotated[
        int, Meta(ge=1, le=1000, description="a number from 1 to 1000: failures that stop the rest")
    ] = 5
    circuits_gone_percent: Annotated[
        int, Meta(ge=0, le=100, description="a number from 0 to 100")
    ] = 10
    waves: Annotated[Literal["all", "canary"], Meta(description="`all` or `canary`")] = "all"
    canary_size: Annotated[
        int, Meta(ge=1, le=1000, description="a number from 1 to 1000: deployments written first")
    ] = 1
    canary_percent: Annotated[
        int, Meta(ge=0, le=100, description="a number from 0 to 100: the share written second")
    ] = 10


Known: TypeAlias = Annotated[Literal["claimed", "run"], Meta(description="`claimed` or `run`")]


class EvidenceLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the evidence must be known before each stage: read, or run by envbot as well."""

    registry: Known = "claimed"
    production: Known = "run"

    @property
    def asks_for_a_run(self) -> bool:
        """Tell whether any stage wants envbot to run the notebook."""
        return "run" in (self.registry, self.production)


class PackageGroups(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Packages that count as more than a library, beside those that envbot knows of itself.

    Names can only be added: there is no way to take one out of a group that envbot puts it in.
    """

    framework: Packages = ()
    numeric: Packages = ()
    serving: Packages = ()
    serialisation: Packages = ()
    tooling: Packages = ()


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What envbot may do, and who decides.

    Attributes:
        drift: `report` leaves alone what was changed outside of git; `enforce` overwrites it.
        overrides: whether `/override` may give a change another class than was found.
        required_notes: what must be written about a version; of the rest envbot only warns.
    """

    groups: dict[GroupName, Members]
    gates: Gates
    bulk_edit: Literal["auto", "manual"] = "auto"
    drift: Annotated[Literal["report", "enforce"], Meta(description="`report` or `enforce`")] = (
        "report"
    )
    overrides: Annotated[bool, Meta(description="`true` or `false`")] = True
    required_notes: RequiredNotes = ()
    evidence_level: EvidenceLevel = EvidenceLevel()
    apply: ApplyPolicy = ApplyPolicy()
    packages: PackageGroups = PackageGroups()


def read_policy(data: bytes, *, teams: bool = False) -> Policy:
    """Return what config/policy.yml says; package names are normalised as PyPI does (PEP 503).

    Args:
        data: the file.
        teams: whether this run can ask GitHub who is in a team; a team is a problem otherwise.

    Raises:
        InvalidFileError: with every problem and its place.
    """
    document = read(data, PATH)
    policy = convert(document, Policy)
    packages = _normalised(policy.packages)
    unknown = () if teams else _team_problems(document, policy)
    found = (*unknown, *_gate_problems(document, policy), *_double_packages(document, packages))
    problems = sorted(found)
    if problems:
        raise InvalidFileError(problems)
    return msgspec.structs.replace(policy, packages=packages)


def _team_problems(document: Document, policy: Policy) -> Iterator[Problem]:
    """Refuse teams where their members cannot be read: nobody must guess who decides."""
    for group, members in policy.groups.items():
        for index, member in enumerate(members):
            if is_team(member):
                what = f"`{member}` is a team, and there is no token to read its members with"
                remedy = (
                    "List the people, or set ENVBOT_TEAMS_TOKEN to a GitHub App token that has "
                    "members:read."
                )
                yield document.problem(("groups", group, index), what, remedy)


def _gate_problems(document: Document, policy: Policy) -> Iterator[Problem]:
    for name in Gates.__struct_fields__:
        gate: GatePolicy = getattr(policy.gates, name)
        for index, group in enumerate(gate.groups):
            where = ("gates", name, "groups", index)
            members = {login.lower() for login in policy.groups.get(group, ())}
            if not members:
                remedy = f"Known groups: {', '.join(policy.groups)}."
                yield document.problem(where, f"the group `{group}` does not exist", remedy)
            elif len(members) < gate.quorum and not any(map(is_team, members)):
                people = "1 person" if len(members) == 1 else f"{len(members)} people"
                what = f"`{group}` has {people}, fewer than the quorum {gate.quorum}"
                yield document.problem(where, what, "Add people, or lower the quorum.")


def _normalised(packages: PackageGroups) -> PackageGroups:
    fields: Mapping[str, tuple[str, ...]] = msgspec.structs.asdict(packages)
    return PackageGroups(**{group: tuple(map(normalise, names)) for group, names in fields.items()})


def _double_packages(document: Document, packages: PackageGroups) -> Iterator[Problem]:
    groups: dict[str, str] = {}
    for group in PackageGroups.__struct_fields__:
        for index, name in enumerate(getattr(packages, group)):
            first = groups.setdefault(name, group)
            if first != group:
                what = f"`{name}` is already in the group `{first}`"
                yield document.problem(("packages", group, index), what, "Keep it in one group.")
