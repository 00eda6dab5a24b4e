"""Why a change of Python code is breaking: the rule that names it, and what its message says."""

import ast
import time
from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.facts.python.parsing import parse
from bot.core.facts.unreadable import UnreadableError
from bot.core.finding import Finding
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
Find = Callable[[str | bytes, str | bytes], tuple[Finding, ...]]
SHARED = {
    "environment/environment.yml": 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n',
    "environment/Dockerfile": "FROM a:1\nCOPY . /opt\n",
}


@pytest.fixture
def find(make_tree: MakeTree) -> Find:
    """Return what gives the findings of a change of `src/score.py`, all of them breaking."""

    def found(before: str | bytes, after: str | bytes) -> tuple[Finding, ...]:
        base, head = (
            make_tree({**SHARED, "environment/src/score.py": text}) for text in (before, after)
        )
        verdict = classify(base, head, NoAdditions())
        assert verdict.verdict == "breaking"
        return verdict.findings

    return found


def rules(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.rule for finding in findings}


@pytest.mark.parametrize(
    ("before", "after", "rule", "message"),
    [
        pytest.param(
            "(x, limit=0.5)",
            "(x, limit=0.7)",
            "default_changed",
            "default of limit 0.5 → 0.7",
            id="default",
        ),
        pytest.param(
            "(x, *, limit=0.5)",
            "(x, *, limit=None)",
            "default_changed",
            "default of limit 0.5 → None",
            id="default of a keyword",
        ),
        pytest.param(
            "(x, limit=0.5)",
            "(x, limit)",
            "default_changed",
            "default of limit 0.5 removed",
            id="default gone",
        ),
        pytest.param(
            "(x, limit)",
            "(x, limit=0.5)",
            "default_changed",
            "default of limit 0.5 added",
            id="default new",
        ),
        pytest.param(
            "(x, limit=0.5)", "(x)", "parameter_removed", "parameter limit removed", id="removed"
        ),
        pytest.param("(x)", "()", "parameter_removed", "parameter x removed", id="the only one"),
        pytest.param(
            "(x, **more)", "(x)", "parameter_removed", "parameter more removed", id="the rest"
        ),
        pytest.param(
            "(x, limit=0.5)",
            "(x, most=0.5)",
            "parameter_renamed",
            "parameter limit → most",
            id="renamed",
        ),
        pytest.param(
            "(x, limit)", "(limit, x)", "signature_changed", "(x, limit) → (limit, x)", id="swapped"
        ),
        pytest.param(
            "(x, limit=0.5)",
            "(x, most=0.7)",
            "signature_changed",
            "(x, most=0.7)",
            id="renamed with another default",
        ),
        pytest.param(
            "(x, limit=0.5)",
            "(x, *, limit=0.5)",
            "signature_changed",
            "(x, *, limit=0.5)",
            id="keyword only",
        ),
        pytest.param(
            "(x, limit)",
            "(other)",
            "signature_changed",
            "(x, limit) → (other)",
            id="removed and renamed",
        ),
        pytest.param("(x)", "(more, x)", "signature_changed", "(x) → (more, x)", id="put in front"),
    ],
)
def test_names_what_differs_in_a_signature(
    before: str, after: str, rule: str, message: str, find: Find
) -> None:
    found = find(f"def score{before}:\n    return 1\n", f"def score{after}:\n    return 1\n")

    assert rules(found) == {rule}
    assert message in found[0].message


