"""One line that asks for a package, in a conda or a requirements file."""

import re
from enum import StrEnum, auto
from typing import Literal, NamedTuple

from packaging.version import InvalidVersion, Version

from bot.core.package_groups import normalise

Installer = Literal["conda", "pip"]

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
# `name==1.2.3` and `name[extra]==1.2.3`: what a file whose packages are pinned is made of.
_PIN = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?P<extra>\[[A-Za-z0-9]+\])?"
    r"==(?P<version>[0-9]{1,9}(?:\.[0-9]{1,9})*)"
)
_HASH = re.compile(r"\s--hash[= ]\S+")
# [channel::]name[=version[=build]] or name operator version[,...] (conda's MatchSpec, the part
# that people write; brackets are left to the unparsed form)
_CONDA = re.compile(
    r"(?:(?P<channel>[\w./:-]+)::)?"
    r"(?P<name>[A-Za-z0-9_][A-Za-z0-9._-]*)\s*"
    r"(?P<operator>==?|[<>!~]=?)?\s*"
    r"(?P<version>[^\s=\[\]]*)(?:[=\s](?P<build>[\w.*]+))?"
)
_EXACT_PARTS = 3
_MAX_LENGTH = 1000  # characters; no person asks for a package at greater length


class Form(StrEnum):
    """How tightly a line holds its package."""

    EXACT = auto()
    SERIES = auto()  # ==1.2.*, ~=1.2.3, conda's =1.2
    FLOOR = auto()  # >=1.2 and nothing else
    RANGE = auto()
    ANY = auto()
    SOURCE = auto()  # a URL, a repository, a folder
    UNPARSED = auto()  # a template, or grammar that is not understood


class Dependency(NamedTuple):
    """What one line asks for.

    Attributes:
        name: canonical.
        version: of the forms exact, series and floor; None otherwise.
        constraint: the rest of the line in one spelling; equal text means an equal demand.
        variant: extras, marker, channel and build, in one spelling.
        hashes: of the files allowed, in one spelling.
    """

    name: str
    installer: Installer
    form: Form
    version: Version | None
    constraint: str
    variant: str
    hashes: str
    line: int

    @property
    def shown(self) -> str:
        """Return the demand as people say it: `2.13.0`, `>=1.0` or `any version`."""
        exact = self.form is Form.EXACT
        demand = str(self.version) if exact else self.constraint or "any version"
        return f"{demand} {self.variant}".strip()


def parse_pip(text: str, line: int) -> Dependency:
    """Return what a line of a requirements file asks for; it is never refused."""
    hashes = " ".join(sorted(found.strip() for found in _HASH.findall(text)))
    demand = _HASH.sub("", text).strip()
    if len(demand) > _MAX_LENGTH:
        return _unparsed(text.strip(), "pip", line)
    if pin := _PIN.fullmatch(demand):
        constraint, version = f"=={pin['version']}", Version(pin["version"])
        name, extra = normalise(pin["name"]), pin["extra"] or ""
        return Dependency(name, "pip", Form.EXACT, version, constraint, extra, hashes, line)
    # Where all lines are pins, the grammar is a tenth of what a classification has to import.
    from bot.core.facts.pip_grammar import read_demand

    found = read_demand(demand)
    if found is None:
        return _unparsed(text.strip(), "pip", line)
    name, form, other, constraint, variant = found
    return Dependency(normalise(name), "pip", form, other, constraint, variant, hashes, line)


def parse_conda(text: str, line: int) -> Dependency:
    """Return what an item of a conda file's `dependencies` asks for; it is never refused."""
    found = _CONDA.fullmatch(text.strip())
    if found is None or len(text) > _MAX_LENGTH:
        return _unparsed(text.strip(), "conda", line)
    constraint = (found["operator"] or "=" * bool(found["version"])) + found["version"]
    form, version = _conda_form(found["operator"] or "", found["version"])
    if form is Form.UNPARSED:
        return _unparsed(text.strip(), "conda", line)
    parts = {"channel": found["channel"], "build": found["build"]}
    return Dependency(
        name=normalise(found["name"]),
        installer="conda",
        form=form,
        version=version,
        constraint="" if form is Form.ANY else constraint,
        variant=", ".join(f"{key} {value}" for key, value in parts.items() if value),
        hashes="",
        line=line,
    )


def _unparsed(text: str, installer: Installer, line: int) -> Dependency:
    found = re.match(_NAME, text)
    name = normalise(found[0]) if found else text
    looks_like_source = "://" in text or text.startswith((".", "/"))
    form = Form.SOURCE if looks_like_source else Form.UNPARSED
    return Dependency(name, installer, form, None, text, "", "", line)


def _conda_form(operator: str, text: str) -> tuple[Form, Version | None]:
    if not text or text == "*":
        return (Form.UNPARSED if operator else Form.ANY), None
    version = None if any(mark in text for mark in "<>!~,|") else _conda_version(text)
    if version is None or operator not in {"", "=", "==", ">="}:
        return Form.RANGE, None
    if operator == ">=":
        return Form.FLOOR, version
    return (Form.EXACT if _is_exact(operator, text, version) else Form.SERIES), version


def _is_exact(operator: str, text: str, version: Version) -> bool:
    """Tell whether nothing is left to choose: `=1.2` means 1.2.*, `=1.2.3` only one release."""
    if text.endswith("*"):
        return False
    return operator != "=" or len(version.release) >= _EXACT_PARTS


def _conda_version(text: str) -> Version | None:
    return _version(text.removesuffix("*").removesuffix("."))


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None  # conda has versions that PEP 440 has not, such as 1.1.1w
