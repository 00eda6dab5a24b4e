"""Schemas of data: which change hurts those who send it, and which those who read it."""

import copy
import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.core.classify import Impact, Verdict, judge
from bot.core.facts.schema.document import compare_schemas
from bot.core.facts.unreadable import UnreadableError
from bot.core.package_groups import NoAdditions
from bot.core.tree import REGULAR, File

INPUT = "environment/schema/input.schema.json"
OUTPUT = "environment/schema/output.schema.json"
UNKNOWN = "environment/schema/reading.schema.json"

PRESSURE: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "bar": {"type": "number", "minimum": 0}},
    "required": ["id"],
}


def with_bar(**keywords: object) -> dict[str, Any]:
    """Return the schema with other keywords of `bar`; None leaves a keyword out."""
    schema = copy.deepcopy(PRESSURE)
    bar = {**schema["properties"]["bar"], **keywords}
    schema["properties"]["bar"] = {key: value for key, value in bar.items() if value is not None}
    return schema


def with_root(**keywords: object) -> dict[str, Any]:
    schema = {**copy.deepcopy(PRESSURE), **keywords}
    return {key: value for key, value in schema.items() if value is not None}


def with_property(name: str, schema: object, **keywords: object) -> dict[str, Any]:
    return with_root(properties={**PRESSURE["properties"], name: schema}, **keywords)


def verdict_of(path: str, before: object, after: object) -> Verdict:
    files = [File(path, REGULAR, "", _text(path, side)) for side in (before, after)]
    return judge(tuple(compare_schemas(*files)), NoAdditions())


def _text(path: str, value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return json.dumps(value, indent=2 if path.endswith("json") else None).encode()


def rules(path: str, before: object, after: object) -> list[str]:
    return [finding.rule for finding in verdict_of(path, before, after).findings]


@pytest.mark.parametrize(
    ("after", "sent", "read"),
    [
        pytest.param(
            with_property("flow", {"type": "number"}),
            "schema_input_property_added",
            "schema_output_property_added",
            id="new property",
        ),
        pytest.param(
            with_property("flow", {"type": "number"}, required=["id", "flow"]),
            "schema_input_property_required",
            "schema_output_property_added",
            id="new required property",
        ),
        pytest.param(
            with_root(properties={"id": {"type": "string"}}),
            "schema_property_removed",
            "schema_property_removed",
            id="property removed",
        ),
        pytest.param(
            with_root(required=["id", "bar"]),
            "schema_input_property_required",
            "schema_output_narrowed",
            id="made required",
        ),
        pytest.param(
            with_root(required=None),
            "schema_input_widened",
            "schema_output_widened",
            id="made optional",
        ),
        pytest.param(
            with_bar(minimum=-1), "schema_input_widened", "schema_output_widened", id="lower bound"
        ),
        pytest.param(
            with_bar(minimum=None), "schema_input_widened", "schema_output_widened", id="no bound"
        ),
        pytest.param(
            with_bar(minimum=1),
            "schema_input_narrowed",
            "schema_output_narrowed",
            id="higher lower bound",
        ),
        pytest.param(
            with_bar(maximum=9),
            "schema_input_narrowed",
            "schema_output_narrowed",
            id="new upper bound",
        ),
        pytest.param(
            with_bar(type=["number", "null"]),
            "schema_input_widened",
            "schema_output_widened",
            id="null as well",
        ),
        pytest.param(
            with_bar(type="string"), "schema_type_changed", "schema_type_changed", id="other type"
        ),
        pytest.param(
            with_bar(type="integer"),
            "schema_type_changed",
            "schema_type_changed",
            id="integer for number",
        ),
        pytest.param(
            with_bar(enum=[1, 2]), "schema_input_narrowed", "schema_output_narrowed", id="new enum"
        ),
        pytest.param(
            with_bar(default=1), "schema_default_changed", "schema_default_changed", id="default"
        ),
        pytest.param(
            with_bar(pattern="a"), "schema_input_narrowed", "schema_output_narrowed", id="pattern"
        ),
        pytest.param(
            with_root(additionalProperties=False),
            "schema_input_narrowed",
            "schema_output_narrowed",
            id="closed",
        ),
        pytest.param(with_bar(unit="bar"), "schema_changed", "schema_changed", id="unknown word"),
        pytest.param(
            with_bar(anyOf=[{"minimum": 1}]), "schema_changed", "schema_changed", id="anyOf"
        ),
        pytest.param(with_root(**{"$ref": "a.json"}), "schema_changed", "schema_changed", id="ref"),
        pytest.param(with_bar(minimum="0"), "schema_changed", "schema_changed", id="bound as text"),
        pytest.param(
            with_root(properties=[]), "schema_changed", "schema_changed", id="no properties at all"
        ),
        pytest.param(
            with_bar(description="gauge", title="p", examples=[1]),
            "schema_documentation_changed",
            "schema_documentation_changed",
            id="documentation",
        ),
    ],
)
def test_a_change_is_judged_by_its_direction(after: object, sent: str, read: str) -> None:
    assert set(rules(INPUT, PRESSURE, after)) == {sent}
    assert set(rules(OUTPUT, PRESSURE, after)) == {read}


def test_a_direction_that_nobody_knows_lets_documentation_change_and_no_more() -> None:
    described = with_bar(description="gauge")

    assert rules(UNKNOWN, PRESSURE, described) == ["schema_documentation_changed"]
    assert rules(UNKNOWN, PRESSURE, with_bar(minimum=-1)) == ["schema_changed"]
    assert rules(UNKNOWN, PRESSURE, with_property("flow", {})) == ["schema_changed"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("environment/schema/input.json", "schema_input_widened", id="name"),
        pytest.param("environment/schema/requests.json", "schema_input_widened", id="request"),
        pytest.param("environment/schema/input/a.json", "schema_input_widened", id="folder"),
        pytest.param("environment/schema/response.yml", "schema_output_widened", id="YAML"),
        pytest.param(
            "environment/schema/input/output.json", "schema_output_widened", id="name over folder"
        ),
        pytest.param("environment/schema/input_output.json", "schema_changed", id="both"),
        pytest.param("environment/schema/throughput.json", "schema_changed", id="near-miss"),
    ],
)
def test_the_direction_is_what_the_path_says(path: str, expected: str) -> None:
    assert rules(path, PRESSURE, with_bar(minimum=-1)) == [expected]


