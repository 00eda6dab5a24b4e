"""Components of Azure ML: what their callers rely on, and what they run."""

from collections.abc import Iterator, Mapping

from bot.core.change import Change, Kind
from bot.core.environment_layout import SOURCE_FOLDER
from bot.core.facts.schema.component_body import compare_bodies
from bot.core.facts.schema.direction import Direction
from bot.core.facts.schema.document import compare_field
from bot.core.facts.schema.effect import Effect
from bot.core.facts.schema.fields import Fields, compare_names
from bot.core.facts.schema.judgement import kind_of
from bot.core.facts.schema.reference import NewFields
from bot.core.facts.schema.source import Pair, canonical, read_pair
from bot.core.facts.unreadable import UnreadableError
from bot.core.tree import File
from bot.core.yaml.document import KeyPath
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

_TYPES = frozenset(
    {"automl", "command", "import", "parallel", "pipeline", "spark", "sweep", "data_transfer"}
)
_INTERFACE = frozenset({"inputs", "outputs"})
_BODY = frozenset(
    # `implementation` is how Kubeflow Pipelines writes it
    {"args", "code", "command", "component", "entry", "implementation", "jobs", "task", "trial"}
)
_DIRECTIONS = {"inputs": Direction.INPUT, "outputs": Direction.OUTPUT}


def is_component(file: File) -> bool:
    """Tell whether a YAML file is the contract of a component, or a job of the same shape.

    Below `src/` it may be any data, so there it has to name the schema of components.
    """
    try:
        value = read(file.data, file.path).value
    except InvalidFileError:
        return False
    if not isinstance(value, dict) or not value.keys() & (_INTERFACE | _BODY):
        return False
    kind, schema = str(value.get("type", "")).lower(), str(value.get("$schema", "")).lower()
    if "component" in schema:
        return True
    if file.path.startswith(f"{SOURCE_FOLDER}/"):
        return False
    has_both = bool(value.keys() & _INTERFACE and value.keys() & _BODY)
    return has_both or kind in _TYPES or "component" in kind


def compare_components(before: File, after: File) -> Iterator[Change]:
    """Yield what differs between two contracts; nothing if they say the same.

    Raises:
        UnreadableError: one of them cannot be read.
    """
    pair = read_pair(before, after)
    was, now = _contract(pair.before.value), _contract(pair.after.value)
    for name, direction in _DIRECTIONS.items():
        yield from _compare_interface(pair, name, direction)
    bodies = (_without_interface(was), _without_interface(now))
    yield from compare_bodies(pair, *bodies, _new_fields(was, now))


def _contract(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise UnreadableError("is not a mapping", 1)
    return value


def _without_interface(contract: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in contract.items() if key not in _INTERFACE}


def _compare_interface(pair: Pair, name: str, direction: Direction) -> Iterator[Change]:
    values = [_contract(side.value).get(name) for side in (pair.before, pair.after)]
    was, now = (_fields(name, value) for value in values)
    if not was or not now:
        if canonical(values[0]) != canonical(values[1]):
            yield pair.change(Kind.SCHEMA_CHANGED, (name,), values[0], values[1])
        return
    yield from compare_names(pair, was, now, direction)
    for field, old in was.schemas.items():
        if field in now.schemas:
            yield from _compare_field(pair, (name, field), direction, old, now.schemas[field])


def _fields(interface: str, value: object) -> Fields | None:
    """Return the inputs or outputs of a contract; None where they are not a mapping."""
    schemas = {} if value is None else value
    if not isinstance(schemas, dict):
        return None
    is_input = interface == "inputs"
    required = {
        name for name, schema in schemas.items() if is_input and not _may_be_left_out(schema)
    }
    return Fields((interface,), schemas, required, is_closed=False, is_judged_by_name=True)


def _compare_field(
    pair: Pair, place: KeyPath, direction: Direction, was: object, now: object
) -> Iterator[Change]:
    is_required = [not _may_be_left_out(schema) for schema in (was, now)]
    is_optional = [_is_optional(schema) for schema in (was, now)]
    sides = (_without_optional(was), _without_optional(now))
    yield from compare_field(pair, place, direction, sides, always=is_required[0])
    # A pipeline may only hand its own optional input to an optional one, with a default or not.
    if is_required[0] == is_required[1] and is_optional[0] != is_optional[1]:
        effect = Effect.WIDER if is_optional[1] else Effect.NARROWER
        kind = kind_of(effect, direction)
        yield pair.change(kind, (*place, "optional"), is_optional[0], is_optional[1])


def _may_be_left_out(schema: object) -> bool:
    return _is_optional(schema) or _default(schema) is not None


def _is_optional(schema: object) -> bool:
    return isinstance(schema, dict) and str(schema.get("optional", "")).lower() == "true"


def _default(schema: object) -> object:
    return schema.get("default") if isinstance(schema, dict) else None


def _without_optional(schema: object) -> object:
    if not isinstance(schema, dict):
        return schema
    return {
        key: value
        for key, value in schema.items()
        if key != "optional" and (key, value) != ("default", None)
    }


def _new_fields(was: Mapping[str, object], now: Mapping[str, object]) -> NewFields:
    old, new = _mapping(was.get("inputs")), _mapping(now.get("inputs"))
    added = {name: schema for name, schema in new.items() if name not in old}
    outputs = _mapping(now.get("outputs")).keys() - _mapping(was.get("outputs")).keys()
    prefixes = _prefixes(now)
    return NewFields(
        defaults={
            f"{prefix}inputs.{name}": default
            for prefix in prefixes
            for name, schema in added.items()
            if isinstance(default := _default(schema), str | int | float)
        },
        absent={
            f"{prefix}inputs.{name}"
            for prefix in prefixes
            for name, schema in added.items()
            if _is_optional(schema) and _default(schema) is None
        },
        given={
            f"{prefix}inputs.{name}"
            for prefix in prefixes
            for name in old.keys() & new.keys()
            if not _is_optional(old[name])
        },
        outputs={f"{prefix}outputs.{name}" for prefix in prefixes for name in outputs},
    )


def _prefixes(contract: Mapping[str, object]) -> tuple[str, ...]:
    """Return how a contract may write its own fields.

    Inside a pipeline `inputs.x` is a step's. Components that are no pipeline are seen with both.
    """
    return (
        ("parent.",)
        if contract.get("type") == "pipeline" or "jobs" in contract
        else ("", "parent.")
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