def test_every_default_that_changed_is_told(find: Find) -> None:
    found = find("def f(a=1, b=2, c=3):\n    pass\n", "def f(a=1, b=3, c=4):\n    pass\n")

    assert [f.message.split(" —")[0] for f in found] == [
        "function f: default of b 2 → 3",
        "function f: default of c 3 → 4",
    ]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        pytest.param(
            "return {'a': x}", "return {'b': x}", "returned key 'a' → key 'b'", id="renamed"
        ),
        pytest.param(
            "return {'a': x}", "return {'a': x, 'b': x}", "returned key 'b' added", id="added"
        ),
        pytest.param(
            "return {'a': x, 'b': x}", "return {'a': x}", "returned key 'b' removed", id="removed"
        ),
        pytest.param(
            "return {'a': x, 'b': x}",
            "return {'b': x, 'a': x}",
            "returned key 'a', key 'b' → key 'b', key 'a'",
            id="in another order",
        ),
        pytest.param("return x, x", "return x, x, x", "tuple of 2 → tuple of 3", id="tuple"),
        pytest.param("yield x, x", "yield x, x, x", "tuple of 2 → tuple of 3", id="yielded"),
        pytest.param(
            "y = {'a': x}\n    return y",
            "y = {'b': x}\n    return y",
            "key 'a' → key 'b'",
            id="by way of a name",
        ),
        pytest.param(
            "y = {}\n    y['a'] = x\n    return y",
            "y = {}\n    y['b'] = x\n    return y",
            "key 'a' → key 'b'",
            id="put into a name",
        ),
        pytest.param(
            "y.append({'a': x})\n    return D(y)",
            "y.append({'b': x})\n    return D(y)",
            "key 'a' → key 'b'",
            id="appended to a list",
        ),
        pytest.param(
            "return x[['a', 'c']]",
            "return x[['b', 'c']]",
            "key 'a' → key 'b'",
            id="columns selected",
        ),
        pytest.param(
            "return D(x, columns=['a'])",
            "return D(x, columns=['b'])",
            "key 'a' → key 'b'",
            id="columns named",
        ),
        pytest.param(
            "x.update(a=1)\n    return x",
            "x.update(b=1)\n    return x",
            "key 'a' → key 'b'",
            id="updated",
        ),
    ],
)
def test_names_the_keys_that_a_function_returns(
    before: str, after: str, message: str, find: Find
) -> None:
    found = find(f"def f(x, y):\n    {before}\n", f"def f(x, y):\n    {after}\n")

    assert rules(found) == {"return_keys_changed"}
    assert message in found[0].message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("return {'a': x}", "return {'a': -x}", id="a value"),
        pytest.param("return x, x", "return x, -x", id="a value in a tuple"),
        pytest.param("y = {'a': 1}\n    return x", "y = {'b': 1}\n    return x", id="not returned"),
        pytest.param("y.sort({'a': 1})\n    return y", "y.sort({'b': 1})\n    return y", id="sort"),
        pytest.param("return x[1]", "return x[2]", id="an index"),
    ],
)
def test_a_difference_beside_the_keys_is_one_of_the_body(
    before: str, after: str, find: Find
) -> None:
    found = find(f"def f(x, y):\n    {before}\n", f"def f(x, y):\n    {after}\n")

    assert rules(found) == {"function_changed"}


TRIED = "try:\n        return x()\n    except {}:\n        return {}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(TRIED.format("KeyError", 0), TRIED.format("ValueError", 0), id="caught"),
        pytest.param(TRIED.format("KeyError", 0), TRIED.format("KeyError", 1), id="in a handler"),
        pytest.param(TRIED.format("KeyError", 0), "return x()", id="try removed"),
        pytest.param("return x()", TRIED.format("KeyError", 0), id="try added"),
        pytest.param(
            TRIED.format("KeyError", 0),
            TRIED.format("KeyError", 0) + "\n    finally:\n        x()",
            id="finally",
        ),
        pytest.param(
            TRIED.format("A", 0), TRIED.format("A", 0) + "\n    except B:\n        x()", id="more"
        ),
        pytest.param("raise KeyError(x)", "raise ValueError(x)", id="raised"),
        pytest.param("return x", "if x:\n        raise KeyError\n    return x", id="raise added"),
        pytest.param("return x", "assert x\n    return x", id="assertion"),
    ],
)
def test_names_what_differs_in_the_handling_of_exceptions(
    before: str, after: str, find: Find
) -> None:
    found = find(f"def f(x):\n    {before}\n", f"def f(x):\n    {after}\n")

    assert rules(found) == {"exception_handling_changed"}


def test_what_differs_inside_of_a_try_is_a_change_of_the_body(find: Find) -> None:
    before = f"def f(x):\n    {TRIED.format('KeyError', 0)}\n"

    assert rules(find(before, before.replace("x()", "x(1)"))) == {"function_changed"}


def test_each_sort_of_difference_in_a_function_is_told(find: Find) -> None:
    before = (
        "def f(x, a=1):\n    y = x + 1\n    if a:\n        raise KeyError\n    return {'a': y}\n"
    )
    after = (
        "@g\nasync def f(x, a=2):\n    y = x - 1\n    if a:\n        raise A\n    return {'b': y}\n"
    )

    assert rules(find(before, after)) == {
        "async_changed",
        "decorator_changed",
        "default_changed",
        "exception_handling_changed",
        "function_changed",
        "return_keys_changed",
    }