@pytest.mark.parametrize(
    ("before", "after", "sent", "read"),
    [
        pytest.param(
            ["a", "b"],
            ["b", "a", "c"],
            ["schema_input_enum_extended"],
            ["schema_output_enum_extended"],
            id="value added",
        ),
        pytest.param(
            ["a", "b"],
            ["a"],
            ["schema_input_enum_reduced"],
            ["schema_output_narrowed"],
            id="value removed",
        ),
        pytest.param(["a", "b"], ["b", "a"], [], [], id="order"),
        pytest.param(
            [1],
            [True],
            ["schema_input_enum_extended", "schema_input_enum_reduced"],
            ["schema_output_enum_extended", "schema_output_narrowed"],
            id="true is not 1",
        ),
    ],
)
def test_values_of_an_enum_come_and_go(
    before: object, after: object, sent: list[str], read: list[str]
) -> None:
    sides = (with_bar(enum=before), with_bar(enum=after))

    assert rules(INPUT, *sides) == sent
    assert rules(OUTPUT, *sides) == read


@pytest.mark.parametrize("bound", ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "max"])
def test_an_upper_bound_that_rises_lets_more_in(bound: str) -> None:
    lower, higher = (with_bar(**{bound: number}) for number in (8, 9))

    assert rules(INPUT, lower, higher) == ["schema_input_widened"]
    assert rules(INPUT, higher, lower) == ["schema_input_narrowed"]


@pytest.mark.parametrize("bound", ["minimum", "exclusiveMinimum", "minLength", "minItems", "min"])
def test_a_lower_bound_that_rises_keeps_more_out(bound: str) -> None:
    lower, higher = (with_bar(**{bound: number}) for number in (8, 9))

    assert rules(INPUT, lower, higher) == ["schema_input_narrowed"]
    assert rules(INPUT, higher, lower) == ["schema_input_widened"]


def test_a_closed_output_cannot_get_a_property() -> None:
    closed = with_root(additionalProperties=False)
    after = with_property("flow", {}, additionalProperties=False)

    assert rules(OUTPUT, closed, after) == ["schema_output_widened"]


@pytest.mark.parametrize(
    "keywords",
    [
        pytest.param({"additionalProperties": {"type": "string"}}, id="additionalProperties"),
        pytest.param({"patternProperties": {"^f": {"type": "string"}}}, id="patternProperties"),
        pytest.param({"allOf": [{"properties": {"flow": {"type": "string"}}}]}, id="allOf"),
    ],
)
def test_a_new_property_of_which_something_else_speaks_is_breaking(
    keywords: Mapping[str, object],
) -> None:
    after = with_property("flow", {"type": "number"}, **keywords)

    assert rules(INPUT, with_root(**keywords), after) == ["schema_changed"]


