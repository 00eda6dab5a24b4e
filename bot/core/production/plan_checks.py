"""What one deployment must satisfy before it may be written."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.core.asset_id import AssetId, label, parse_asset_id
from bot.core.config.circuit import CircuitId
from bot.core.production.blueprint import Blueprint
from bot.core.production.deployment import DesiredDeployment, LiveDeployment
from bot.core.production.environment_state import Objection

_MAJOR = re.compile(r"(?P<major>\d+)(?:\.|$)")


@dataclass(frozen=True, slots=True)
class Known:
    """What a plan needs to know beside desired and live.

    Attributes:
        environments: the versions that are where production looks for them; None when nobody
            asked.
        unusable: of those, the ones that cannot be run, each with the reason.
        model_environments: per model version, the `environment_version` it is tagged with.
        absent_models: versions that were asked for and are not there.
        unapproved: per circuit without a valid gate, why it has none.
        drifted: per circuit that was changed outside of git, why that is clear.
        enforces_drift: whether such a circuit is written all the same.
        blueprint: what new deployments are made of; None where that cannot be used.
        no_blueprint: why it cannot, where there is something.
        endpoints: the names of all endpoints, in lower case; None when nobody asked.
    """

    environments: Collection[AssetId] | None = None
    unusable: Mapping[AssetId, Objection] = field(default_factory=dict)
    model_environments: Mapping[AssetId, str] = field(default_factory=dict)
    absent_models: Collection[AssetId] = frozenset()
    unapproved: Mapping[CircuitId, str] = field(default_factory=dict)
    drifted: Mapping[CircuitId, str] = field(default_factory=dict)
    enforces_drift: bool = False
    blueprint: Blueprint | None = None
    no_blueprint: str = ""
    endpoints: Collection[str] | None = None


class Refused(NamedTuple):
    """Why one deployment is not written."""

    code: str
    reason: str


def refusal_of(
    desired: DesiredDeployment, live: LiveDeployment | None, known: Known
) -> Refused | None:
    """Return the first reason not to write `desired` over `live`, or to make it where None is."""
    return (
        _environment_absent(desired, known)
        or _environment_unusable(desired, known)
        or (live and (_unwritable(live) or _busy(live) or _model_unknown(desired, live)))
        or _model_absent(desired, live, known)
        or _major_mismatch(desired, live, known)
    )


def _environment_absent(desired: DesiredDeployment, known: Known) -> Refused | None:
    wanted = parse_asset_id(desired.environment_id)
    if known.environments is None or wanted in known.environments:
        return None
    if wanted and any(wanted.is_same(available) for available in known.environments):
        return None
    return Refused("ENV_VERSION_MISSING", f"{desired.label} is not available to production")


def _environment_unusable(desired: DesiredDeployment, known: Known) -> Refused | None:
    wanted = parse_asset_id(desired.environment_id) if known.unusable else None
    objection = known.unusable.get(wanted) if wanted else None
    return Refused(objection.code, objection.reason) if objection else None


def _unwritable(live: LiveDeployment) -> Refused | None:
    if not live.unsupported_fields:
        return None
    fields = ", ".join(f"`{name}`" for name in live.unsupported_fields)
    return Refused("UNSUPPORTED_FIELDS", f"a write through the SDK would lose {fields}")


def _busy(live: LiveDeployment) -> Refused | None:
    if live.is_settled:
        return None
    state = live.provisioning_state or "unknown"
    return Refused("DEPLOYMENT_BUSY", f"another operation is running on it (state {state})")


def _model_unknown(desired: DesiredDeployment, live: LiveDeployment) -> Refused | None:
    if desired.model_version is None:
        return None
    if live.model_id and parse_asset_id(live.model_id):
        return None
    return Refused(
        "MODEL_UNKNOWN", f"model version {desired.model_version} is asked of {label(live.model_id)}"
    )


def _model_absent(
    desired: DesiredDeployment, live: LiveDeployment | None, known: Known
) -> Refused | None:
    model = _model_after(desired, live) if known.absent_models else None
    if model is None or model not in known.absent_models:
        return None
    return Refused("MODEL_NOT_FOUND", f"model {model.label} does not exist in production")


def _major_mismatch(
    desired: DesiredDeployment, live: LiveDeployment | None, known: Known
) -> Refused | None:
    """Hold a circuit back whose model was not made for the environment's MAJOR."""
    source, fits = _fitting_version(desired, live, known)
    if fits is not None and _major(fits) == _major(desired.version):
        return None
    return Refused(
        "MODEL_MAJOR_MISMATCH",
        f"{desired.label} is MAJOR {_major(desired.version) or 'unknown'}, "
        f"but {source} is of MAJOR {_major(fits) or 'unknown'}",
    )


def _fitting_version(
    desired: DesiredDeployment, live: LiveDeployment | None, known: Known
) -> tuple[str, str | None]:
    """Return what says which environment fits the model that would run, and that version."""
    model = _model_after(desired, live)
    if model and model in known.model_environments:
        return f"model {model.label}, by its tag,", known.model_environments[model]
    if live is None:
        name = model.label if model else "none"
        return f"model {name}, which has no tag `environment_version`,", None
    running = parse_asset_id(live.environment_id or "")
    if running and running.name == desired.environment:
        return f"the live environment {running.label}", running.version
    return f"the live environment {label(live.environment_id)}", None


def _model_after(desired: DesiredDeployment, live: LiveDeployment | None) -> AssetId | None:
    return parse_asset_id(desired.model_after(live) or "")


def _major(version: str | None) -> str | None:
    found = _MAJOR.match(version or "")
    return found["major"] if found else None
