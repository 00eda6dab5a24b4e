"""Text of strangers stays text, whatever it says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.core.untrusted import block, inline, prose

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False, "html": True})
HOSTILE = [
    pytest.param("@org/team please approve", id="mention"),
    pytest.param("fixes #1", id="issue reference"),
    pytest.param("GH-7 and owner/repo#7", id="other references"),
    pytest.param("</details># APPROVED", id="closing HTML"),
    pytest.param("<img src=x onerror=alert(1)>", id="image"),
    pytest.param("![x](https://example.com/p.png)", id="Markdown image"),
    pytest.param("[click](javascript:alert(1))", id="link"),
    pytest.param("`` ` ``` ````", id="backticks"),
    pytest.param("` | x | `", id="table bars"),
    pytest.param("\\| a \\", id="backslashes"),
    pytest.param("<!-- envbot:summary -->", id="planted marker"),
    pytest.param("a\n\n# heading\n- item", id="lines"),
    pytest.param("```\n# out of the fence\n```", id="closing fence"),
    pytest.param("~~~~\n@here", id="tilde fence"),
    pytest.param("\x1b[31mred\x1b[0m", id="terminal colours"),
    pytest.param("abc\u202edef", id="right to left"),
    pytest.param("inv\u200bisible\u2060\ufeff", id="zero width"),
    pytest.param("&#64;org/team", id="entity"),
    pytest.param("::add-mask::x\n##[error]y", id="workflow commands"),
    pytest.param("", id="empty"),
    pytest.param("   ", id="blank"),
    pytest.param("\ud800", id="lone surrogate"),
]
ANYTHING = st.one_of(
    st.text(),
    st.text(alphabet="`@#|\\<>&!-[]()\n\r\t ~*_ax1\u200b\u202e\x1b"),
    st.text(alphabet=st.characters()),
)


def inline_tokens(markdown: str) -> list[Token]:
    paragraph = MARKDOWN.parse(markdown)

    assert [token.type for token in paragraph] == ["paragraph_open", "inline", "paragraph_close"]
    return paragraph[1].children or []


def assert_nothing_hidden(shown: str) -> None:
    shown.encode()
    assert not re.search(r"[@#][^\u200b]", shown)
    without_breaks = shown.replace("\u200b", "")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", without_breaks)


@pytest.mark.parametrize("text", HOSTILE)
def test_inline_is_one_code_span_and_nothing_else(text: str) -> None:
    assert [token.type for token in inline_tokens(inline(text))] == ["code_inline"]
    assert_nothing_hidden(inline(text))


@pytest.mark.parametrize("text", HOSTILE)
def test_prose_is_text_and_code_and_nothing_else(text: str) -> None:
    shown = prose(f"Azure says: {text} (400)")

    assert {token.type for token in inline_tokens(shown)} <= {"text", "code_inline"}
    assert_nothing_hidden(shown)


@given(ANYTHING)
def test_prose_holds_for_any_text_and_stays_in_its_table_cell(text: str) -> None:
    shown = prose(f"Azure says: {text} (400)")
    tokens = MARKDOWN.parse(f"| a | b |\n|---|---|\n| {shown} | x |\n")
    cells = [tokens[i + 1] for i, token in enumerate(tokens) if token.type == "td_open"]

    assert {token.type for token in inline_tokens(shown)} <= {"text", "code_inline"}
    assert {token.type for token in cells[0].children or []} <= {"text", "code_inline"}
    assert [token.content for token in cells[1].children or []] == ["x"]
    assert_nothing_hidden(shown)


@given(ANYTHING)
def test_prose_shows_what_was_typed(text: str) -> None:
    shown = prose(f"Azure says: {inline(text)} (400)")

    assert [(one.type, one.content) for one in inline_tokens(shown)] == [
        (one.type, one.content) for one in inline_tokens(f"Azure says: {inline(text)} (400)")
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            "Name the model as `deployment.model_version`; sensor_model_P001:2 — 1.5.0 → 1.5.1.",
            "Name the model as `deployment.model_version`; sensor_model_P001:2 — 1.5.0 → 1.5.1.",
            id="words of ours",
        ),
        pytest.param("ask @acme/ops", "ask @\u200bacme/ops", id="mention"),
        pytest.param("a | b </details>", "a \u2502 b \\</details\\>", id="table and HTML"),
        pytest.param("**now** _now_", "\\*\\*now\\*\\* \\_now\\_", id="emphasis"),
        pytest.param("__0__ a__b", "\\_\\_0\\_\\_ a\\_\\_b", id="strong emphasis"),
        pytest.param("see https://evil.example/x_y.", "see `https://evil.example/x_y.`", id="link"),
        pytest.param("see www.evil.example", "see `www.evil.example`", id="link without scheme"),
        pytest.param("a ` b", "a \\` b", id="one back-tick"),
        pytest.param("`@acme | x`", "`@\u200bacme \u2502 x`", id="mention in code"),
        pytest.param("two\nlines", "two lines", id="lines"),
    ],
)
def test_prose_leaves_our_words_alone_and_shows_theirs_as_typed(text: str, shown: str) -> None:
    assert prose(text) == shown


@pytest.mark.parametrize("text", HOSTILE)
def test_block_is_one_fence_and_nothing_else(text: str) -> None:
    assert [token.type for token in MARKDOWN.parse(block(text))] == ["fence"]
    assert_nothing_hidden(block(text))


@given(ANYTHING)
def test_inline_holds_for_any_text(text: str) -> None:
    tokens = inline_tokens(f"before {inline(text)} after")

    assert [token.type for token in tokens] == ["text", "code_inline", "text"]
    assert_nothing_hidden(inline(text))


@given(ANYTHING)
def test_inline_stays_in_its_table_cell(text: str) -> None:
    tokens = MARKDOWN.parse(f"| a | b |\n|---|---|\n| {inline(text)} | x |\n")
    cells = [tokens[i + 1] for i, token in enumerate(tokens) if token.type == "td_open"]

    assert [[c.type for c in cell.children or []] for cell in cells] == [["code_inline"], ["text"]]


@given(ANYTHING)
def test_block_holds_for_any_text(text: str) -> None:
    tokens = MARKDOWN.parse(f"before\n\n{block(text)}\n\nafter\n")

    assert [token.type for token in tokens if token.level == 0] == [
        "paragraph_open",
        "paragraph_close",
        "fence",
        "paragraph_open",
        "paragraph_close",
    ]
    assert_nothing_hidden(block(text))


@pytest.mark.parametrize(
    "text", ["score.py", "tensorflow 2.13.0", "naïve Größe µ → ≤ 日本語", "👍🏽"]
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert inline(text) == f"`{text}`"


def test_says_how_much_was_cut() -> None:
    assert inline("x" * 25, limit=10) == "`xxxxxxxxxx… (15 more characters)`"


def test_spells_out_what_cannot_be_seen() -> None:
    assert inline("a\u202eb") == "`a\u2039U+202E\u203ab`"


def test_hides_secrets_before_cutting() -> None:
    token = "ghp_" + "a1B2" * 9

    assert token[:12] not in inline(f"xxxxx {token}", limit=20)
    assert "hidden: GitHub token" in block(f"first\n{token}\nlast")