def test_declaring_what_was_required_so_far_is_a_constraint() -> None:
    was = with_root(required=["id", "flow"])
    after = with_property("flow", {"type": "number"}, required=["id", "flow"])

    assert rules(INPUT, was, after) == ["schema_input_narrowed"]
    assert rules(OUTPUT, was, after) == ["schema_output_narrowed"]


def test_a_default_matters_only_where_something_could_be_left_out() -> None:
    was = with_root(required=["id", "bar"])
    after = with_bar(default=1)

    assert rules(INPUT, was, after) == ["schema_input_widened", "schema_documentation_changed"]
    assert "schema_default_changed" in rules(OUTPUT, was, after)


REUSED = {
    "type": "object",
    "properties": {"at": {"anyOf": [{"$ref": "#/$defs/place"}, {"type": "null"}]}},
    "$defs": {"place": PRESSURE},
}


def test_a_definition_has_the_direction_of_its_file() -> None:
    after = {**REUSED, "$defs": {"place": with_bar(minimum=-1)}}

    assert rules(INPUT, REUSED, after) == ["schema_input_widened"]
    assert rules(OUTPUT, REUSED, after) == ["schema_output_widened"]


@pytest.mark.parametrize(
    "twist",
    [
        pytest.param({"not": {"$ref": "#/$defs/place"}}, id="not"),
        pytest.param({"oneOf": [{"$ref": "#/$defs/place"}, {"type": "null"}]}, id="oneOf"),
        pytest.param({"anyOf": [{"$ref": "#/$defs/place"}, {"minimum": 1}]}, id="two choices"),
        pytest.param({"$ref": "#/$defs/place", "properties": {}}, id="beside properties"),
    ],
)
def test_a_definition_that_is_used_in_another_way_has_no_direction(
    twist: Mapping[str, object],
) -> None:
    schema = {"properties": {"at": twist}, "$defs": {"place": PRESSURE}}
    after = {**schema, "$defs": {"place": with_bar(minimum=-1)}}

    assert rules(INPUT, schema, after) == ["schema_changed"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({"items": {"minimum": 0}}, {"items": {}}, "schema_input_widened", id="inside"),
        pytest.param({"items": {"minimum": 0}}, {}, "schema_input_widened", id="no items"),
        pytest.param({}, {"items": {"minimum": 0}}, "schema_input_narrowed", id="new items"),
        pytest.param({"items": True}, {"items": False}, "schema_input_narrowed", id="none left"),
        pytest.param(
            {"prefixItems": [{"minimum": 0}]},
            {"prefixItems": [{"minimum": -1}]},
            "schema_input_widened",
            id="by position",
        ),
        pytest.param(
            {"prefixItems": [{}]}, {"prefixItems": [{}, {}]}, "schema_changed", id="a position more"
        ),
        pytest.param(
            {"uniqueItems": True}, {"uniqueItems": False}, "schema_input_widened", id="not unique"
        ),
        pytest.param({"minItems": 1}, {"minItems": 2}, "schema_input_narrowed", id="more items"),
    ],
)
def test_items_have_the_direction_of_their_list(
    before: Mapping[str, object], after: Mapping[str, object], expected: str
) -> None:
    sides = ({"type": "array", **before}, {"type": "array", **after})

    assert rules(INPUT, *sides) == [expected]


SIGNATURE = {
    "inputs": [{"name": "bar", "type": "double"}, {"name": "flow", "type": "double"}],
    "outputs": [{"name": "score", "type": "double"}],
}


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    [
        pytest.param(
            [*SIGNATURE["inputs"], {"name": "t", "type": "double", "required": False}],
            SIGNATURE["outputs"],
            "schema_input_property_added",
            id="optional column",
        ),
        pytest.param(
            [*SIGNATURE["inputs"], {"name": "t", "type": "double"}],
            SIGNATURE["outputs"],
            "schema_input_property_required",
            id="column",
        ),
        pytest.param(SIGNATURE["inputs"][::-1], SIGNATURE["outputs"], "schema_changed", id="order"),
        pytest.param(
            SIGNATURE["inputs"],
            [*SIGNATURE["outputs"], {"name": "unit", "type": "string"}],
            "schema_output_property_added",
            id="output column",
        ),
        pytest.param(
            SIGNATURE["inputs"], [{"type": "double"}], "schema_changed", id="without names"
        ),
    ],
)
@pytest.mark.parametrize(
    "form", [pytest.param(list, id="list"), pytest.param(json.dumps, id="text")]
)
def test_a_signature_says_its_directions_itself(
    inputs: object, outputs: object, expected: str, form: Callable[[object], object]
) -> None:
    before = {name: form(columns) for name, columns in SIGNATURE.items()}
    after = {"inputs": form(inputs), "outputs": form(outputs)}

    assert set(rules(UNKNOWN, before, after)) == {expected}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"bar": {"max": 1}}, {"bar": {"max": 2}}, id="a form of the team's own"),
        pytest.param([1], [2], id="a list"),
        pytest.param({"description": "string"}, {"description": "number"}, id="named like a word"),
        pytest.param(PRESSURE, [], id="no schema any more"),
    ],
)
def test_what_is_no_json_schema_is_breaking_whatever_changes(before: object, after: object) -> None:
    assert set(rules(INPUT, before, after)) == {"schema_changed"}


