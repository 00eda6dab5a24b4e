"""The published schemas accept what the reader accepts, but for what only the reader can know."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.core.config.circuit import read_circuit
from bot.core.config.circuit_file import CircuitFile
from bot.core.config.config_file import convert
from bot.core.config.platform import read_platform
from bot.core.config.policy import read_policy
from bot.core.config.schema import FILES, schema, schema_text
from bot.core.config.template import read_template
from bot.core.tree import REGULAR, File
from bot.core.yaml.document import KeyPath
from bot.core.yaml.reader import read
from bot.errors import InvalidFileError

CIRCUIT = "config/plants/P001/C001.yml"
SAMPLES = {name: path if "<" not in path else CIRCUIT for name, path in FILES.items()}
VALIDATORS = {
    name: Draft202012Validator(schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER)
    for name in FILES
}
# What depends on other values or on the path: no schema of one value can say it.
READER_ALONE = re.compile(
    r"but the path says"
    r"|^has no `(registry|stages\.\w+\.(resource_group|workspace))`$"
    r"|is the same for several circuits"
    r"|^the group `.*` does not exist"
    r"|fewer than the quorum"
    r"|is already in the group"
    r"|is a team, and there is no token"
)


@pytest.mark.parametrize("name", FILES)
def test_the_published_schema_is_the_one_the_reader_follows(name: str, checkout: Path) -> None:
    assert (checkout / "docs" / "schema" / f"{name}.json").read_text() == schema_text(name)
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", FILES)
def test_every_sample_names_its_schema_in_the_first_line(name: str, checkout: Path) -> None:
    pattern = f"{CIRCUIT.rpartition('/')[0]}/*.yml" if name == "circuit" else SAMPLES[name]
    paths = sorted(checkout.glob(pattern.replace("P001", "*")))

    assert paths
    for path in paths:
        first = path.read_text(encoding="utf-8-sig").splitlines()[0]
        named = first.removeprefix("# yaml-language-server: $schema=")
        assert named != first, path
        assert (path.parent / named).resolve() == checkout / "docs" / "schema" / f"{name}.json"


VALID = 'plant_id: "P001"\ncircuit_id: "C001"\ntraining: {environment_version: "1.5.0"}\n'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(VALID, id="valid"),
        pytest.param(VALID + "deployment:\nowner: me\n", id="empty section and other keys"),
        pytest.param(VALID + "deployment: {model_version: '5'}\n", id="model"),
        pytest.param(VALID + "deployment: {model_version: 5}\n", id="model number"),
        pytest.param(VALID + "deployment: {environment_version: ~}\n", id="null pin"),
        pytest.param(VALID.replace('"1.5.0"', "1.5"), id="float version"),
        pytest.param(VALID.replace("1.5.0", "1.5.0\\n"), id="hidden newline"),
        pytest.param(VALID.replace("P001", "P_1"), id="no id"),
        pytest.param(VALID.replace("training", "other"), id="no training"),
        pytest.param("[]", id="list"),
        pytest.param("", id="empty"),
    ],
)
def test_reader_and_schema_agree(text: str) -> None:
    document = read(text.encode(), "a.yml")
    try:
        convert(document, CircuitFile)
    except InvalidFileError:
        is_read = False
    else:
        is_read = True

    assert VALIDATORS["circuit"].is_valid(document.value) == is_read


@pytest.fixture(scope="module")
def samples(checkout: Path) -> dict[str, Any]:
    """Return what each of the sample files says, with every section that the schema knows."""
    found: dict[str, Any] = {
        name: read((checkout / path).read_bytes(), path).value for name, path in SAMPLES.items()
    }
    found["circuit"]["deployment"] = {"environment_version": "1.4.0", "model_version": "5"}
    return found


VALUES: list[object] = [
    # Not 1.0, which JSON Schema takes for a whole number.
    *(None, True, False, 0, 1, -1, 5, 100, 101, 10**6, 0.5, 1.5, -0.1),
    *("", "5", "05", "1.5.0", "1.5", "v1.5.0", "1.5.0\n", "2025-02-30", "2025-12-09", "24h", "0m"),
    *("P001", "P_1", "a b", "auto", "reference", "share", "info", "../x", "src", "score.py"),
    *(
        "{plant_id}",
        "{plant}",
        "ml-engineers",
        "ML",
        "@org/team",
        "numpy",
        "numpy==1",
        "é",
        "x" * 99,
    ),
    *([], ["a"], ["lise", "lise"], [1], [None], {}, {"a": "b"}, {"A b": 1}, {"lise": ["marie"]}),
]
KEYS = ["x", "name", "version", "groups", "deployment", "environment_version", "quorum", "tags"]


def places(value: object, at: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the key path of every value in `value`."""
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*at, index))


def mutated(value: Any, data: st.DataObject) -> Any:
    """Return a copy of `value` with one value replaced, taken away, added or moved."""
    copy = json.loads(json.dumps(value))
    where = data.draw(st.sampled_from(list(places(copy))[1:]))
    parent = copy
    for key in where[:-1]:
        parent = parent[key]
    match data.draw(st.sampled_from(["replace", "replace", "remove", "add", "rename"])):
        case "replace":
            parent[where[-1]] = data.draw(st.sampled_from(VALUES))
        case "remove":
            del parent[where[-1]]
        case "add" if isinstance(parent, dict):
            parent[data.draw(st.sampled_from(KEYS))] = data.draw(st.sampled_from(VALUES))
        case "rename" if isinstance(parent, dict):
            parent[data.draw(st.sampled_from(KEYS))] = parent.pop(where[-1])
    return copy


def refusals(name: str, data: bytes) -> list[str]:
    """Return what the reader of this kind of file says against `data`."""
    readers: dict[str, Callable[[], object]] = {
        "circuit": lambda: read_circuit(File(CIRCUIT, REGULAR, "", data)),
        "platform": lambda: read_platform(data),
        "policy": lambda: read_policy(data),
        "template": lambda: read_template(data),
    }
    try:
        readers[name]()
    except InvalidFileError as error:
        return [problem.what for problem in error.problems]
    return []


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=400)
@given(data=st.data())
def test_any_mutation_is_accepted_by_both_or_by_neither(
    name: str, samples: dict[str, Any], data: st.DataObject
) -> None:
    value = samples[name]
    for _ in range(data.draw(st.integers(1, 2))):
        value = mutated(value, data)

    found = refusals(name, json.dumps(value).encode())

    if VALIDATORS[name].is_valid(value):
        assert [what for what in found if not READER_ALONE.search(what)] == []
    else:
        assert found


@pytest.mark.parametrize(
    ("name", "before", "after", "place"),
    [
        pytest.param("platform", "reference", "[a]", "21:21", id="list for a word"),
        pytest.param("policy", "[marie, lise]", "{a: b}", "5:17", id="mapping for a list"),
    ],
)
def test_a_value_of_another_kind_is_a_problem_with_its_place(
    checkout: Path, name: str, before: str, after: str, place: str
) -> None:
    text = (checkout / SAMPLES[name]).read_text().replace(before, after, 1)

    readers: dict[str, Callable[[bytes], object]]
    readers = {"platform": read_platform, "policy": read_policy}

    with pytest.raises(InvalidFileError) as caught:
        readers[name](text.encode())
    assert [problem.place for problem in caught.value.problems] == [f"{SAMPLES[name]}:{place}"]
