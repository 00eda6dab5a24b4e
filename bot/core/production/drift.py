"""Whether a deployment that is not as main asks waits for an apply, or was changed by others.

Azure does not say what a write changed, so three facts are put together: what main has asked of the
circuit so far, which release our own tag says that the bot wrote last, and who wrote when.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.core.asset_id import is_same_asset, label
from bot.core.production.asked import Asked
from bot.core.production.deployment import RELEASE_TAG, DesiredDeployment, LiveDeployment

RELEASE_DIGITS = 12
"""How many digits of a commit name a release."""

_A_SECOND = timedelta(seconds=1)  # git cuts the times of commits to whole seconds


def why_drifted(live: LiveDeployment, asked: Sequence[Asked], *, whole: bool) -> str | None:
    """Return why `live` is drift; empty for an update that is still to come.

    Args:
        live: a deployment that is not as main asks.
        asked: what main asked of its circuit, newest first.
        whole: whether `asked` goes back as far as it counts. If not, the answer may be None: older
            values are needed to tell.
    """
    told = _told(live, asked)
    if told is None and not whole and RELEASE_TAG in live.tags:
        return None
    since = asked if told is None else asked[: told + 1]
    if told is not None and _fits(asked[told], live):
        return ""  # whatever others wrote since the bot did, it is not what the bot writes
    newest = next((one for one in since if _fits(one, live)), None)
    if newest is None:
        return _never_asked(live, asked, told) if whole or told is not None else None
    return _written_late(live, newest)


def _told(live: LiveDeployment, asked: Sequence[Asked]) -> int | None:
    """Return which of the values our tag says that the bot wrote last; None where it says none."""
    tag = live.tags.get(RELEASE_TAG, "")
    if len(tag) < RELEASE_DIGITS:
        return None
    return next((index for index, one in enumerate(asked) if one.commit.startswith(tag)), None)


def _fits(asked: Asked, live: LiveDeployment) -> bool:
    desired = asked.desired
    return (
        desired is not None
        and desired.key == live.key
        and is_same_asset(desired.environment_id, live.environment_id)
        and is_same_asset(desired.model_after(live), live.model_id)
    )


def _never_asked(live: LiveDeployment, asked: Sequence[Asked], told: int | None) -> str:
    now = asked[0].desired if asked else None
    runs = _shown(live, now)
    if told is None:
        return f"runs {runs}, which main never asked of it"
    release = asked[told].commit[:RELEASE_DIGITS]
    return f"runs {runs}, which main has not asked of it since release {release}, the last written"


def _written_late(live: LiveDeployment, newest: Asked) -> str:
    write = live.last_write
    if newest.until is None or write is None or not write.by_person:
        return ""
    if write.at < newest.until + _A_SECOND:
        return ""
    runs = _shown(live, newest.desired)
    return f"runs {runs}, and a person wrote it after main had asked for something else"


def _shown(live: LiveDeployment, desired: DesiredDeployment | None) -> str:
    environment = label(live.environment_id)
    if desired is None or desired.model_version is None:
        return environment
    return f"{environment} with {label(live.model_id)}"
