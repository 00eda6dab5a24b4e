import random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.core.yaml.edit import insert_scalar, set_scalar, set_scalars
from bot.errors import InvalidFileError

TRAINING = ("training", "environment_version")
PIN = ("deployment", "environment_version")
CIRCUIT = 'plant_id: "P001"\ntraining:\n    environment_version: "1.5.0" # pinned\n'


def edited(text: str, value: str = "1.5.1", key_path: tuple[str | int, ...] = TRAINING) -> str:
    return set_scalar(text.encode(), key_path, value, path="a.yml").decode()


def inserted(text: str) -> str:
    return insert_scalar(text.encode(), PIN, "1.5.0", path="a.yml").decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('"1.5.0"', '"1.5.1"', id="double quotes"),
        pytest.param("'1.5.0'", "'1.5.1'", id="single quotes"),
        pytest.param("1.5.0", "1.5.1", id="plain"),
        pytest.param("1.5", "1.5.1", id="a number becomes a plain text"),
        pytest.param('"1.5.0"   # why', '"1.5.1"   # why', id="comment"),
        pytest.param('\t"1.5.0"', '\t"1.5.1"', id="tab"),
        pytest.param('"1.\\x35.0"', '"1.5.1"', id="escape"),
        pytest.param('"1.5.0\n    x"', '"1.5.1"', id="two lines"),
        pytest.param("\n    '1.5.0'", "\n    '1.5.1'", id="next line"),
    ],
)
def test_keeps_the_style_of_the_value(before: str, after: str) -> None:
    text = "training:\n  environment_version: {}\n  x: 1\n"

    assert edited(text.format(before)) == text.format(after)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# é {}\n", id="letters before"),
        pytest.param("é: {}\n", id="in a long key's value"),
        pytest.param("😀: [a, {}]\n", id="in a list"),
    ],
)
def test_offsets_are_those_of_the_bytes(text: str) -> None:
    whole = "\ufeff" + text.format("a") + 'training: {"é": "ü", environment_version: "1.5.0", z: ß}'

    assert edited(whole) == whole.replace("1.5.0", "1.5.1")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeff" + CIRCUIT, id="byte order mark"),
        pytest.param(CIRCUIT.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(CIRCUIT.replace("\n", "\r\n", 1), id="mixed line ends"),
        pytest.param(CIRCUIT.rstrip("\n"), id="no final newline"),
        pytest.param("---\n" + CIRCUIT + "...\n", id="document markers"),
        pytest.param(CIRCUIT + "z:\n- 1\n-   2\n\n\n", id="odd spacing elsewhere"),
        pytest.param(
            CIRCUIT + "z: |+\n  environment_version: '1.5'\n\n", id="block scalar elsewhere"
        ),
        pytest.param(
            "x: {training: {environment_version: 1.4.0}}\n" + CIRCUIT, id="same keys deeper"
        ),
    ],
)
def test_changes_the_asked_bytes_only(text: str) -> None:
    assert edited(text) == text.replace('"1.5.0"', '"1.5.1"')
    assert edited(text, "1.5.0") == text


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        pytest.param("old", "1.10", '"1.10"', id="would be a number"),
        pytest.param("old", "true", '"true"', id="would be a boolean"),
        pytest.param("true", "true", '"true"', id="a boolean becomes a text"),
        pytest.param("old", "a: b", '"a: b"', id="would be a mapping"),
        pytest.param("'old'", "it's", "'it''s'", id="quote in single quotes"),
        pytest.param('"old"', 'a\\"b', '"a\\\\\\"b"', id="quote and backslash in double quotes"),
        pytest.param("old", "", '""', id="empty text"),
        pytest.param("old", "é", '"é"', id="letters beyond ASCII"),
    ],
)
def test_quotes_what_would_not_read_as_a_text(before: str, value: str, after: str) -> None:
    assert edited(f"training: {{environment_version: {before}}}", value) == (
        f"training: {{environment_version: {after}}}"
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("training: {}", "is missing", id="missing"),
        pytest.param("training:\n  environment_version:\n", "is empty", id="empty"),
        pytest.param("training:\n  environment_version: |\n    1.5.0\n", "block", id="literal"),
        pytest.param("training:\n  environment_version: >-\n    1.5.0\n", "block", id="folded"),
        pytest.param("training: {environment_version: [1]}", "is a sequence", id="list"),
        pytest.param("training: {environment_version: {}}", "is a mapping", id="mapping"),
        pytest.param("training: 1.5.0", "is missing", id="no section"),
        pytest.param("- a", "is missing", id="no mapping"),
        pytest.param("", "is missing", id="empty file"),
        pytest.param("training: &x {environment_version: 1.5.0}", "anchor", id="anchor"),
    ],
)
def test_refuses_what_it_cannot_replace(text: str, what: str) -> None:
    with pytest.raises(InvalidFileError, match=what):
        edited(text)