def test_a_finding_points_at_the_keyword() -> None:
    found = verdict_of(INPUT, PRESSURE, with_bar(minimum=1)).findings[0]

    text = json.dumps(with_bar(minimum=1), indent=2).splitlines()
    assert '"minimum"' in text[found.line - 1]


def test_a_removal_points_at_where_it_stood() -> None:
    found = verdict_of(INPUT, PRESSURE, with_root(properties={"id": {"type": "string"}}))

    text = json.dumps(PRESSURE, indent=2).splitlines()
    assert '"bar"' in text[found.findings[0].line - 1]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(INPUT, b'{"type": "object", "type": "object"}', id="twice"),
        pytest.param(INPUT, b'{"minimum": NaN}', id="NaN"),
        pytest.param(INPUT, b"[" * 100_000, id="endless"),
        pytest.param(INPUT, b'{"items": ' * 30 + b"{}" + b"}" * 30, id="deep"),
        pytest.param(INPUT, b"\xff", id="not UTF-8"),
        pytest.param(INPUT, b'{"inputs": "{"}', id="broken signature"),
        pytest.param("environment/schema/input.yml", b"a: &x 1\nb: *x\n", id="alias"),
    ],
)
def test_what_cannot_be_read_is_not_judged(path: str, text: bytes) -> None:
    before = b'{"inputs": "[]"}' if b"inputs" in text else PRESSURE

    with pytest.raises(UnreadableError):
        verdict_of(path, before, text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b'{"type": "object", "properties": {"\\ud800": {}}}', id="lone surrogate"),
        pytest.param(b'{"type": "number", "maximum": 1e999}', id="infinite"),
        pytest.param(b'{"type": [[]], "enum": {}, "required": [1]}', id="wrong forms"),
        pytest.param(b'{"$schema": 1, "$defs": [], "anyOf": {}, "items": 3}', id="wrong types"),
    ],
)
def test_odd_schemas_are_breaking_and_can_be_printed(text: bytes) -> None:
    verdict = verdict_of(UNKNOWN, PRESSURE, text)

    assert verdict.verdict == "breaking"
    assert all(finding.message.encode() for finding in verdict.findings)


# ---- what is called safe is safe: jsonschema is the judge


DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAMES = ("a", "b", "c")
UNDECLARED = "z"
SCALAR_VALUES: list[Any] = [None, True, -2, -1, 0, 1, 2, 0.5, "", "a", "bb"]
SCALARS = st.sampled_from(SCALAR_VALUES)
TYPES = st.sampled_from(
    ["integer", "number", "string", "object", "array", ["number", "null"], ["string", "integer"]]
)
BOUNDS = st.integers(-1, 2)
LEAVES = st.fixed_dictionaries(
    {"type": TYPES},
    optional={
        "minimum": BOUNDS,
        "maximum": BOUNDS,
        "maxLength": BOUNDS.filter(lambda bound: bound >= 0),
        "enum": st.lists(SCALARS, min_size=1, max_size=4),
    },
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "type": TYPES,
    "minimum": st.integers(-2, 2),
    "maximum": st.integers(-2, 2),
    "exclusiveMaximum": st.integers(-2, 2),
    "minLength": st.integers(0, 2),
    "maxLength": st.integers(0, 2),
    "minItems": st.integers(0, 2),
    "uniqueItems": st.booleans(),
    "enum": st.lists(SCALARS, min_size=1, max_size=3),
    "const": SCALARS,
    "pattern": st.sampled_from(["^a", "b$"]),
    "multipleOf": st.sampled_from([1, 2]),
    "required": st.lists(st.sampled_from(NAMES), unique=True),
    "additionalProperties": st.one_of(st.booleans(), LEAVES),
    "properties": st.dictionaries(st.sampled_from(NAMES), LEAVES),
    "items": st.one_of(st.booleans(), LEAVES),
    "anyOf": st.lists(LEAVES, min_size=1, max_size=2),
    "not": LEAVES,
    "description": st.sampled_from(["x", "y"]),
}
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.dictionaries(st.sampled_from(NAMES), inner, min_size=1),
            },
            optional={key: VALUES[key] for key in ("required", "additionalProperties")},
        ),
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
    ),
    max_leaves=4,
)
CHANCES = st.integers(0, 3)
DOCUMENTS = st.one_of(
    SCHEMAS.map(lambda schema: {"$schema": DIALECT, **schema}),
    SCHEMAS.map(lambda schema: {"$ref": "#/$defs/d", "$defs": {"d": schema}}),
    SCHEMAS.map(lambda schema: {"items": {"$ref": "#/$defs/d"}, "$defs": {"d": schema}}),
)
FLAT = [
    *SCALAR_VALUES,
    *({name: value} for name in (*NAMES, UNDECLARED) for value in SCALAR_VALUES),
    *([value] for value in SCALAR_VALUES),
    {},
    [],
    [0, 0],
    {"a": 1, "b": "a"},
    {"a": 0, "b": 0, "c": "bb"},
]
INSTANCES: list[Any] = [
    *FLAT,
    *({"a": value} for value in FLAT if isinstance(value, dict | list)),
    *([value] for value in FLAT if isinstance(value, dict | list)),
]


