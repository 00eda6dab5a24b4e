"""The part of GitHub's expression language that workflows here may use.

Literals, property paths, `!`, `==`, `!=`, `&&`, `||`, parentheses and seven functions, with the
meaning of https://docs.github.com/actions/reference/evaluate-expressions-in-workflows-and-actions.
Anything else is an error: a form that is silently misread would start the wrong job.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<path>[A-Za-z_][\w.-]*)"
    r"|(?P<mark>&&|\|\||==|!=|!|\(|\)|,))"
)
_INSERTION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_CONSTANTS = {"true": True, "false": False, "null": None}
STATUS_FUNCTIONS = ("always", "success", "failure", "cancelled")


class ExpressionError(Exception):
    """An expression that is not one of the supported forms."""


def evaluate(expression: str, contexts: Mapping[str, Any]) -> Any:
    """Return the value of `expression`, without its `${{ }}`.

    `contexts` holds `github`, `needs`, … by name, and under `results` what the jobs it needs
    ended as, which the status functions ask.

    Raises:
        ExpressionError: a form that is not supported.
    """
    parser = _Parser(expression, contexts)
    value = parser.either()
    parser.expect_end()
    return value


def is_true(value: object) -> bool:
    """Tell whether a condition with this value holds: false, 0, '' and null do not."""
    return value not in (None, False, 0, "")


def insert(text: str, contexts: Mapping[str, Any]) -> str:
    """Return `text` with each `${{ }}` replaced by its value.

    Raises:
        ExpressionError: a form that is not supported.
    """
    return _INSERTION.sub(lambda found: _as_text(evaluate(found[1], contexts)), text)


def holds(condition: str, contexts: Mapping[str, Any]) -> bool:
    """Tell whether a job's `if` holds; without a status function it also asks `success()`.

    Raises:
        ExpressionError: a form that is not supported.
    """
    found = _INSERTION.fullmatch(condition.strip())
    expression = found[1] if found else condition
    if not any(f"{name}(" in expression for name in STATUS_FUNCTIONS):
        expression = f"success() && ({expression})" if expression.strip() else "success()"
    return is_true(evaluate(expression, contexts))


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _equal(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    if type(one) is type(other):
        return one == other
    return _as_number(one) == _as_number(other)


def _as_number(value: object) -> float:
    if value is None or value == "":
        return 0.0
    try:
        return float(value) if isinstance(value, (bool, int, float, str)) else float("nan")
    except ValueError:
        return float("nan")


def _starts_with(text: object, start: object) -> bool:
    return _as_text(text).casefold().startswith(_as_text(start).casefold())


def _ends_with(text: object, end: object) -> bool:
    return _as_text(text).casefold().endswith(_as_text(end).casefold())


def _contains(where: object, what: object) -> bool:
    if isinstance(where, list):
        return any(_equal(item, what) for item in where)
    return _as_text(what).casefold() in _as_text(where).casefold()


_FUNCTIONS: Mapping[str, Callable[[object, object], bool]] = {
    "startsWith": _starts_with,
    "endsWith": _ends_with,
    "contains": _contains,
}


class _Parser:
    def __init__(self, expression: str, contexts: Mapping[str, Any]) -> None:
        self._expression = expression
        self._contexts = contexts
        self._tokens = self._read()

    def _read(self) -> list[tuple[str, str]]:
        text, tokens, at = self._expression.strip(), [], 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None or found.lastgroup is None:
                raise self._error(f"`{text[at:]}` is not understood")
            tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        return tokens

    def _error(self, why: str) -> ExpressionError:
        return ExpressionError(f"In the expression `{self._expression.strip()}`: {why}.")

    def _take(self, *marks: str) -> str:
        if self._tokens and self._tokens[0][0] == "mark" and self._tokens[0][1] in marks:
            return self._tokens.pop(0)[1]
        return ""

    def expect_end(self) -> None:
        """Raise unless everything has been read."""
        if self._tokens:
            raise self._error(f"`{self._tokens[0][1]}` was not expected")

    def either(self) -> Any:
        """Return the value of a chain of `||`, as GitHub does: the first that holds."""
        value = self._both()
        while self._take("||"):
            other = self._both()
            value = value if is_true(value) else other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._take("&&"):
            other = self._compared()
            value = other if is_true(value) else value
        return value

    def _compared(self) -> Any:
        value = self._single()
        mark = self._take("==", "!=")
        if not mark:
            return value
        return _equal(value, self._single()) is (mark == "==")

    def _single(self) -> Any:
        if self._take("!"):
            return not is_true(self._single())
        if self._take("("):
            value = self.either()
            self._close()
            return value
        if not self._tokens:
            raise self._error("it ends too early")
        kind, text = self._tokens.pop(0)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text)
        if kind == "path":
            return self._call(text) if self._take("(") else self._look_up(text)
        raise self._error(f"`{text}` was not expected")

    def _close(self) -> None:
        if not self._take(")"):
            raise self._error("a `)` is missing")

    def _call(self, name: str) -> bool:
        arguments = []
        while not self._take(")"):
            arguments.append(self.either())
            if not self._take(",") and self._tokens[:1] != [("mark", ")")]:
                raise self._error("a `)` is missing")
        if name in STATUS_FUNCTIONS and not arguments:
            return self._status(name)
        if name not in _FUNCTIONS or len(arguments) != 2:  # noqa: PLR2004 (all of them take two)
            raise self._error(f"the function `{name}` is not known with these arguments")
        return _FUNCTIONS[name](*arguments)

    def _status(self, name: str) -> bool:
        results = set(self._contexts.get("results", ()))
        return {
            "always": True,
            "success": results <= {"success"},
            "failure": "failure" in results,
            "cancelled": "cancelled" in results,
        }[name]

    def _look_up(self, path: str) -> Any:
        if path in _CONSTANTS:
            return _CONSTANTS[path]
        first, *rest = path.split(".")
        if first not in self._contexts:
            raise self._error(f"there is no context `{first}`")
        value: Any = self._contexts[first]
        for name in rest:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value
