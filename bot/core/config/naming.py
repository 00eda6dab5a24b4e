"""Names of Azure resources, derived as the platform strategy does.

Source: platform deployment strategy, "Resource Naming Strategy".
"""

import re
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from bot.core.config.circuit_file import ID

NamePart: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{0,30}$(?!\n)",
        description='a part of a name in quotes: letters, digits, `-` and `_`, such as "01"',
    ),
]
GroupTemplate: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9_.-]|\{(purpose|location_code|suffix)\})+$(?!\n)",
        description="a name with {purpose}, {location_code} and {suffix}",
    ),
]


class Prefixes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What derived names begin with."""

    workspace: NamePart = "amlws"
    registry: NamePart = "amlreg"


class Purposes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each place is called inside a derived name; a shared registry has no purpose."""

    dev: NamePart = "dev"
    test: NamePart = "test"
    production: NamePart = "prod"
    registry: NamePart = ""


class Naming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How names that are not written out are derived: {prefix}{purpose}{location_code}{suffix}."""

    location_code: NamePart
    suffix: NamePart
    resource_prefixes: Prefixes = Prefixes()
    resource_group: GroupTemplate = "rg-aml-vnet-{purpose}-{location_code}{suffix}"
    purposes: Purposes = Purposes()

    def derive(self, prefix: str, purpose: str) -> str:
        """Return the name of one resource."""
        return f"{prefix}{purpose}{self.location_code}{self.suffix}"

    def derive_registry(self, purpose: str) -> str:
        """Return the name of a registry: one that all stages share has no purpose."""
        return self.derive(self.resource_prefixes.registry, purpose)

    def derive_group(self, purpose: str) -> str:
        """Return the name of a resource group."""
        values = (("purpose", purpose), ("location_code", self.location_code))
        return fill(self.resource_group, *values, ("suffix", self.suffix))


def fill(template: str, *values: tuple[str, str]) -> str:
    """Return `template` with each {name} replaced by the value paired with it."""
    for name, value in values:
        template = template.replace(f"{{{name}}}", value)
    return template


def values_in(template: str, text: str) -> dict[str, str] | None:
    """Return what stands in `text` for each {name} of `template`; None where it does not fit.

    A name that stands twice has the same value at both places.
    """
    pattern = ""
    for number, part in enumerate(re.split(r"\{(\w+)\}", template)):
        if number % 2 == 0:
            pattern += re.escape(part)
        elif f"(?P<{part}>" in pattern:
            pattern += f"(?P={part})"
        else:
            pattern += f"(?P<{part}>{ID})"
    found = re.fullmatch(pattern, text)
    return found.groupdict() if found else None