@pytest.mark.parametrize(
    ("before", "after", "rule", "message"),
    [
        pytest.param(
            "import numpy as np\n",
            "import cupy as np\n",
            "import_swapped",
            "import np: numpy → cupy",
            id="another module",
        ),
        pytest.param(
            "from a import f\n",
            "from b import f\n",
            "import_swapped",
            "import f: a.f → b.f",
            id="from another module",
        ),
        pytest.param(
            "from .a import f\n",
            "from ..a import f\n",
            "import_swapped",
            ".a.f → ..a.f",
            id="from another package",
        ),
        pytest.param(
            "import a.b as c\n",
            "from a import b as c\n",
            "import_swapped",
            "import a.b as c → from a import b as c",
            id="another sort of import",
        ),
        pytest.param("import torch\n", "", "import_removed", "import torch removed", id="removed"),
        pytest.param("", "import torch\n", "import_changed", "import torch added", id="added"),
        pytest.param(
            "from a import *\n",
            "from b import *\n",
            "import_removed",
            "from a import * removed",
            id="everything",
        ),
        pytest.param(
            "import torch as t\n",
            "import torch as u\n",
            "import_renamed",
            "name t → u",
            id="another name",
        ),
        pytest.param(
            "from . import a\n",
            "from . import a as b\n",
            "import_renamed",
            "import of .a: name a → b",
            id="another name for a neighbour",
        ),
    ],
)
def test_names_the_import_that_differs(
    before: str, after: str, rule: str, message: str, find: Find
) -> None:
    found = find(f"{before}x = f, np, t, u\n", f"{after}x = f, np, t, u\n")

    assert rule in rules(found)
    assert any(message in finding.message for finding in found)


@pytest.mark.parametrize(
    ("before", "after", "rule", "message"),
    [
        pytest.param(
            "class A(B):\n    x = 1\n",
            "class A(C):\n    x = 1\n",
            "class_bases_changed",
            "class A: bases (B) → (C)",
            id="base",
        ),
        pytest.param(
            "class A:\n    x = 1\n",
            "class A(metaclass=M):\n    x = 1\n",
            "class_bases_changed",
            "class A: bases (metaclass=M) added",
            id="metaclass",
        ),
        pytest.param(
            "@a\nclass A:\n    x = 1\n",
            "@b\nclass A:\n    x = 1\n",
            "decorator_changed",
            "class A @a → @b",
            id="decorator",
        ),
        pytest.param(
            "class A:\n    x = 1\n",
            "class A:\n    x = 2\n",
            "class_changed",
            "class A x = 1 → x = 2",
            id="attribute",
        ),
        pytest.param(
            "class A:\n    def f(self):\n        return 1\n",
            "class A:\n    def f(self):\n        return 2\n",
            "function_changed",
            "method A.f return 1 → return 2",
            id="method",
        ),
        pytest.param(
            "class A:\n    def f(self, x=1):\n        return x\n",
            "class A:\n    def f(self, x=2):\n        return x\n",
            "default_changed",
            "method A.f: default of x 1 → 2",
            id="default of a method",
        ),
        pytest.param(
            "class A:\n    x = 1\n    def f(self):\n        return 1\n",
            "class A:\n    x = 1\n",
            "class_changed",
            "class A: method f (self) removed",
            id="method gone",
        ),
        pytest.param(
            "class A:\n    def f(self):\n        return 1\n    x = 1\n",
            "class A:\n    x = 1\n    def f(self):\n        return x\n    f = 1\n",
            "class_changed",
            "class A f = 1 added",
            id="order and more",
        ),
    ],
)
def test_names_what_differs_in_a_class(
    before: str, after: str, rule: str, message: str, find: Find
) -> None:
    found = find(before, after)

    assert rule in rules(found)
    assert any(message in finding.message for finding in found)


def test_a_function_under_another_name_is_renamed(find: Find) -> None:
    found = find("def f(x):\n    return 2 * x\n", "def double(x):\n    return 2 * x\n")

    assert "function_renamed" in rules(found)
    assert "function_removed" not in rules(found)
    assert any("function f → double" in finding.message for finding in found)


def test_a_function_with_another_name_and_body_is_removed(find: Find) -> None:
    found = find("def f(x):\n    return 2 * x\n", "def triple(x):\n    return 3 * x\n")

    assert "function_removed" in rules(found)
    assert "function_renamed" not in rules(found)


def test_a_long_value_is_shown_around_its_difference(find: Find) -> None:
    start = "x = [" + "'temperature', " * 20
    found = find(f"{start}'flow']\n", f"{start}'pressure']\n")

    assert "'flow'] → …" in found[0].message


