"""Take out of two modules the annotations that nothing reads and that surely can be evaluated."""

import ast
from collections.abc import Collection, Iterator
from typing import NamedTuple

from bot.core.facts.python.annotation_values import (
    Meanings,
    is_made_by_dataclass,
    is_quiet,
    origin_of,
    read_meanings,
    surely_evaluates,
)
from bot.core.facts.python.definite import bound_after
from bot.core.facts.python.names import bindings, identifiers
from bot.core.facts.python.surroundings import Surroundings
from bot.core.facts.python.taken_out import Part
from bot.core.facts.python.values import Function, passed_as_values
from bot.core.facts.python.walk import walk

# Names of what looks at annotations, or at the text of the code, where a file has them anywhere.
_READERS_WORDS = (
    "ForwardRef PythonModel __annotations__ apache_beam attr attrs beartype cattrs cython fastapi "
    "fire get_annotations get_type_hints getfullargspec injector jit jsonargparse langchain "
    "marshmallow msgspec pandera pydantic signature singledispatch singledispatchmethod script "
    "sqlmodel strawberry typechecked typeguard typer validate_arguments validate_call"
)
_READERS = frozenset(_READERS_WORDS.split())
# Decorators that look at no annotation.
QUIET_DECORATORS = frozenset(
    {"abc.abstractmethod", "builtins.classmethod", "builtins.property", "builtins.staticmethod"}
    | {"contextlib.contextmanager", "functools.cache", "functools.cached_property"}
    | {"functools.lru_cache", "functools.wraps", "tensorflow.function", "torch.no_grad"}
)
FOR_CHECKERS = "imports for type checkers"
"""The place of the parts that were code below `if TYPE_CHECKING:`."""

_SUITES = ("body", "orelse", "finalbody", "handlers", "cases")


class _Side(NamedTuple):
    """One version of the module, and what its annotations can be trusted to be."""

    module: ast.Module
    meanings: Meanings
    is_lazy: bool
    erased: list[Part]

    @property
    def evaluated(self) -> frozenset[str]:
        """Return the annotations that were taken out and had been evaluated at import."""
        return frozenset() if self.is_lazy else frozenset(part.code for part in self.erased)


def remove_annotations(
    before: ast.Module, after: ast.Module, around: Surroundings
) -> tuple[list[Part], list[Part]]:
    """Remove annotations in place, and return those of each side; none if something reads them.

    They stay at functions that are handed on as values or have a decorator that may read them, and
    in the bodies of classes that have a decorator or a base.
    """
    names = identifiers(before) | identifiers(after) | around.identifiers
    if names & _READERS or not around.are_read:
        return [], []
    passed = passed_as_values(before) | passed_as_values(after) | around.passed
    was, now = _side(before, around), _side(after, around)
    _Remover(was, passed, None).run()
    _Remover(now, passed, was.evaluated).run()
    if not (_has_annotations(before) or _has_annotations(after)):
        for module in (before, after):
            module.body = [s for s in module.body if not _is_lazy_import(s)]
    both = bindings(before).keys() & bindings(after).keys() | {""}
    gone, new = ([part for part in side.erased if part.owner in both] for side in (was, now))
    return gone, new


def _side(module: ast.Module, around: Surroundings) -> _Side:
    lazy = any(_is_lazy_import(statement) for statement in module.body)
    meanings = read_meanings(module, around.python)
    dead = [s for s in module.body if _is_for_checkers(s, meanings)]
    if dead:
        module.body = [s for s in module.body if s not in dead]
        meanings = read_meanings(module, around.python)
    parts = [Part("", FOR_CHECKERS, ast.dump(s), s) for s in dead]
    return _Side(module, meanings, lazy, parts)


def _is_for_checkers(statement: ast.stmt, meanings: Meanings) -> bool:
    """Accept `if TYPE_CHECKING:` with imports only: it never runs."""
    return (
        isinstance(statement, ast.If)
        and origin_of(statement.test, meanings) == "typing.TYPE_CHECKING"
        and not statement.orelse
        and all(isinstance(inner, ast.Import | ast.ImportFrom) for inner in statement.body)
    )


