"""JSON files, compared by what they say instead of how they are laid out."""

import json
from typing import NoReturn

from bot.core.facts.text import decode
from bot.core.facts.unreadable import UnreadableError


def is_same_json(before: bytes, after: bytes) -> bool:
    """Tell whether two JSON texts say the same; the order of properties counts.

    Code may take the order of columns from a schema, so only white space and spelling are ignored.

    Raises:
        UnreadableError: one of them is not JSON, or has a property twice.
    """
    return _canonical(before) == _canonical(after)


def _canonical(data: bytes) -> str:
    text = decode(data)
    try:
        value = json.loads(text, object_pairs_hook=_properties, parse_constant=_refuse)
        return json.dumps(value)
    except json.JSONDecodeError as error:
        raise UnreadableError("is not JSON", error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise UnreadableError("is not JSON that can be compared") from error


def _properties(pairs: list[tuple[str, object]]) -> dict[str, object]:
    properties = dict(pairs)
    if len(properties) != len(pairs):
        message = "a property is there twice"
        raise ValueError(message)
    return properties


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
