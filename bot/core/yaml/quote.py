"""Write a text as a YAML scalar on one line."""

import re
from functools import lru_cache

from bot.core.yaml.document import Style
from bot.core.yaml.scalar import resolve

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


# A bulk edit writes the same few texts into every file.
@lru_cache(256)
def quoted(value: str, style: Style) -> str:
    """Return `value` in the quotes of `style`; plain if that is asked and still reads as a text.

    Raises:
        ValueError: `value` holds line ends or other characters that cannot be seen.
    """
    if not value.isprintable():
        raise ValueError(f"{value!r} cannot be written on one line")
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    if style == "plain" and _PLAIN.fullmatch(value) and isinstance(resolve(value), str):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
