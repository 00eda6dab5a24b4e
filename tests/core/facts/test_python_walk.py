import ast
from pathlib import Path

import pytest

from bot.core.facts.python.names import bindings, bound_by, held, identifiers
from bot.core.facts.python.walk import walk

EVERY_SYNTAX = '''
"""Text."""
from . import sibling as other
import os.path

@decorated(1, *rest, key=2, **more)
class Model(Base, metaclass=Meta):
    size: int = 1
    def method(self, a, /, b: "int" = 2, *args: str, c=3, **kwargs) -> None:
        nonlocal held
        global counted
        return lambda x: (yield x)

async def stream(source):
    async with source as one, two as (first, [second, *others]):
        async for item in one: await item
    return [x async for x in source if x], {k: v for k, v in y}, {z for z in y}, (w for w in y)

def choose(value):
    match value:
        case {"a": 1, **rest} | [1, *tail] | Point(x=0, y=None) as whole: pass
        case -1 | "text" | Colour.RED if value: pass
        case captured: pass

try:
    while not (a < b <= c and d or e): a += b[1:2, ::3]; break
    else: assert f"{a!r:>{width}} {b}", "why"
except* (OSError, ValueError) as error:
    raise Failure from error
finally:
    del a.b, c[0], d
with opened(): pass
for i in range(3): continue
print(x := 1 if ~y else {**z, "k": [*w]}, b"", 1.5, ..., None)
'''


def sources(checkout: Path) -> list[str]:
    files = [*(checkout / "environment").rglob("*.py"), *(checkout / "bot" / "core").glob("*.py")]
    return [EVERY_SYNTAX, *(file.read_text() for file in files)]


@pytest.fixture
def modules(checkout: Path) -> list[ast.Module]:
    return [ast.parse(source) for source in sources(checkout)]


def test_a_walk_meets_every_node_but_how_names_are_used(modules: list[ast.Module]) -> None:
    for module in modules:
        every = [node for node in ast.walk(module) if not isinstance(node, ast.expr_context)]

        assert sorted(map(id, walk(module))) == sorted(map(id, every))


def test_a_walk_meets_a_node_before_those_inside_it(modules: list[ast.Module]) -> None:
    for module in modules:
        places = {id(node): place for place, node in enumerate(walk(module))}
        inner = ((node, child) for node in walk(module) for child in ast.iter_child_nodes(node))

        assert all(
            places[id(node)] < places[id(child)] for node, child in inner if id(child) in places
        )


def test_a_node_without_its_fields_has_nothing_inside() -> None:
    node = ast.Name("only_an_id")

    assert walk(node) == [node]


def test_the_bindings_of_a_tree_are_those_of_its_nodes(modules: list[ast.Module]) -> None:
    for module in modules:
        found = [name for node in ast.walk(module) for name in bound_by(node)]

        assert sorted(bindings(module).elements()) == sorted(found)


def test_the_identifiers_of_a_tree_are_those_of_its_nodes(modules: list[ast.Module]) -> None:
    for module in modules:
        assert identifiers(module) == {name for node in ast.walk(module) for name in held(node)}
