"""What is read line by line says what the restricted reader says, or is left to it."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.yaml.edit import insert_scalar, set_scalar
from bot.core.yaml.line_edit import insert_in_lines, set_in_lines
from bot.core.yaml.lines import Lines, read_lines
from bot.core.yaml.reader import MAX_BYTES, read
from bot.errors import InvalidFileError

TRAINING, PIN = ("training", "environment_version"), ("deployment", "environment_version")
CIRCUIT = """\
# yaml-language-server: $schema=../../../docs/schema/circuit.json
plant_id: "P001"
circuit_id: 'C001'

training:  # é
  cutoff_date: '2025-12-09'
  environment_version: "1.5.0"  # frozen
  hyperparameters: { sequence_length: 24, rate: 1.0e-3, name: "a, b" }
  data_filters:
    - {sensor: flow, min: 0.5}
    - 7
deployment:
  model_version: "5"
tags: [critical, high-pressure]
owner: the night shift
"""


def in_lines(text: str) -> Lines:
    found = read_lines(text.encode())
    assert found is not None, text
    return found


def agree(data: bytes) -> bool:
    """Tell whether `data` is read line by line; then everything must be as the reader has it."""
    lines = read_lines(data)
    if lines is None:
        return False
    document = read(data, "a.yml")
    assert repr(lines.value) == repr(document.value)
    assert lines.data == data
    for where in (TRAINING, PIN, ("plant_id", "x"), ("tags", "x"), ("training", "data_filters")):
        found, node = lines.find(*where), document.nodes.get(where)
        if found is None:
            assert node is None or node.kind != "scalar" or not node.text
        else:
            number, scalar = found
            assert node is not None
            assert (number + 1, scalar.start + 1) == (node.start.line, node.start.column)
            assert (scalar.text, scalar.style) == (node.text, node.style)
    return True


def edits_agree(data: bytes) -> int:
    """Return how many edits were made line by line; each must give what the other way gives."""
    lines = read_lines(data)
    if lines is None:
        return 0
    made = 0
    for where in (TRAINING, PIN):
        for edit, full_edit in ((set_in_lines, set_scalar), (insert_in_lines, insert_scalar)):
            edited = edit(lines, *where, "1.10.1")
            if edited is not None:
                made += 1
                assert edited.data == full_edit(data, where, "1.10.1", path="a.yml")
    return made


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(CIRCUIT, id="circuit"),
        pytest.param("\ufeff" + CIRCUIT, id="byte order mark"),
        pytest.param(CIRCUIT.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(CIRCUIT.replace("\n", "\r\n", 3), id="mixed line ends"),
        pytest.param(CIRCUIT.rstrip("\n"), id="no final newline"),
        pytest.param("# why\n--- # one\n" + CIRCUIT, id="start of the document"),
        pytest.param(CIRCUIT.replace("  ", "      "), id="deep indentation"),
        pytest.param("a: 'b # c'\n \nb: -5\n   # deep\nc: {}\nd: []\ne: ~\n", id="odd values"),
        pytest.param("a:\n  b:\n    c: 1\n  d: 2\nb: 3\n", id="back by two levels"),
        pytest.param("a:\nb:\n  - x y\n  - 1.\n", id="nothing"),
        pytest.param("a: 1 \nb: { c: 1 , d: .5 } \nc: [ x ,-1 ]\n", id="spaces"),
        pytest.param("null: no\ntrue: 010\ny: 0x1f\n", id="words"),
    ],
)
def test_reads_what_people_write(text: str) -> None:
    assert agree(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: 1\na: 2\n", id="duplicate"),
        pytest.param("a: {b: 1, b: 2}\n", id="duplicate in flow"),
        pytest.param("a:\n  b: 1\n  b: 2\n", id="duplicate below"),
        pytest.param("a: &x 1\n", id="anchor"),
        pytest.param("a: *x\n", id="alias"),
        pytest.param("a: !t 1\n", id="tag"),
        pytest.param("<<: {a: 1}\n", id="merge"),
        pytest.param("a: 1\n---\nb: 1\n", id="second document"),
        pytest.param("---\n---\na: 1\n", id="empty document before"),
        pytest.param("a: 1\n...\n", id="end of the document"),
        pytest.param("%YAML 1.1\n---\na: 1\n", id="directive"),
        pytest.param("a: |\n  b\n", id="block scalar"),
        pytest.param("a: 1\n  b: 2\n", id="deeper below a value"),
        pytest.param("a:\n    b: 1\n  c: 2\n", id="between two levels"),
        pytest.param("a: b\n  c\n", id="two lines"),
        pytest.param(" a: 1\nb: 2\n", id="first line indented"),
        pytest.param("a:\n- 1\nb: 2\n", id="list that is not indented"),
        pytest.param("a:\n  - 1\n  b: 2\n", id="key in a list"),
        pytest.param("a:\n  b: 1\n  - 2\n", id="item in a mapping"),
        pytest.param("a:\n  - b: 1\n", id="mapping in an item"),
        pytest.param("a:\n  - - 1\n", id="list in an item"),
        pytest.param("- 1\n", id="list"),
        pytest.param("a:\n\tb: 1\n", id="tab"),
        pytest.param("a:\t1\n", id="tab before a value"),
        pytest.param("a: b\rc: d\n", id="lone carriage return"),
        pytest.param("a: b\r", id="carriage return at the end"),
        pytest.param("a: 'it''s'\n", id="quote in quotes"),
        pytest.param('a: "\\x31"\n', id="escape"),
        pytest.param('a: "b\n', id="open quote"),
        pytest.param('a: "b"c\n', id="text after a quote"),
        pytest.param('a: "b"#c\n', id="no space before a comment"),
        pytest.param("a: {b: {c: 1}}\n", id="flow in flow"),
        pytest.param("a: {b: 1,}\n", id="comma at the end"),
        pytest.param("a: {b:1}\n", id="no space after a colon"),
        pytest.param("a: {b: 1\n", id="open brace"),
        pytest.param("a: b: c\n", id="two colons"),
        pytest.param("a:b\n", id="no value"),
        pytest.param("'a': b\n", id="quoted key"),
        pytest.param("? a\n: b\n", id="explicit key"),
        pytest.param("a: \u202eb\n", id="reversed writing"),
        pytest.param("a: b\x85c: d\n", id="hidden line end"),
        pytest.param("a: '\u2028'\n", id="hidden line end in quotes"),
        pytest.param("# \ufeff\na: 1\n", id="mark inside"),
        pytest.param("\ufeff\ufeffa: 1\n", id="two marks"),
        pytest.param("a: " + "b" * 300 + "\n", id="long line"),
        pytest.param(f"a: [{'1, ' * 16}1]\n", id="long list"),
        pytest.param("# x\n" * 100 + "a: 1\n", id="many lines"),
        pytest.param("#" * MAX_BYTES + "\n", id="too big"),
        pytest.param("".join(f"{' ' * n}a:\n" for n in range(12)), id="deep"),
        pytest.param("", id="empty"),
        pytest.param("# only\n", id="comment"),
    ],
)
def test_leaves_everything_else_to_the_reader(text: str) -> None:
    assert read_lines(text.encode()) is None


def test_leaves_bytes_that_are_no_text_to_the_reader() -> None:
    assert read_lines(b"a: \xff\n") is None


@pytest.mark.parametrize(
    "deployment",
    [
        pytest.param("", id="no section"),
        pytest.param("deployment:\n", id="empty"),
        pytest.param("deployment:", id="empty at the end"),
        pytest.param("deployment: # why\n\n  # which\n  model_version: '5'\n", id="block"),
        pytest.param("deployment:\n      model_version: '5'", id="indented otherwise"),
        pytest.param("deployment: {}\n", id="empty flow"),
        pytest.param("deployment: {  }", id="empty flow with spaces"),
        pytest.param("deployment: { model_version: '5' } # x\n", id="flow"),
        pytest.param("# end", id="comment at the end"),
        pytest.param("   ", id="spaces at the end"),
        pytest.param("deployment:\n  environment_version: 1.5.0\n", id="pin"),
        pytest.param("deployment: {a: 1, environment_version: '1.5.0'}\n", id="pin in flow"),
        pytest.param("deployment: {a: 1, environment_version: 1.10}\n", id="pin that is a number"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("quote", ["'", '"', ""], ids=["single", "double", "plain"])
def test_edits_are_the_same(deployment: str, newline: str, quote: str) -> None:
    head = f"plant_id: {quote}é{quote}\ntraining:\n    environment_version: {quote}1.5.0{quote}\n"
    data = ("\ufeff" + head + deployment).replace("\n", newline).encode()

    assert agree(data)
    assert edits_agree(data) == 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("deployment: ~\n", id="null"),
        pytest.param("deployment: x\n", id="text"),
        pytest.param("deployment: [x]\n", id="list"),
        pytest.param("deployment:\n  - x\n", id="list below"),
        pytest.param("deployment:\n  environment_version:\n    x: 1\n", id="mapping as the value"),
        pytest.param("deployment:\n  environment_version: {x: 1}\n", id="flow as the value"),
        pytest.param("deployment:\n  environment_version:\n", id="empty value"),
        pytest.param(f"deployment: {{a: '{'b' * 180}'}}\n", id="line that grows long"),
    ],
)
def test_leaves_unusual_edits_to_the_other_way(text: str) -> None:
    lines = in_lines(text)

    assert set_in_lines(lines, *PIN, "1.5.0") is None
    assert insert_in_lines(lines, *PIN, "1.5.0") is None


def test_the_same_text_is_no_edit() -> None:
    lines = in_lines(CIRCUIT)

    assert set_in_lines(lines, *TRAINING, "1.5.0") is lines


@pytest.mark.parametrize("value", ["1\n2", "a\tb", "\u202e"])
def test_refuses_a_text_that_does_not_fit_on_a_line(value: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        set_in_lines(in_lines(CIRCUIT), *TRAINING, value)


@pytest.mark.parametrize("value", ["1.10", "true", "a: b", "'", '"', "", "é", "#"])
@pytest.mark.parametrize("quote", ["'", '"', ""], ids=["single", "double", "plain"])
def test_what_quotes_change_is_edited_the_same_or_not_at_all(quote: str, value: str) -> None:
    data = CIRCUIT.replace('"1.5.0"', f"{quote}1.5.0{quote}").encode()

    edited = set_in_lines(in_lines(data.decode()), *TRAINING, value)

    assert edited is None or edited.data == set_scalar(data, TRAINING, value, path="a.yml")


PIECES = (
    *("'", '"', "#", "\n", "\r\n", "\r", "  ", " ", "\t", ": ", ":", "{", "}", "[", "]", ",", "- "),
    *("&a ", "*a", "!t ", "<<: ", "---\n", "...\n", "%", "|", ">-", "? ", "@", "`", "\\", "~", "-"),
    *("é", "\ufeff", "\x85", "\u2028", "\u202e", "\x00", "\U0001f600", "1.10", "0", ".", "null"),
    *("training:\n", "deployment:\n", "  environment_version: '1.5.0'\n", "plant_id: x\n"),
    *("deployment: {environment_version: 1.5.0}\n", "  a:\n", "    b: 1\n", " #", "x: y\n"),
)


def mutants(count: int, seed: int) -> Iterator[bytes]:
    random_ = random.Random(seed)
    for _ in range(count):
        text = CIRCUIT
        if random_.random() < 0.1:
            text = text.replace("\n", "\r\n")
        for _ in range(random_.choice((1, 1, 2, 4))):
            at = random_.randrange(len(text) + 1)
            cut = random_.choice((0, 0, 0, 1, 2, 5, 30))
            text = text[:at] + random_.choice(PIECES) + text[at + cut :]
        yield text.encode()


def test_ten_thousand_broken_texts_are_read_and_edited_the_same() -> None:
    read_, edits = 0, 0

    for data in mutants(10_000, seed=5):
        if agree(data):
            read_ += 1
            edits += edits_agree(data) if read_ % 4 == 0 else 0

    assert read_ > 1000
    assert edits > 500


def test_lines_in_any_order_are_read_the_same() -> None:
    random_ = random.Random(6)
    lines = [*CIRCUIT.splitlines(), "  a:", "    b: 1", "      - c", "   d: {}", "training:", "---"]
    read_ = 0

    for _ in range(5000):
        text = "\n".join(random_.choices(lines, k=random_.randint(1, 7)))
        read_ += agree(text.encode())

    assert read_ > 200


INDENTATIONS = st.integers(0, 5).map(" ".__mul__)
KEYS = st.sampled_from(["a", "b-c", "training", "environment_version", "x.y", "_1"])
WORDS = st.text("ab0.1-+~ é/:#,{}[]'\"&*!|>%@\\", max_size=6)
ENTRIES = st.builds("{}{}:{}{}".format, INDENTATIONS, KEYS, st.sampled_from(["", " ", "  "]), WORDS)
ITEMS = st.builds("{}- {}".format, INDENTATIONS, WORDS)
FLOWS = st.builds("{}{}: {{{}: {}, d: {}}}".format, INDENTATIONS, KEYS, KEYS, WORDS, WORDS)


@given(st.lists(ENTRIES | ITEMS | FLOWS, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_any_lines_are_read_the_same(lines: list[str], newline: str) -> None:
    data = newline.join(lines).encode()

    if not agree(data):
        assert read_lines(data) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_the_same_or_not_at_all(data: bytes) -> None:
    try:
        read(data, "a.yml")
    except InvalidFileError:
        assert read_lines(data) is None