@pytest.mark.parametrize("value", ["1\n2", "a\tb", "\u202e", "\x00"])
def test_refuses_a_text_that_does_not_fit_on_a_line(value: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        edited(CIRCUIT, value)


def test_sets_several_values_at_once() -> None:
    data = b"a: ['x', 'y']\nb: 'x'\n"

    after = set_scalars(data, {("b",): "longer", ("a", 1): "z"}, path="a.yml")

    assert after == b"a: ['x', 'z']\nb: 'longer'\n"


@pytest.mark.parametrize(
    ("tail", "after"),
    [
        pytest.param("", "deployment:\n    environment_version: V\n", id="no section"),
        pytest.param(
            "# end", "# end\ndeployment:\n    environment_version: V", id="no final newline"
        ),
        pytest.param("...\n", "deployment:\n    environment_version: V\n...\n", id="document end"),
        pytest.param(
            "deployment: # why\n    # which\n    model_version: '5'\n",
            "deployment: # why\n    environment_version: V\n    # which\n    model_version: '5'\n",
            id="block",
        ),
        pytest.param(
            "deployment:\n  model_version: '5'",
            "deployment:\n  environment_version: V\n  model_version: '5'",
            id="block with its own indentation",
        ),
        pytest.param(
            "deployment: { model_version: '5' } # x\n",
            "deployment: { environment_version: V, model_version: '5' } # x\n",
            id="flow",
        ),
        pytest.param("deployment: {}", "deployment: {environment_version: V}", id="empty flow"),
        pytest.param(
            "deployment: {\n  # why\n  model_version: '5'}\n",
            "deployment: {\n  # why\n  environment_version: V, model_version: '5'}\n",
            id="flow over lines",
        ),
        pytest.param(
            "deployment: # none\nz: 1\n",
            "deployment: # none\n    environment_version: V\nz: 1\n",
            id="empty",
        ),
        pytest.param(
            "deployment:", "deployment:\n    environment_version: V", id="empty at the end"
        ),
        pytest.param(
            "deployment: ~ # none\n", "deployment: {environment_version: V} # none\n", id="null"
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_inserts_a_key_in_the_style_of_the_file(tail: str, after: str, newline: str) -> None:
    head = 'plant_id: "é"\ntraining:\n    environment_version: "1.5.0"\ncircuit_id: "C001"\n'
    text = (head + tail).replace("\n", newline)

    assert inserted(text) == (head + after.replace("V", '"1.5.0"')).replace("\n", newline)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("{a: 'b'}", "{deployment: {environment_version: '1.5.0'}, a: 'b'}", id="flow"),
        pytest.param("{}", '{deployment: {environment_version: "1.5.0"}}', id="empty flow"),
        pytest.param(
            "a: b", 'a: b\ndeployment:\n  environment_version: "1.5.0"', id="nothing to copy"
        ),
    ],
)
def test_inserts_a_section_into_unusual_files(text: str, after: str) -> None:
    assert inserted(text) == after


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("deployment: {environment_version: x}", "there already", id="there"),
        pytest.param("deployment: [a]", "no place", id="list"),
        pytest.param("deployment: a", "no place", id="text"),
        pytest.param("{deployment: }", "no place", id="empty in flow"),
        pytest.param("- a", "no place", id="no mapping"),
        pytest.param("", "no place", id="empty file"),
        pytest.param("? deployment\n: a: 1\n", "changing more", id="explicit key"),
        pytest.param("a: |\n  b", "changing more", id="text that a newline would lengthen"),
    ],
)
def test_refuses_where_no_key_can_be_inserted(text: str, what: str) -> None:
    with pytest.raises(InvalidFileError, match=what):
        inserted(text)


