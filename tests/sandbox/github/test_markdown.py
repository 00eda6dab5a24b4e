"""Comments as HTML: what stays, and what must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.github.page.markdown import render


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<script>alert(1)</script>", id="script"),
        pytest.param('<img src=x onerror="alert(1)">', id="handler"),
        pytest.param("[x](javascript:alert(1))", id="script link"),
        pytest.param('<a href="javascript:alert(1)">x</a>', id="script link in HTML"),
        pytest.param('<a href="data:text/html,<script>">x</a>', id="data link"),
        pytest.param('<iframe src="https://evil.example"></iframe>', id="frame"),
        pytest.param('<p style="position:fixed">x</p>', id="style"),
        pytest.param('<form action="/x"><input name="csrf"></form>', id="form"),
        pytest.param("![x](https://evil.example/pixel.png)", id="remote image"),
        pytest.param('<svg onload="alert(1)"></svg>', id="drawing"),
        pytest.param("<details ontoggle=alert(1) open>x</details>", id="handler on details"),
        pytest.param('<a id="live" name="x">x</a>', id="identity"),
    ],
)
def test_removes_what_could_do_harm(text: str) -> None:
    html = render(text)

    forbidden = ("<script", "onerror", "onload", "ontoggle", 'href="javascript', 'href="data',
                 "<iframe", "style=", "<form", "<input", "<img", "<svg", "id=")  # fmt: skip
    assert [word for word in forbidden if word in html] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("| a | b |\n|---|--:|\n| 1 | 2 |", '<td align="right">2</td>', id="table"),
        pytest.param(
            "<details><summary>More</summary>x</details>", "<summary>More</summary>", id="details"
        ),
        pytest.param("<sub>small</sub>", "<sub>small</sub>", id="sub"),
        pytest.param("`a < b`", "<code>a &lt; b</code>", id="code"),
        pytest.param("[docs](https://example.org/a)", 'href="https://example.org/a"', id="link"),
        pytest.param("- [x] done", '<span class="tick">☑</span> done', id="task done"),
        pytest.param("- [ ] open", '<span class="tick">☐</span> open', id="task open"),
        pytest.param("> [!WARNING]\n> careful", '<p class="alert-title">Warning</p>', id="alert"),
        pytest.param("<!-- marker -->\nText", "<p>Text</p>", id="marker is invisible"),
    ],
)
def test_keeps_what_comments_are_made_of(text: str, expected: str) -> None:
    html = render(text)

    assert expected in html
    assert "marker -->" not in html


@given(st.text(alphabet="<>\"'=/ abcdonerrorscript:()!-[]`#|\n", max_size=80))
def test_never_lets_a_script_through(text: str) -> None:
    html = render(text)

    assert "<script" not in html.lower()
    assert 'href="javascript' not in html.lower()
