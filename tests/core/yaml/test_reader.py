import contextlib
import math
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.problem import Problem
from bot.core.yaml.document import dotted
from bot.core.yaml.reader import MAX_BYTES, read
from bot.core.yaml.scalar import resolve
from bot.errors import InvalidFileError


def problems_of(data: bytes) -> tuple[Problem, ...]:
    with pytest.raises(InvalidFileError) as caught:
        read(data, "a.yml")
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("no", "no", id="no is a text"),
        pytest.param("1:30", "1:30", id="a time is a text"),
        pytest.param("2025-12-09", "2025-12-09", id="a date is a text"),
        pytest.param("1.5.0", "1.5.0", id="a version is a text"),
        pytest.param("1_000", "1_000", id="underscores make a text"),
        pytest.param("1.10", 1.1, id="two numbers are a float"),
        pytest.param("1e3", 1000.0, id="exponent"),
        pytest.param(".5", 0.5, id="leading point"),
        pytest.param("1.", 1.0, id="trailing point"),
        pytest.param("010", 10, id="leading zero is decimal"),
        pytest.param("0o17", 15, id="octal"),
        pytest.param("0xfF", 255, id="hexadecimal"),
        pytest.param("-0x1", "-0x1", id="signed hexadecimal is a text"),
        pytest.param("-7", -7, id="negative"),
        pytest.param("-", "-", id="a dash is a text"),
        pytest.param("True", True, id="true"),
        pytest.param("tRue", "tRue", id="odd case is a text"),
        pytest.param("~", None, id="tilde"),
        pytest.param("", None, id="nothing"),
        pytest.param("-.inf", -math.inf, id="minus infinity"),
        pytest.param(".Inf", math.inf, id="infinity"),
        pytest.param("9" * 50_000, math.inf, id="endless digits"),
        pytest.param("0x" + "f" * 50_000, "0x" + "f" * 50_000, id="endless hexadecimal"),
    ],
)
def test_plain_scalars_mean_what_the_core_schema_says(text: str, value: object) -> None:
    resolved = resolve(text)

    assert (type(resolved), resolved) == (type(value), value)


def test_not_a_number_is_a_float() -> None:
    value = resolve(".nan")

    assert isinstance(value, float)
    assert math.isnan(value)


def test_values_and_positions_survive_marks_line_ends_and_letters_beyond_ascii() -> None:
    data = "\ufeffname: é\r\nlist: [1, {ünder: 'x'}]\r\n".encode()

    document = read(data, "a.yml")

    assert document.value == {"name": "é", "list": [1, {"ünder": "x"}]}
    assert document.position(("list", 1, "ünder")) == (2, 19)
    assert document.key_position(("list", 1, "ünder")) == (2, 12)


def test_an_absent_value_has_the_position_of_what_is_around_it() -> None:
    document = read(b"a:\n  b: 1\n", "a.yml")

    assert document.position(("a", "c", "d")) == (2, 3)
    assert document.key_position(()) == (1, 1)
    assert read(b"", "a.yml").position(("a",)) == (0, 0)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        pytest.param(b"", None, id="empty"),
        pytest.param(b"# only a comment\n", None, id="comment"),
        pytest.param(b"---\na: 1\n...\n", {"a": 1}, id="document markers"),
        pytest.param(b"a: '<<'\n", {"a": "<<"}, id="merge key as a value"),
        pytest.param(b"'<<': 1\n", {"<<": 1}, id="quoted merge key"),
        pytest.param(b"a: 'x & y * z !'\n", {"a": "x & y * z !"}, id="indicators in quotes"),
        pytest.param(b"1: a\nnull: b\n", {"1": "a", "null": "b"}, id="keys are texts"),
        pytest.param(b"a:\t1 \t# x\nb: 2\n", {"a": 1, "b": 2}, id="tabs after content"),
        pytest.param(
            b"a: {b: 1}\nc: {b: 1}\n", {"a": {"b": 1}, "c": {"b": 1}}, id="same key apart"
        ),
        pytest.param(b"a: " + b"[" * 19 + b"]" * 19, None, id="nineteen brackets"),
    ],
)
def test_accepts_what_only_looks_like_something_refused(data: bytes, value: object) -> None:
    document = read(data, "a.yml")

    assert document.value == value or value is None


