"""Log and print calls that look at a path: they come and go where they surely do not fail."""

from collections.abc import Callable, Mapping

import pytest

Called = Callable[..., tuple[str, set[str]]]


def module(line: str = "", imports: str = "import os") -> str:
    body = f"    path = os.path.join(folder, 'model.pkl')\n{line and f'    {line}'}\n"
    return f"{imports}\n\n\ndef f(x, folder):\n{body}    return load(path, x)\n"


SURE = (
    "print(os.path.exists(path))",
    "print(f'model {os.path.basename(path)}')",
    "print(os.path.join(os.path.dirname(__file__), 'models'))",
)
ASKING = (
    "print(os.path.exists(folder))",
    "print(os.path.join(folder, x))",
    "print(os.getcwd(), os.listdir(folder))",
)
ACTING = (
    "print(os.remove(path))",
    "print(os.path.expanduser(load(x)))",
    "print(os.environ.pop(x))",
)


@pytest.mark.parametrize("line", SURE)
def test_a_path_that_is_a_text_may_be_printed(line: str, called: Called) -> None:
    assert called(module(), module(line)) == ("patch", {"logging_changed"})


@pytest.mark.parametrize("line", ASKING)
def test_what_may_fail_is_a_break_where_it_is_new(line: str, called: Called) -> None:
    assert called(module(), module(line))[0] == "major"


@pytest.mark.parametrize("line", [*SURE, *ASKING])
def test_what_only_looks_may_go(line: str, called: Called) -> None:
    assert called(module(line), module()) == ("patch", {"logging_changed"})


@pytest.mark.parametrize("line", ACTING)
def test_what_acts_may_not_go(line: str, called: Called) -> None:
    assert called(module(line), module())[0] == "major"


@pytest.mark.parametrize(
    ("imports", "others"),
    [
        pytest.param("from our import os", {}, id="os is ours"),
        pytest.param("import os\nos.path.exists = print", {}, id="exists is replaced"),
        pytest.param(
            "import os",
            {"src/o.py": "class P:\n    def __fspath__(self):\n        self.n += 1\n"},
            id="a path of ours acts",
        ),
    ],
)
def test_a_call_that_may_be_another_one_is_a_break(
    imports: str, others: Mapping[str, str], called: Called
) -> None:
    assert called(module("", imports), module(SURE[0], imports), others)[0] == "major"


def test_a_variable_that_may_be_no_text_is_a_break(called: Called) -> None:
    rest = "path = load(x)"
    both = [module(f"{rest}\n    {line}") for line in ("pass", SURE[0])]
    assert called(*both)[0] == "major"


@pytest.mark.parametrize(
    "pattern", ["len({0}) + time.time()", "x.head({0})", "{0}.shape[0]", "os.path.basename({0})"]
)
def test_deeply_nested_calls_in_a_log_are_a_break_at_little_cost(
    pattern: str, called: Called
) -> None:
    nested = "load(x)"
    for _ in range(40):
        nested = pattern.format(nested)
    imports = "import os\nimport time"

    assert called(module(f"print({nested})", imports), module("", imports))[0] == "major"
