"""The full grammar of a requirement (PEP 508)."""

from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from bot.core.facts.dependency import Form


class Demand(NamedTuple):
    """What a requirement asks for; the fields are those of `Dependency`, the name as written."""

    name: str
    form: Form
    version: Version | None
    constraint: str
    variant: str


def read_demand(text: str) -> Demand | None:
    """Return what `text` asks for; None where that is no requirement."""
    try:
        requirement = Requirement(text)
    except (InvalidRequirement, RecursionError):
        return None
    form, version = _form(requirement)
    constraint = requirement.url or str(requirement.specifier)
    return Demand(requirement.name, form, version, constraint, _variant(requirement))


def _form(requirement: Requirement) -> tuple[Form, Version | None]:
    if requirement.url:
        return Form.SOURCE, None
    return _specifiers_form(requirement.specifier)


def _specifiers_form(specifiers: SpecifierSet) -> tuple[Form, Version | None]:
    if not specifiers:
        return Form.ANY, None
    if len(specifiers) > 1:
        return Form.RANGE, None
    return _specifier_form(next(iter(specifiers)))


def _specifier_form(specifier: Specifier) -> tuple[Form, Version | None]:
    try:
        version = Version(specifier.version.removesuffix(".*"))
    except InvalidVersion:
        return Form.RANGE, None
    if specifier.operator == "==" and specifier.version.endswith(".*"):
        return Form.SERIES, version
    forms = {"==": Form.EXACT, "===": Form.EXACT, "~=": Form.SERIES, ">=": Form.FLOOR}
    form = forms.get(specifier.operator, Form.RANGE)
    return form, None if form is Form.RANGE else version


def _variant(requirement: Requirement) -> str:
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f"; {requirement.marker}" if requirement.marker else ""
    return extras + marker
