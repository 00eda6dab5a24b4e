"""Whether a change of a definition means the same wherever the definition is used."""

from collections.abc import Iterator, Mapping

# Under these, a wider definition may make a narrower whole; or they say more about a field.
_TWISTING = frozenset(
    {
        "$dynamicRef",
        "$recursiveRef",
        "allOf",
        "contains",
        "dependencies",
        "dependentSchemas",
        "if",
        "not",
        "oneOf",
        "patternProperties",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
_FIELDS = frozenset({"additionalProperties", "properties", "required"})
_SIMPLE = frozenset({"$comment", "description", "format", "title", "type"})


def is_reuse_plain(schema: object) -> bool:
    """Tell whether a wider definition makes every schema that refers to it wider.

    The only choice that is understood is the one between a definition and simple types, as it is
    written for a field that may be null.
    """
    return all(_is_plain(mapping) for mapping in _mappings(schema))


def _is_plain(schema: Mapping[str, object]) -> bool:
    if _TWISTING & schema.keys():
        return False
    is_elsewhere = "$ref" in schema or "anyOf" in schema
    if is_elsewhere and _FIELDS & schema.keys():
        return False
    choices = schema.get("anyOf", [])
    return isinstance(choices, list) and sum(not _is_simple(item) for item in choices) <= 1


def _is_simple(schema: object) -> bool:
    return isinstance(schema, dict) and schema.keys() <= _SIMPLE


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _mappings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _mappings(item)
