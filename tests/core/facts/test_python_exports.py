"""A list of exported names that is written out: what it may gain, and what it may not lose."""

from collections.abc import Callable, Mapping

import pytest

Called = Callable[..., tuple[str, set[str]]]
CODE = "import os\n\n\ndef f(x):\n    return os.stat(x)\n"
NEW = "\n\ndef g(a):\n    return a\n"


def listing(names: str, code: str = CODE) -> str:
    return f"__all__ = {names}\n{code}"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            listing("['f']"),
            listing("['f', 'g']", CODE + NEW),
            ("minor", {"function_added"}),
            id="gains a function that is new",
        ),
        pytest.param(
            listing("['f']"),
            listing("['f']", CODE + NEW),
            ("minor", {"function_added"}),
            id="leaves out a function that is new",
        ),
        pytest.param(
            listing("['f']", CODE + NEW),
            listing("['f', 'g']", CODE + NEW),
            ("minor", {"constant_added"}),
            id="gains a function that was there",
        ),
        pytest.param(
            listing("['f', 'os']"),
            listing("('os', 'f')"),
            ("patch", {"definition_moved"}),
            id="stands in another order",
        ),
        pytest.param(
            listing("['f']", "import sys\n" + CODE),
            listing("['f']"),
            ("patch", {"unused_import_changed"}),
            id="does not hold an unused import",
        ),
    ],
)
def test_a_list_that_keeps_its_names_is_no_break(
    before: str, after: str, expected: tuple[str, set[str]], called: Called
) -> None:
    assert called(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(listing("['f', 'os']"), listing("['f']"), id="loses a name"),
        pytest.param(listing("['f']"), CODE, id="goes"),
        pytest.param(CODE, listing("['f']"), id="is new"),
        pytest.param(listing("['f']"), listing("['f', 'h']"), id="gains what is undefined"),
        pytest.param(
            listing("['f', 'sys']", "import sys\n" + CODE),
            listing("['f', 'sys']"),
            id="holds an import that goes",
        ),
        pytest.param(
            listing("['f', '_K']", CODE + "_K = 1\n"),
            listing("['f', '_K']"),
            id="holds a private name that goes",
        ),
        pytest.param(
            listing("['f']", CODE + "__all__ += ['f']\n"),
            listing("['f', 'g']", CODE + NEW + "__all__ += ['f']\n"),
            id="grows while the module is imported",
        ),
        pytest.param(
            listing("[name for name in ('f',)]"),
            listing("[name for name in ('f', 'g')]", CODE + NEW),
            id="is computed",
        ),
    ],
)
def test_a_list_that_loses_names_or_is_not_known_is_a_break(
    before: str, after: str, called: Called
) -> None:
    assert called(before, after)[0] == "major"


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"src/o.py": "from score import *\n"}, id="imports everything"),
        pytest.param({"src/o.py": "import score\nN = score.__all__\n"}, id="asks for the list"),
    ],
)
def test_a_list_that_another_file_reads_may_not_grow(
    others: Mapping[str, str], called: Called
) -> None:
    assert called(listing("['f']"), listing("['f', 'g']", CODE + NEW), others)[0] == "major"
