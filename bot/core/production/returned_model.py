"""Whether a circuit may return to an environment with the model that it has now.

A rollback asks for no tests, because production has run what it returns to. That holds for the
environment together with the models of that time, and for no model that was deployed since.
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.core.asset_id import AssetId
from bot.core.model_test_request import ModelRef
from bot.core.production.deployment import DesiredDeployment
from bot.core.versioning import Version, parse_version


@dataclass(frozen=True, slots=True)
class Then:
    """What is known of the model of that time.

    Attributes:
        named: the version that main named for the circuit; None where it left it open.
        tested: the models that passed in that environment; None where it was not released by a
            pull request that envbot saw.
        made_with: the environment that the present model is tagged with; empty without a tag.
    """

    named: str | None
    tested: Collection[ModelRef] | None
    made_with: str


def why_held(model: AssetId, desired: DesiredDeployment, then: Then) -> str:
    """Return why `model` may not run what is desired; empty where it has run or passed in it.

    Without a test on record the tag of the model decides: one that was made with a newer
    environment came after the one that returns.
    """
    if desired.model_version is not None and desired.model_version == then.named:
        return ""
    if then.tested is not None:
        if ModelRef(model.name, model.version) in then.tested:
            return ""
        return _held(model, f"was not among the models that were tested on {desired.label}")
    made, target = _order(then.made_with), _order(desired.version)
    if made is None or target is None or made <= target:
        return ""
    return _held(model, f"was made with {then.made_with}, after {desired.label}")


def _held(model: AssetId, why: str) -> str:
    return (
        f"Model {model.label} {why}. Name the model of that time as `deployment.model_version` in "
        "a pull request, or release this environment anew, which tests every model."
    )


def _order(version: str) -> Version | None:
    try:
        return parse_version(version)
    except ValueError:
        return None
