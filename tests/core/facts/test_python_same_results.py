"""A change that is called non-breaking gives the same results: the texts are run to see it.

They are made here, small, without imports, files or loops that could last.
"""

import ast
import random
from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import REGULAR, File, Tree

SPEC = 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'
INPUTS: tuple[object, ...] = (0, 3, -1.5, [1, 2, 3], "ab", None)
PROGRAMS = (
    """
N = 3
def f(a):
    x = N
    y = [x for x in (a, x)]
    return x, y
M = N
""",
    """
N = 2
_M = 5
def _h(a, b=1):
    x = a
    y = b
    return x, y, _M
def f(a):
    x = _h(a)
    for y in (1, N):
        x = x, y
    return x
""",
    """
N = 1
def f(a):
    try:
        x = len(a)
        y = a[N]
    except TypeError as b:
        x = N
        y = b.args
    return y, x
""",
    """
N = 4
class A:
    x = N
    def __init__(self, a):
        self.x = a
    def y(self):
        return self.x, N
def g(b):
    return A(b)
def f(a):
    x = g(a)
    return x.y()
""",
    """
N = 2
def g(a, x=2):
    y = x
    def h(b):
        return y, b, N
    return h
def f(a):
    b = g(a)
    y = (lambda x: (x, a, N))(b(a))
    return y, {y: x for y, x in [(1, N)]}, (N and a), [b for b in (1, 2) if (x := b)], x
""",
    """
N = 1
M = N
def f(a):
    x = None
    if a is None:
        x = N
    elif a == N:
        return M
    else:
        x = M
    print(x)
    return x, a
def g(x):
    return f(x)
P = g(N)
""",
)
NAMES = ("a", "b", "x", "y", "N", "M", "_M", "_h", "f", "g", "h", "len", "z", "_z")


def run(text: str) -> list[str]:
    """Return what `f` of a module gives for each input, or what it raises."""
    scope: dict[str, object] = {"print": lambda *_: None}
    try:
        exec(text, scope)  # noqa: S102 - texts of this file
    except Exception as error:  # noqa: BLE001 - whatever a broken text raises is its result
        return [type(error).__name__]
    return [called(scope.get("f"), value) for value in INPUTS]


def called(function: object, value: object) -> str:
    try:
        return ascii(function(value)) if callable(function) else "none"
    except Exception as error:  # noqa: BLE001 - as above
        return type(error).__name__


def verdict(before: str, after: str) -> str:
    return classify(tree(before), tree(after), NoAdditions()).verdict


def tree(text: str) -> Tree:
    texts = {"environment.yml": SPEC, "Dockerfile": "FROM a:1\nCOPY . /opt\n", "src/score.py": text}
    return {
        f"environment/{path}": File(f"environment/{path}", REGULAR, str(hash(data)), data.encode())
        for path, data in texts.items()
    }


Edit = Callable[[random.Random, ast.Module], None]


def rename_one(chance: random.Random, module: ast.Module) -> None:
    """Give one name another one, where it stands once."""
    place = chance.choice(list(places(module)))
    setattr(place[0], place[1], chance.choice(NAMES))


def rename_all(chance: random.Random, module: ast.Module) -> None:
    """Give a name another one wherever it stands in a function, or in the module."""
    functions = functions_of(module)
    where = chance.choice([module, *functions])
    found = list(places(where))
    old = getattr(*chance.choice(found))
    new = chance.choice(NAMES)
    for node, attribute in found:
        if getattr(node, attribute) == old:
            setattr(node, attribute, new)


def move(chance: random.Random, module: ast.Module) -> None:
    """Put a statement into another place of its block."""
    body = chance.choice(
        [n.body for n in ast.walk(module) if hasattr(n, "body") and isinstance(n.body, list)]
    )
    body.insert(chance.randrange(len(body)), body.pop(chance.randrange(len(body))))


def remove(chance: random.Random, module: ast.Module) -> None:
    """Leave out a statement at the top, the last one never."""
    del module.body[chance.randrange(max(len(module.body) - 1, 1))]


def append_parameter(chance: random.Random, module: ast.Module) -> None:
    """Give a function an optional parameter, and put it where a value stood."""
    function = chance.choice(functions_of(module))
    name, value = chance.choice(("z", "x", "N")), chance.choice((1, 2, None))
    function.args.args.append(ast.arg(name))
    function.args.defaults.append(ast.Constant(value))
    if chance.random() < 0.5:
        body = chance.choice(("x = 7", "return 8", "y = x", "N = 9"))
        guard = chance.choice((f"if {name}: {body}", f"if {name} is not None: {body}"))
        function.body[:0] = ast.parse(guard).body


def add(chance: random.Random, module: ast.Module) -> None:
    """Add a definition, or a line that only logs."""
    texts = ("M = 3", "z = 3", "def h(a): return a", "class z: pass", "def len(a): return 1")
    logs = ("z = len('a')", "print(z)", "print(x)", "x = 1", "N = N")
    module.body[:0] = ast.parse(chance.choice(texts)).body
    body = chance.choice(functions_of(module)).body
    body.insert(chance.randrange(len(body) + 1), ast.parse(chance.choice(logs)).body[0])


def name_value(chance: random.Random, module: ast.Module) -> None:
    """Put a name in the place of a number."""
    numbers = [n for n in ast.walk(module) if isinstance(n, ast.Assign | ast.Return | ast.Tuple)]
    module.body.insert(chance.randrange(2), ast.parse(f"Q = {chance.choice((1, 2, 3))}").body[0])
    for node in numbers:
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.Constant) and chance.random() < 0.5:
                replace(node, part, ast.Name("Q", ast.Load()))


def functions_of(module: ast.Module) -> list[ast.FunctionDef]:
    found = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    assert found
    return found


def replace(node: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for field, value in ast.iter_fields(node):
        if value is old:
            setattr(node, field, new)
        elif isinstance(value, list) and old in value:
            value[value.index(old)] = new


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Name():
                yield node, "id"
            case ast.arg():
                yield node, "arg"
            case ast.FunctionDef() | ast.ExceptHandler():
                yield node, "name"
            case _:
                pass


EDITS: Mapping[str, Edit] = {
    "one name": rename_one,
    "a name everywhere": rename_all,
    "the order": move,
    "a statement": remove,
    "a parameter": append_parameter,
    "a definition": add,
    "a value": name_value,
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@settings(max_examples=60, deadline=None)
@given(program=st.sampled_from(PROGRAMS), seed=st.integers(0, 2**32), twice=st.booleans())
def test_what_is_called_non_breaking_gives_the_same_results(
    program: str, seed: int, edit: Edit, *, twice: bool
) -> None:
    module, chance = ast.parse(program), random.Random(seed)
    edit(chance, module)
    if twice and any(isinstance(node, ast.FunctionDef) for node in ast.walk(module)):
        chance.choice(list(EDITS.values()))(chance, module)
    after = ast.unparse(ast.fix_missing_locations(module))

    if verdict(program, after) != "breaking":
        assert run(after) == run(program), after