def test_many_differences_are_cut_short(find: Find) -> None:
    texts = ["".join(f"A{i} = {i + shift}\n" for i in range(1000)) for shift in (0, 1)]

    found = find(*texts)

    assert len(found) == 201
    assert "more code than is listed" in "".join(finding.message for finding in found)


HIDDEN = {
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "mark": "\u200f",
    "zero width space": "\u200b",
    "zero width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark inside": "\ufeff",
    "soft hyphen": "\u00ad",
    "line separator": "\u2028",
    "next line": "\u0085",
    "backspace": "\b",
    "escape": "\x1b",
    "tag": "\U000e0041",
    "lone carriage return": "\r",
}


@pytest.mark.parametrize("character", HIDDEN.values(), ids=HIDDEN)
def test_a_hidden_character_in_a_comment_blocks(character: str, find: Find) -> None:
    found = find("x = 1\ny = 2\n", f"x = 1\n# a{character}b\ny = 2\n")

    assert [(f.rule, f.line, f.blocks) for f in found] == [("source_hides_characters", 2, True)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1  # 20 °C ± 1, Größe, 温度, ✓, ⚠️\n".encode(), id="letters and symbols"),
        pytest.param(b"x = 1\r\n", id="line ends of Windows"),
        pytest.param(b"\x0cx = 1\n", id="form feed"),
        pytest.param(b"\xef\xbb\xbfx = 1\n", id="byte order mark"),
        pytest.param(b"x = 1  # \\u202e\n", id="an escape in a comment"),
        pytest.param(b"# -*- coding: utf_8 -*-\nx = 1\n", id="encoding UTF-8"),
    ],
)
def test_ordinary_text_hides_nothing(text: bytes) -> None:
    assert ast.unparse(parse(text)) == "x = 1"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param("x = 1  # a\u202eb\n", "source_hides_characters", id="hidden"),
        pytest.param("x\u0430 = 1\n", "identifier_looks_alike", id="look-alike"),
        pytest.param("# coding: utf-7\nx = 1\n", "odd_encoding", id="encoding"),
    ],
)
def test_a_new_file_that_misleads_its_reader_is_told(
    text: str, rule: str, make_tree: MakeTree
) -> None:
    base, head = make_tree(SHARED), make_tree({**SHARED, "environment/src/more.py": text})

    assert rules(classify(base, head, NoAdditions()).findings) == {"file_added", rule}


def test_a_line_that_hid_a_character_before_is_no_change(make_tree: MakeTree) -> None:
    hidden = "# a\u200bb\n"
    base, head, other = (
        make_tree({**SHARED, "environment/src/score.py": text})
        for text in (f"{hidden}x = 1\n", f"{hidden}x = (1)\n", f"#{hidden}x = 1\n")
    )

    assert classify(base, head, NoAdditions()).verdict == "non-breaking"
    assert classify(base, other, NoAdditions()).verdict == "breaking"


def test_a_hidden_character_can_be_taken_out(make_tree: MakeTree) -> None:
    base, head = (
        make_tree({**SHARED, "environment/src/score.py": text})
        for text in ("x = 1  # a\u202eb\n", "x = 1  # ab\n")
    )

    assert classify(base, head, NoAdditions()).verdict == "non-breaking"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("v\u0430lue = 1", "mixes letters", id="Cyrillic a"),
        pytest.param("\u03c1_max = 1", "mixes letters", id="Greek rho in Latin"),
        pytest.param("\u0455\u0441\u043e\u0440\u0435 = 1", "looks like scope", id="all Cyrillic"),
        pytest.param("\u03b1 = 1", "looks like a", id="Greek alpha beside a"),
        pytest.param("\u0430\u0455 = 1", "looks like as", id="like a keyword"),
        pytest.param("\ufb01le = 1", "Python reads as file", id="ligature"),
        pytest.param("\uff4c\uff45\uff4e = 1", "Python reads as len", id="full width"),
        pytest.param("scope.\U0001d41a = 1", "Python reads as a", id="bold letter"),
        pytest.param("import \u0430\u0435b", "mixes letters", id="imported"),
        pytest.param("f(v\u0430lue=1)", "mixes letters", id="keyword argument"),
    ],
)
def test_an_identifier_that_looks_alike_blocks(line: str, reason: str, find: Find) -> None:
    found = find("a = scope = 1\n", f"a = scope = 1\n{line}\n")

    assert [(f.rule, f.line, f.blocks) for f in found] == [("identifier_looks_alike", 2, True)]
    assert reason in found[0].message


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("größe = 1", id="umlaut"),
        pytest.param("Δt = 1", id="Greek Delta"),
        pytest.param("σ_x = 1", id="Greek sigma"),
        pytest.param("µ = 1", id="micro sign"),
        pytest.param("温度_max = 1", id="Chinese"),
        pytest.param("давление = 1", id="Russian"),
        pytest.param("re\u0301sume\u0301 = 1", id="accents as characters of their own"),
        pytest.param("m3 = 1  # flow in m³, ½ of it, \ufb01le", id="comment"),
        pytest.param("x = 'v\u0430lue'", id="text"),
    ],
)
def test_an_identifier_that_looks_like_nothing_else_passes(line: str) -> None:
    assert parse(f"length = 1\n{line}\n".encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"# coding: latin-1\nx = 1\n", id="first line"),
        pytest.param(b"\n# vim: set fileencoding=cp1252 :\nx = 1\n", id="second line"),
        pytest.param(b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", id="after a byte order mark"),
        pytest.param(b"# coding: utf-16\nx = 1\n", id="UTF-16"),
    ],
)
def test_another_encoding_is_odd(text: bytes, find: Find) -> None:
    assert rules(find(b"x = 1\n", text)) == {"odd_encoding"}
    assert rules(find(text, b"x = 1\n")) == {"odd_encoding"}


