"""Comments as HTML: Markdown rendered, then cut down to what may do no harm."""

import re

import nh3
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre", "q",
    "s", "samp", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "details": {"open"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}
_SCHEMES = {"http", "https", "mailto"}
_ALIGNED = re.compile(r'(<t[dh]) style="text-align:(left|right|center)"')
_TASK = re.compile(r"<li>(\s*<p>)?\[([ xX])\] ")
_ALERT = re.compile(r"<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*")


def render(text: str) -> str:
    """Return `text` as HTML that is safe to put into a page.

    Scripts, styles, event handlers, images, forms and links other than http, https and mailto are
    removed; task lists and alerts look as on GitHub.
    """
    raw = _ALIGNED.sub(r'\1 align="\2"', _MARKDOWN.render(text))
    clean = nh3.clean(raw, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES)
    tasks = _TASK.sub(_task, clean)
    return _ALERT.sub(_alert, tasks)


def _task(found: re.Match[str]) -> str:
    mark, state = ("☐", "open") if found[2] == " " else ("☑", "done")
    return f'<li class="task {state}">{found[1] or ""}<span class="tick">{mark}</span> '


def _alert(found: re.Match[str]) -> str:
    kind = found[1].lower()
    return f'<blockquote class="alert {kind}"><p class="alert-title">{kind.capitalize()}</p><p>'