@pytest.mark.parametrize(
    ("data", "place", "what"),
    [
        pytest.param(b"a: 1\na: 2\n", "a.yml:2:1", "second time, first in line 1", id="duplicate"),
        pytest.param(b"a: {b: 1, 'b': 2}\n", "a.yml:1:11", "`a.b`", id="quoted duplicate"),
        pytest.param(b"a: &x 1\n", "a.yml:1:4", "anchor `&x`", id="anchor"),
        pytest.param(b"a: *x\n", "a.yml:1:4", "alias `*x`", id="alias"),
        pytest.param(b"*x : 1\n", "a.yml:1:1", "alias `*x`", id="alias as a key"),
        pytest.param(b"<<: {a: 1}\n", "a.yml:1:1", "merge key", id="merge"),
        pytest.param(b"a: !!python/name:os.system x\n", "a.yml:1:4", "tag", id="tag"),
        pytest.param(b"a: !x {}\n", "a.yml:1:4", "tag `!x`", id="tag of a mapping"),
        pytest.param(b"%YAML 1.1\n---\na: 1\n", "a.yml:1:1", "directive", id="directive"),
        pytest.param(b"a: 1\n---\nb: 2\n", "a.yml:2:1", "second document", id="two documents"),
        pytest.param(b"[1]: 2\n", "a.yml:1:1", "as a key", id="list as a key"),
        pytest.param(b"a: [1\n", "a.yml:2:1", "not valid YAML", id="syntax"),
        pytest.param(b"a:\n\tb: 1\n", "a.yml:2:1", "tab", id="tab"),
        pytest.param(b"a:\n  \tb: 1\n", "a.yml:2:3", "tab", id="tab after spaces"),
        pytest.param(b"a: 1\rb: 2\n", "a.yml:1:5", "U+000D", id="lone carriage return"),
        pytest.param(b"a: \x00\n", "a.yml:1:4", "U+0000", id="null byte"),
        pytest.param("a: \u202e1\n".encode(), "a.yml:1:4", "U+202E", id="reversed writing"),
        pytest.param("a: b\u2028c: 1\n".encode(), "a.yml:1:5", "U+2028", id="hidden line end"),
        pytest.param("a: \ufeff1\n".encode(), "a.yml:1:4", "U+FEFF", id="mark inside"),
        pytest.param("é: 1\nà: ".encode() + b"\xff", "a.yml:2:4", "UTF-8", id="not UTF-8"),
        pytest.param("a: 1".encode("utf-16"), "a.yml:1:1", "UTF-8", id="UTF-16"),
        pytest.param(b"a: " + b"[" * 20 + b"]" * 20, "a.yml:1:23", "nested", id="too deep"),
        pytest.param(b"#" * (MAX_BYTES + 1), "a.yml", "65537 bytes", id="too big"),
    ],
)
def test_refuses_with_the_place_and_the_reason(data: bytes, place: str, what: str) -> None:
    problem = problems_of(data)[0]

    assert problem.place == place
    assert what in problem.what
    assert problem.remedy.endswith(".")


def test_reads_a_file_of_exactly_the_largest_size() -> None:
    assert read(b"#" * MAX_BYTES, "a.yml").value is None


def test_names_every_problem_of_a_file() -> None:
    problems = problems_of(b"a: &x 1\nb: *x\nb: !t 2\n<<: 3\n")

    assert [(problem.line, problem.column) for problem in problems] == [
        (1, 4),
        (2, 4),
        (3, 1),
        (3, 4),
        (4, 1),
    ]


def test_stops_after_twenty_problems() -> None:
    assert len(problems_of(b"a: &x 1\n" + b"a: *x\n" * 5000)) == 20


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"[" * 60_000, id="open lists"),
        pytest.param(b"{" * 60_000, id="open mappings"),
        pytest.param(b"- " * 30_000, id="nested dashes"),
        pytest.param(b"? " * 30_000, id="nested keys"),
        pytest.param(b"{a: " * 15_000, id="nested mappings"),
        pytest.param(b"'" * 60_000, id="quotes"),
        pytest.param(b"a: &a\n" * 10_000, id="anchors"),
        pytest.param(
            b"a: &a [x]\n"
            + b"".join(b"%c: &%c [*%c,*%c]\n" % (i, i, i - 1, i - 1) for i in range(98, 122)),
            id="alias bomb",
        ),
    ],
)
def test_hostile_texts_cost_no_time(data: bytes) -> None:
    start = time.process_time()

    with contextlib.suppress(InvalidFileError):
        read(data, "a.yml")

    assert time.process_time() - start < 2


SEED_TEXT = (
    "plant_id: \"P001\"  # é\r\ntraining:\n  v: '1.5.0'\n  h: {a: 24, b: [1, ~, x]}\n"
    "? k\n: - |\n   text\n  - >-\n   more\n...\n"
)
PIECES = [
    "\t",
    "&a ",
    "*a",
    "!t ",
    "<<: ",
    "---\n",
    "\n",
    "\r",
    "  ",
    "{",
    "}",
    "[",
    "]",
    ":",
    "- ",
]
PIECES += ["'", '"', "#", "|", ">", "%", "@", "`", "\x00", "\x85", "\ud7ff", "é", "\U0001f600", ","]


def test_ten_thousand_broken_texts_are_read_or_refused_but_never_crash() -> None:
    random_ = random.Random(7)
    refused = 0

    for _ in range(10_000):
        text = SEED_TEXT
        for _ in range(random_.randint(1, 4)):
            at = random_.randrange(len(text) + 1)
            text = text[:at] + random_.choice(PIECES) + text[at + random_.choice((0, 0, 1, 5)) :]
        try:
            read(text.encode(), "a.yml")
        except InvalidFileError:
            refused += 1

    assert 0 < refused < 10_000


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        document = read(data, "a.yml")
    except InvalidFileError as error:
        outcome: object = error.problems
    else:
        outcome = document.nodes or document.value is None

    assert outcome


def test_key_paths_are_written_as_people_write_them() -> None:
    assert dotted(("gates", "registry", "groups", 0)) == "gates.registry.groups[0]"
