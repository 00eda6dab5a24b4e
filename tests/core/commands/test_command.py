"""Which comments are commands, which are mistakes, and which are for somebody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.commands.command import MAX_LINE, Command, Invalid, parse

PROMOTE = Command("promote", {"stage": "registry"})
STATUS = Command("status", {})


@pytest.mark.parametrize(
    ("body", "command"),
    [
        pytest.param("/promote registry", PROMOTE, id="plain"),
        pytest.param("\n\n  \n/promote registry", PROMOTE, id="after blank lines"),
        pytest.param(
            "/promote registry\r\nbecause it is time\r\n", PROMOTE, id="reason below, CRLF"
        ),
        pytest.param("/promote registry   ", PROMOTE, id="trailing blanks"),
        pytest.param("/promote\u00a0registry", PROMOTE, id="non-breaking space"),
        pytest.param("/promote\tregistry", PROMOTE, id="tab"),
        pytest.param("/Promote registry", PROMOTE, id="verb in another case"),
        pytest.param("`/promote registry`", PROMOTE, id="one pair of backticks"),
        pytest.param('/promote "registry"', PROMOTE, id="quoted word"),
        pytest.param("/promote \u201cregistry\u201d", PROMOTE, id="curly quotes"),
        pytest.param("/status", STATUS, id="no arguments"),
        pytest.param("/status\n/promote registry", STATUS, id="first of two"),
        pytest.param("/help", Command("help", {}), id="optional argument left out"),
        pytest.param("/help bump", Command("help", {"verb": "bump"}), id="optional argument given"),
        pytest.param("/retry", Command("retry", {}), id="retry"),
        pytest.param("/retry --failed", Command("retry", {"failed": ""}), id="retry what failed"),
        pytest.param("/evidence", Command("evidence", {}), id="evidence"),
        pytest.param(
            "/bump 1.5.1 --circuits P001/* --from 1.4.9",
            Command("bump", {"version": "1.5.1", "circuits": "P001/*", "from": "1.4.9"}),
            id="options",
        ),
        pytest.param(
            "/bump --from=1.4.9 1.5.1",
            Command("bump", {"version": "1.5.1", "from": "1.4.9"}),
            id="equals sign, any order",
        ),
        pytest.param(
            "/bump 1.5.1 \u2014from 1.4.9",
            Command("bump", {"version": "1.5.1", "from": "1.4.9"}),
            id="long dash",
        ),
        pytest.param(
            "/bump 1.5.1 \u2013FROM 1.4.9",
            Command("bump", {"version": "1.5.1", "from": "1.4.9"}),
            id="short dash, option in capitals",
        ),
        pytest.param(
            "/bump 1.5.1 --circuits 'P001/C001, plant:P002'",
            Command("bump", {"version": "1.5.1", "circuits": "P001/C001, plant:P002"}),
            id="quoted selector with blanks",
        ),
    ],
)
def test_reads_a_command(body: str, command: Command) -> None:
    assert parse(body) == command


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param(" \n\u00a0\n", id="blank"),
        pytest.param("please /promote registry", id="prose"),
        pytest.param("Thanks!\n/promote registry", id="second line"),
        pytest.param(" /promote registry", id="not at column 0"),
        pytest.param("\u00a0/promote registry", id="behind a non-breaking space"),
        pytest.param("    /promote registry", id="indented code"),
        pytest.param("\t/promote registry", id="indented with a tab"),
        pytest.param("> /promote registry", id="quoted"),
        pytest.param("> looks good\n\n/promote registry", id="below a quotation"),
        pytest.param("```\n/promote registry\n```", id="fenced"),
        pytest.param("~~~\n/promote registry\n~~~", id="fenced with tildes"),
        pytest.param("```/promote registry```", id="three backticks"),
        pytest.param("``/promote registry``", id="two pairs of backticks"),
        pytest.param("<!-- x -->\n/promote registry", id="below an HTML comment"),
        pytest.param("- /promote registry", id="list item"),
        pytest.param("/approve", id="another bot's"),
        pytest.param("/promoted registry", id="longer word"),
        pytest.param("/promote-registry", id="hyphenated word"),
        pytest.param("/usr/bin/python is missing", id="path"),
        pytest.param("//promote registry", id="two slashes"),
        pytest.param("/", id="slash alone"),
        pytest.param("/ promote registry", id="blank behind the slash"),
        pytest.param("/pro\u200bmote registry", id="zero-width space inside"),
        pytest.param("/promote\u2028registry", id="line separator"),
        pytest.param("/\u0440romote registry", id="look-alike letter"),
        pytest.param("/help " + "x" * MAX_LINE, id="too long"),
    ],
)
def test_stays_silent(body: str) -> None:
    assert parse(body) is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param("/promote", "missing", id="stage missing"),
        pytest.param("/promote production", "registry", id="stage unknown"),
        pytest.param("/promote Registry", "registry", id="value in another case"),
        pytest.param("/promote registry now", "more words", id="word too many"),
        pytest.param("/promote registry --force", "does not know", id="option unknown"),
        pytest.param("/status please", "more words", id="argument where none is"),
        pytest.param("/bump", "1.5.1", id="version missing"),
        pytest.param("/bump 1.5", "1.5.1", id="two numbers"),
        pytest.param("/bump v1.5.1", "1.5.1", id="leading v"),
        pytest.param("/bump 1.5.1-rc.g12345678", "1.5.1", id="candidate"),
        pytest.param("/bump 01.5.1", "1.5.1", id="leading zero"),
        pytest.param("/bump \u0661.5.1", "1.5.1", id="digits of another script"),
        pytest.param("/bump 1.5.1\u00a0--from", "needs a value", id="value missing"),
        pytest.param("/bump 1.5.1 --from --circuits P001/*", "needs a value", id="option as value"),
        pytest.param("/bump 1.5.1 --from 1.4.9 --from 1.4.8", "twice", id="doubled"),
        pytest.param("/bump 1.5.1 --form 1.4.9", "Did you mean `--from`", id="misspelled"),
        pytest.param("/bump 1.5.1 -f 1.4.9", "two dashes", id="short option"),
        pytest.param("/bump 1.5.1 --circuits ''", "P001/C001", id="empty selector"),
        pytest.param("/bump 1.5.1 --circuits 'a;b'", "P001/C001", id="odd selector"),
        pytest.param("/bump '1.5.1", "never closed", id="open quotation"),
    ],
)
def test_explains_wrong_arguments(body: str, why: str) -> None:
    parsed = parse(body)

    assert isinstance(parsed, Invalid)
    assert parsed.code == "CMD_ARGS"
    assert why in f"{parsed.why} {parsed.usage}"
    assert parsed.usage.startswith(f"/{parsed.name}")


def test_repeats_nothing_that_was_typed_when_it_refuses() -> None:
    parsed = parse("/bump @everyone --</details># 'x'")

    assert isinstance(parsed, Invalid)
    refusal = parsed.refusal
    assert "everyone" not in f"{refusal}"
    assert "details" not in f"{refusal}"


def test_refusal_names_the_help_that_comes_next() -> None:
    parsed = parse("/promote")

    assert isinstance(parsed, Invalid)
    assert parsed.refusal.next == "/help promote"


@given(st.text())
def test_never_fails_whatever_is_typed(body: str) -> None:
    assert isinstance(parse(body), Command | Invalid | None)


@given(st.text())
def test_never_fails_on_arguments_whatever_is_typed(rest: str) -> None:
    assert isinstance(parse(f"/bump {rest}"), Command | Invalid | None)


@given(st.text(alphabet=st.characters(exclude_characters="/`"), min_size=1))
def test_only_a_slash_at_the_beginning_makes_a_command(body: str) -> None:
    assert parse(f"x{body}/promote registry") is None