def test_an_encoding_on_the_third_line_is_a_comment(make_tree: MakeTree) -> None:
    base, head = (
        make_tree({**SHARED, "environment/src/score.py": text})
        for text in ("x = 1\ny = 2\n", "x = 1\ny = 2\n# coding: latin-1\n")
    )

    assert classify(base, head, NoAdditions()).verdict == "non-breaking"


def test_syntax_that_an_older_python_lacks_is_breaking(find: Find) -> None:
    after = "x = 1\n\n\ndef f(y):\n    match y:\n        case 1:\n            return 2\n"

    assert rules(find("x = 1\n", after)) == {"could_not_analyse"}


def test_syntax_that_the_file_had_before_is_known_to_its_python(make_tree: MakeTree) -> None:
    text = "def f(y):\n    match y:\n        case 1:\n            return 2\n"
    base, head = (
        make_tree({**SHARED, "environment/src/score.py": side}) for side in (text, f"{text}# f\n")
    )

    assert classify(base, head, NoAdditions()).verdict == "non-breaking"


_SIZE = 128 * 1024
HOSTILE = {
    "a dotted import": "import a" + ".a" * 60_000,
    "a dotted import over lines": "import a" + ".\\\na" * 30_000,
    "a relative import": "from " + "." * 100_000 + " import a",
    "an f-string of many fields": "x = f'" + "{a}" * 40_000 + "'",
    "open brackets": "(" * _SIZE,
    "nested brackets": "x = " + "[" * 60_000 + "]" * 60_000,
    "a chain of signs": "x = " + "-" * 120_000 + "1",
    "a chain of attributes": "x" + ".a" * 60_000,
    "a chain of calls": "x" + "()" * 60_000,
    "a chain of elif": "if a: 0\n" + "elif a: 0\n" * 12_000,
    "a chain of lambdas": "x = " + "lambda:" * 18_000 + "0",
    "a long number": "x = " + "1" * 120_000,
    "a long hexadecimal number": "x = 0x" + "f" * 120_000,
    "many statements": "a\n" * 60_000,
    "many names": "x = [" + "a," * 60_000 + "]",
    "too large": "#" * (_SIZE + 1),
    "a zero byte": "x = 1\0",
    "deep indentation": "".join(" " * i + "if a:\n" for i in range(200)) + " " * 200 + "0",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_code_is_refused_in_little_time(text: str) -> None:
    start = time.process_time()

    with pytest.raises(UnreadableError):
        parse(text.encode())

    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f(" + ", ".join(f"a{i}" for i in range(8_000)) + "):\n    0", id="args"),
        pytest.param("import " + ", ".join(f"a{i}" for i in range(8_000)), id="imports"),
        pytest.param("x = " + "1 + " * 900 + "1", id="sum"),
        pytest.param("x = {" + "1: 2, " * 15_000 + "}", id="dictionary"),
    ],
)
def test_long_code_is_compared_in_little_time(text: str, find: Find) -> None:
    start = time.process_time()

    find("x = 1\n", text + "\n")

    assert time.process_time() - start < 4
