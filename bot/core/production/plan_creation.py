"""Whether a deployment that is desired and not there can be made, and of what."""

from bot.core import asset_id
from bot.core.config.template import PATH
from bot.core.production.deployment import DesiredDeployment
from bot.core.production.plan_checks import Known


def why_not_made(desired: DesiredDeployment, known: Known) -> str:
    """Return what is lacking to make the deployment; empty where nothing is."""
    if known.blueprint is None:
        return ": ".join(filter(None, ("there is no such deployment", known.no_blueprint)))
    if desired.new_model_id is None:
        return "not there; `deployment.model_version` must say which model it is made with"
    if _needs_endpoint(desired, known) and known.blueprint.template.endpoints == "existing":
        return (
            f"not there, nor is endpoint {desired.endpoint}, "
            f"and `endpoints: existing` in {PATH} leaves that to people"
        )
    return ""


def how_made(desired: DesiredDeployment, known: Known) -> str:
    """Return what a deployment is made of, for people."""
    model = asset_id.label(desired.new_model_id)
    place = " at a new endpoint" if _needs_endpoint(desired, known) else ""
    return f"new{place}, on {desired.label} with model {model}"


def _needs_endpoint(desired: DesiredDeployment, known: Known) -> bool:
    return known.endpoints is not None and desired.key[0] not in known.endpoints
