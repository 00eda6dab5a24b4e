"""Whether an environment version that is there can be run too: its registration and its image."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.core import asset_id
from bot.core.production.action import Action
from bot.core.refusal import Refusal


class EnvironmentState(NamedTuple):
    """What Azure says of one version beside its content.

    Attributes:
        provisioning_state: as Azure writes it; empty where it does not say.
        image: the built image, `host/repository@digest`; empty where Azure does not say which.
        image_exists: None where Azure does not say.
        pulled: the reference of an image that is run as it is; empty where one is built.
        unknown: why Azure did not say any of it; empty where it answered.
    """

    provisioning_state: str = ""
    image: str = ""
    image_exists: bool | None = None
    pulled: str = ""
    unknown: str = ""


class Objection(NamedTuple):
    """Why a version cannot be run.

    Attributes:
        code: a heading of docs/errors.md.
        reason: the fact, as a sentence without its full stop.
        image: the one that is gone; empty where it is none, or only the reason says it.
    """

    code: str
    reason: str
    image: str = ""


def objection_to(
    label: str, state: EnvironmentState, *, copied: bool, pulled_exists: bool | None
) -> Objection | None:
    """Return why the version cannot be run; None where that is not known for certain.

    Args:
        label: the version, as `name:version`.
        state: what Azure says of it.
        copied: production makes a copy of its own and builds another image for it.
        pulled_exists: whether the registry of `state.pulled` has that; None if it cannot say.
    """
    if state.provisioning_state.lower() not in {"", "succeeded"}:
        reason = f"Azure says of {label}: provisioning state {state.provisioning_state}"
        return Objection("ENV_NOT_READY", reason)
    if state.pulled and pulled_exists is False:
        reason = f"{label} runs {state.pulled}, which its registry does not have"
        return Objection("ENV_IMAGE_GONE", reason, state.pulled)
    # Without a name "no" may only mean that nobody has looked: Azure documents no more than the
    # field, and a wrong "no" here would keep production from going back.
    if state.image and state.image_exists is False and not copied:
        reason = f"Azure says that the image of {label} does not exist: {state.image}"
        return Objection("ENV_IMAGE_GONE", reason, state.image)
    return None


def doubt_about(
    label: str, state: EnvironmentState, *, copied: bool, pulled_exists: bool | None
) -> str:
    """Return what nobody could tell about the version's image; empty where there is no doubt.

    The arguments are those of `objection_to`, which has found nothing.
    """
    if state.pulled:
        unknown = "" if pulled_exists else f"the registry of {state.pulled} does not say"
    elif copied:
        unknown = "production builds one of its own, when it is first used"
    else:
        unknown = "" if state.image_exists else state.unknown or "Azure does not say"
    return f"Not known whether the image of {label} can be had: {unknown}." if unknown else ""


def refusal_of_version(
    objection: Objection, label: str, resolver: str = "", *facts: str
) -> Refusal:
    """Return the refusal of a version that cannot be run."""
    headline, remedy = _WORDS[objection.code]
    return Refusal(
        code=objection.code,
        headline=headline.format(f"`{label}`"),
        facts=(*((f"{objection.reason}.",) if objection.reason else ()), *facts),
        resolver=resolver or "whoever looks after the registry of environments",
        next=remedy.format(f"`{objection.image}`" if objection.image else "the image"),
    )


def refused_versions(actions: Iterable[Action]) -> tuple[Refusal, ...]:
    """Turn circuits refused for their version into one error for each that stops the whole plan."""
    refused = Counter(
        (asset_id.label(one.environment_id), one.code, one.reason)
        for one in actions
        if one.code in _WORDS
    )
    return tuple(
        refusal_of_version(
            Objection(code, "" if code == "ENV_VERSION_MISSING" else reason),
            label,
            "the author of the change" if code == "ENV_VERSION_MISSING" else "",
            f"{count} circuits ask for it.",
        )
        for (label, code, reason), count in sorted(refused.items())
    )


_WORDS: Mapping[str, tuple[str, str]] = {
    "ENV_VERSION_MISSING": (
        "environment {} is not available where production looks for it",
        "Promote that version first, or correct `environment_version` in the configs.",
    ),
    "ENV_NOT_READY": (
        "environment {} is registered, but not ready to be run",
        "Wait if it is being made; if that failed, release the same files under a new version.",
    ),
    "ENV_IMAGE_GONE": (
        "the image of environment {} cannot be had",
        "Put {} back, or release the same files under a new version; then repeat this.",
    ),
}
