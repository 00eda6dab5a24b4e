"""Files that hold a schema for each direction: MLflow's signatures, and requests with responses."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeGuard

from bot.core.facts.schema.direction import Direction
from bot.core.facts.schema.source import canonical, parse_json

_DIRECTIONS = {
    "input": Direction.INPUT,
    "inputs": Direction.INPUT,
    "request": Direction.INPUT,
    "output": Direction.OUTPUT,
    "outputs": Direction.OUTPUT,
    "response": Direction.OUTPUT,
    "params": Direction.UNKNOWN,
}
_COLUMN = frozenset({"name", "type", "required"})


class Part(NamedTuple):
    """One of the schemas of a file, on both sides; None where a side has none."""

    name: str
    direction: Direction
    was: object
    now: object


def is_signature(value: object) -> TypeGuard[Mapping[str, object]]:
    """Tell whether a file is nothing but schemas under the names of directions."""
    return (
        isinstance(value, dict)
        and bool(value)
        and value.keys() <= _DIRECTIONS.keys()
        and '"$ref"' not in canonical(value)  # it may point from one direction to the other
    )


def split_signature(was: Mapping[str, object], now: Mapping[str, object]) -> Iterator[Part]:
    """Yield the schemas of both sides by name; MLflow's columns as the properties of an object.

    Raises:
        UnreadableError: MLflow's form, a text with JSON inside, holds no JSON.
    """
    for name in dict.fromkeys((*was, *now)):
        sides = (_schema(was.get(name)), _schema(now.get(name)))
        yield Part(name, _DIRECTIONS[name], *sides)


def _schema(value: object) -> object:
    columns = (
        parse_json(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else value
    )
    if not isinstance(columns, list):
        return columns
    names = [column.get("name") for column in columns if isinstance(column, dict)]
    if len(names) != len(columns) or not all(isinstance(name, str) for name in names):
        return columns
    if len(set(names)) != len(names):
        return columns
    return {
        "properties": {column["name"]: _column(column) for column in columns},
        "required": [c["name"] for c in columns if c.get("required") is not False],
    }


def _column(column: Mapping[str, object]) -> dict[str, object]:
    """Return a column as a schema; what MLflow says beyond a type is only compared as a whole."""
    rest = {key: value for key, value in column.items() if key not in _COLUMN}
    return {"type": column.get("type"), "mlflow": rest}