@st.composite
def edits(draw: st.DrawFn) -> tuple[Any, Any]:
    """Return a schema, and the same with one or two keywords set, changed or left out."""
    before = draw(DOCUMENTS)
    after = copy.deepcopy(before)
    for _ in range(draw(st.integers(1, 2))):
        node = draw(st.sampled_from(schemas_in(after)))
        there = sorted(VALUES.keys() & node.keys())
        is_edit = bool(there) and draw(CHANCES) != 0
        keyword = draw(st.sampled_from(there if is_edit else sorted(VALUES)))
        if keyword == "properties" and isinstance(node.get(keyword), dict):
            node[keyword] = {**draw(VALUES[keyword]), **node[keyword]}
        elif keyword in node and draw(CHANCES) == 0:
            del node[keyword]
        else:
            node[keyword] = draw(VALUES[keyword])
    return before, after


def schemas_in(schema: Any) -> list[dict[str, Any]]:
    found = [schema] if isinstance(schema, dict) else []
    for node in found:
        below = [*node.get("properties", {}).values(), *node.get("$defs", {}).values()]
        below += [node.get("items"), node.get("additionalProperties")]
        found += [inner for inner in below if isinstance(inner, dict)]
    return found


def named(instance: Any, schema: Any, root: Any) -> Any:
    """Return an instance without what a schema does not name; `z` no schema ever names."""
    if isinstance(schema, dict) and "$ref" in schema:
        schema = {**root["$defs"]["d"], **schema, "$ref": None}
    if not isinstance(schema, dict):
        return instance
    if isinstance(instance, list):
        return [named(item, schema.get("items"), root) for item in instance]
    if not isinstance(instance, dict):
        return instance
    known = schema.get("properties", {})
    return {
        name: named(value, known.get(name), root)
        for name, value in instance.items()
        if name in known or name in schema.get("required", []) or name == UNDECLARED
    }


def is_safe(path: str, before: object, after: object) -> bool:
    found = verdict_of(path, before, after).findings
    return all(finding.impact < Impact.BREAKING for finding in found)


@settings(max_examples=300, deadline=None)
@given(pair=edits())
def test_what_is_safe_for_an_input_accepts_all_that_was_accepted(pair: tuple[Any, Any]) -> None:
    before, after = pair
    if not is_safe(INPUT, before, after):
        return

    sent = [named(instance, before, before) for instance in INSTANCES]
    accepted = filter(Draft202012Validator(before).is_valid, sent)
    refused = itertools.filterfalse(Draft202012Validator(after).is_valid, accepted)
    assert list(refused) == []


@settings(max_examples=300, deadline=None)
@given(pair=edits())
def test_what_is_safe_for_an_output_gives_readers_only_what_they_know(
    pair: tuple[Any, Any],
) -> None:
    before, after = pair
    if not is_safe(OUTPUT, before, after):
        return

    given_out = filter(Draft202012Validator(after).is_valid, INSTANCES)
    read = [named(instance, before, before) for instance in given_out]
    surprising = itertools.filterfalse(Draft202012Validator(before).is_valid, read)
    assert list(surprising) == []