class _Remover:
    """Walks one side; `seen` are the annotations that the earlier one evaluated, if this is new."""

    def __init__(self, side: _Side, passed: Collection[str], seen: frozenset[str] | None) -> None:
        self._side = side
        self._passed = passed
        self._seen = seen
        self._known: set[str] = set()

    def run(self) -> None:
        """Remove what can go, statement by statement, so that it is known which names are bound."""
        body = self._side.module.body
        for index, statement in enumerate(body):
            self._functions(statement)
            if isinstance(statement, ast.ClassDef) and self._is_of_its_own(statement):
                statement.body = [self._variable(s) for s in statement.body]
            body[index] = self._variable(statement)
            self._known |= bound_after(statement)

    def _is_of_its_own(self, statement: ast.ClassDef) -> bool:
        """Tell whether nothing is given the class that could read its annotations."""
        return is_plain_class(statement) and statement.name not in self._passed

    def _functions(self, top: ast.stmt) -> None:
        wrapped = {id(node) for node in self._in_wrapped_classes(top)}
        for function in walk(top):
            if isinstance(function, Function):
                self._locals(function, function.name)
                is_seen = function.name in self._passed or id(function) in wrapped
                if not is_seen and is_plainly_decorated(function, self._side.meanings):
                    self._signature(function)

    def _in_wrapped_classes(self, top: ast.stmt) -> Iterator[ast.AST]:
        """Yield what stands in classes that a decorator may look into."""
        classes = (node for node in walk(top) if isinstance(node, ast.ClassDef))
        for node in classes:
            if node.decorator_list and not is_made_by_dataclass(node, self._side.meanings):
                yield from walk(node)

    def _locals(self, node: ast.AST, owner: str) -> None:
        """Turn `x: int = 1` into `x = 1`: in a function's own code no annotation is evaluated."""
        for suite in _SUITES:
            statements = getattr(node, suite, [])
            for index, statement in enumerate(statements if isinstance(statements, list) else []):
                if isinstance(statement, ast.AnnAssign) and statement.value is not None:
                    code = ast.dump(statement.annotation)
                    self._side.erased.append(Part(owner, "variable", code, statement.annotation))
                    statements[index] = _assignment(statement, statement.value)
                elif not isinstance(statement, Function | ast.ClassDef):
                    self._locals(statement, owner)

    def _signature(self, function: Function) -> None:
        for argument in _arguments(function.args):
            owner, place = function.name, argument.arg
            if argument.annotation and self._take(argument.annotation, owner, place):
                argument.annotation = None
        if function.returns and self._take(function.returns, function.name, "return"):
            function.returns = None

    def _variable(self, statement: ast.stmt) -> ast.stmt:
        """Return an assignment at the top of a module or class without its annotation."""
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                is_taken = self._take(statement.annotation, name, "")
                return _assignment(statement, value) if is_taken else statement
            case _:
                return statement

    def _take(self, annotation: ast.expr, owner: str, place: str) -> bool:
        code = ast.dump(annotation)
        if not self._may_go(annotation, code):
            return False
        self._side.erased.append(Part(owner, place, code, annotation))
        return True

    def _may_go(self, annotation: ast.expr, code: str) -> bool:
        if self._side.is_lazy:
            return True
        if self._seen is None:
            return is_quiet(annotation)
        is_sure = surely_evaluates(annotation, self._side.meanings, self._known)
        return is_sure or (code in self._seen and self._is_bound(annotation))

    def _is_bound(self, annotation: ast.expr) -> bool:
        """Tell whether the names of an annotation that went well before have a value."""
        names = [node.id for node in walk(annotation) if isinstance(node, ast.Name)]
        bound = self._side.meanings.bound
        return all(name in self._known or name not in bound for name in names)


def is_plainly_decorated(function: Function, meanings: Meanings) -> bool:
    """Tell whether the decorators of a function, if any, look at neither annotations nor code."""
    called = (d.func if isinstance(d, ast.Call) else d for d in function.decorator_list)
    return all(origin_of(decorator, meanings) in QUIET_DECORATORS for decorator in called)


def is_plain_class(statement: ast.ClassDef) -> bool:
    """Tell whether nothing but its body makes a class what it is."""
    return not (statement.decorator_list or statement.bases or statement.keywords)


def _arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (argument for argument in (arguments.vararg, arguments.kwarg) if argument)


def _assignment(statement: ast.AnnAssign, value: ast.expr) -> ast.Assign:
    return ast.copy_location(ast.Assign([statement.target], value), statement)


def _has_annotations(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.AnnAssign)
        or (isinstance(node, ast.arg) and node.annotation)
        or (isinstance(node, Function) and node.returns)
        for node in walk(module)
    )


def _is_lazy_import(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.ImportFrom)
        and statement.module == "__future__"
        and [alias.name for alias in statement.names] == ["annotations"]
    )