WORDS = st.text("abcé'\"#:,{}[] 1.", max_size=8)
COMMENTS = st.sampled_from(["", "  # why", " #", "\t# é"])


@st.composite
def values(draw: st.DrawFn) -> str:
    value = draw(WORDS)
    return draw(
        st.sampled_from(
            [
                "'" + value.replace("'", "''") + "'",
                '"' + value.replace('"', '\\"') + '"',
                f"[1, {draw(st.integers())}]",
                "{a: 'x', b: [~, true]}",
                "1.10",
            ]
        )
    )


@st.composite
def circuits(draw: st.DrawFn) -> tuple[str, str]:
    """Return a circuit's text with `@` for the version, and the quotes around it."""
    indentation = " " * draw(st.integers(1, 6))
    quote = draw(st.sampled_from(["'", '"', ""]))
    version = f"environment_version:{draw(st.sampled_from([' ', '   ']))}{quote}@{quote}"
    keys = [f"k{index}: {draw(values())}" for index in range(draw(st.integers(0, 3)))]
    keys.insert(draw(st.integers(0, len(keys))), version)
    if draw(st.booleans()):
        training = "training: {" + ", ".join(keys) + "}" + draw(COMMENTS)
    else:
        lines = [f"{indentation}{key}{draw(COMMENTS)}" for key in keys]
        training = "\n".join([f"training:{draw(COMMENTS)}", *lines])
    others = [
        f"o{index}: {draw(values())}{draw(COMMENTS)}" for index in range(draw(st.integers(0, 3)))
    ]
    others.insert(draw(st.integers(0, len(others))), training)
    text = "\n".join(others) + draw(st.sampled_from(["", "\n", "\n\n# end", "\n...\n"]))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return mark + text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))), quote


@given(circuits(), st.tuples(*[st.integers(0, 99)] * 3))
def test_any_style_keeps_every_byte_but_the_version(
    circuit: tuple[str, str], numbers: tuple[int, int, int]
) -> None:
    template, _ = circuit
    version = ".".join(map(str, numbers))
    text = template.replace("@", "1.5.0")

    assert edited(text, version) == template.replace("@", version)
    assert edited(text, "1.5.0") == text


@given(circuits())
def test_any_style_takes_a_pin_and_loses_nothing(circuit: tuple[str, str]) -> None:
    text = circuit[0].replace("@", "1.5.0")

    after = inserted(text)

    values_before = yaml.load(text.removeprefix("\ufeff"), Loader=yaml.CSafeLoader)
    values_after = yaml.load(after.removeprefix("\ufeff"), Loader=yaml.CSafeLoader)
    assert values_after == {**values_before, "deployment": {"environment_version": "1.5.0"}}
    assert after.endswith("\n") == text.endswith("\n")
    assert set(text.splitlines()) <= set(after.splitlines())


def test_broken_texts_are_edited_exactly_or_refused() -> None:
    random_ = random.Random(11)
    seed = CIRCUIT + "deployment: {a: 1, b: 'x'}\nlist:\n  - a\n"
    pieces = ["'", '"', "#", "\n", "  ", ": ", "{", "}", "é", "1", "&a ", "*a", "|", "\r\n", ","]
    edits = 0
    for _ in range(3000):
        at = random_.randrange(len(seed))
        text = seed[:at] + random_.choice(pieces) + seed[at + random_.choice((0, 0, 1, 3)) :]
        try:
            after = edited(text, "2.0.0")
        except InvalidFileError:
            continue
        edits += 1
        expected = yaml.load(text, Loader=yaml.CSafeLoader)
        expected["training"]["environment_version"] = "2.0.0"
        assert yaml.load(after, Loader=yaml.CSafeLoader) == expected

    assert edits > 500
