"""What fits into the tags of an Azure ML asset, and what has to be kept elsewhere.

Limits are documented for runs alone (Azure ML, "Manage resource quotas"); none were found for
environments, so that these are kept to.
"""

from collections.abc import Collection, Mapping

MAX_TAGS = 50
MAX_NAME = 100  # characters
MAX_VALUE = 1000  # characters
_NOTE = "… ({left} more characters)"


def fitting_tags(tags: Mapping[str, str], needed: Collection[str]) -> dict[str, str]:
    """Return `tags` within the limits, in their order; what is cut says how much is missing.

    A name that is too long is left out, and beyond fifty the last of those that are not `needed`.
    """
    named = [name for name in tags if len(name) <= MAX_NAME]
    spare = [name for name in named if name not in needed]
    room = max(0, MAX_TAGS - (len(named) - len(spare)))
    left_out = set(spare[room:])
    return {name: _cut(tags[name]) for name in named if name not in left_out}


def tag_texts(tags: Mapping[str, object] | None) -> dict[str, str]:
    """Return tags as Azure sends them as texts; a null, which ARM may hold, is an empty one."""
    return {name: "" if value is None else str(value) for name, value in (tags or {}).items()}


def not_carried(wanted: Mapping[str, str], carried: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that a version does not have as they should read."""
    return {name: value for name, value in wanted.items() if carried.get(name) != value}


def _cut(value: str) -> str:
    if len(value) <= MAX_VALUE:
        return value
    kept = MAX_VALUE - len(_NOTE.format(left=len(value)))
    return f"{value[:kept]}{_NOTE.format(left=len(value) - kept)}"
