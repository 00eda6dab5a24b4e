"""A function written out so that two that differ in the names of their variables read alike."""

import ast
from collections.abc import Collection, Iterator
from typing import NamedTuple

from bot.core.facts.python.values import Function
from bot.core.facts.python.walk import walk

_COMPREHENSION = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_SCOPE = Function | ast.Lambda | ast.ClassDef | _COMPREHENSION


class IncomparableError(Exception):
    """The function holds something whose names cannot be told apart from outside."""


class Place(NamedTuple):
    """Where a name of a variable stands: `getattr(node, attribute)`."""

    node: ast.AST
    attribute: str


class _Scope(NamedTuple):
    """The names of one function, lambda or comprehension.

    Attributes:
        free: variables that may have any name, with the number each got where it first stood.
        fixed: names that others may rely on: parameters, imports, inner functions.
    """

    free: dict[str, int | None]
    fixed: set[str]
    around: "_Scope | None" = None


class Writing:
    """What a function reads like, and where the names stand that were left out of it."""

    def __init__(self, keywords: Collection[str]) -> None:
        self.keywords = keywords
        self.text: list[str] = []
        self.places: list[Place] = []
        self._scopes = 0

    def function(self, function: Function, *, may_rename_parameters: bool) -> None:
        """Write out a function at the top of a module or class.

        Raises:
            IncomparableError: it declares `global` or `nonlocal`, or holds a class.
        """
        outside = _Scope({}, set())
        for part in (function.decorator_list, function.returns):
            self._field(part, outside)
        inner = _scope_of_function(function, outside, free=may_rename_parameters)
        self._inside(function.args, function.body, outside, inner)

    def _inside(
        self, arguments: ast.arguments, body: object, outside: _Scope, inner: _Scope
    ) -> None:
        self._field(arguments.defaults, outside)
        self._field(arguments.kw_defaults, outside)
        for name, argument in _arguments(arguments):
            self.text.append(name)
            self._name(Place(argument, "arg"), inner)
            self._field(argument.annotation, outside)
        self._field(body, inner)

    def _field(self, value: object, scope: _Scope) -> None:
        if isinstance(value, ast.AST):
            self._node(value, scope)
        elif isinstance(value, list):
            self.text.append(f"[{len(value)}")
            for part in value:
                self._field(part, scope)
        else:
            self.text.append(repr(value))

    def _node(self, node: ast.AST, scope: _Scope) -> None:
        self.text.append(type(node).__name__)
        match node:
            case ast.Name():
                self._name(Place(node, "id"), scope)
                self._field(node.ctx, scope)
            case ast.ExceptHandler(name=str()):
                self._name(Place(node, "name"), scope)
                self._field(node.type, scope)
                self._field(node.body, scope)
            case ast.Global() | ast.Nonlocal() | ast.ClassDef():
                raise IncomparableError
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._field([node.name, node.decorator_list, node.returns], scope)
                inner = _scope_of_function(node, scope, free=False)
                self._inside(node.args, node.body, scope, inner)
            case ast.Lambda():
                inner = _scope_of_lambda(node, scope, self.keywords)
                self._inside(node.args, node.body, scope, inner)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node, scope)
            case _:
                for name in node._fields:
                    self._field(getattr(node, name, None), scope)

    def _comprehension(self, node: _COMPREHENSION, scope: _Scope) -> None:
        """Write out a comprehension, whose first source is read outside of it."""
        inner = _Scope(dict.fromkeys(_targets(node)), set(), scope)
        self._field(node.generators[0].iter, scope)
        for index, generator in enumerate(node.generators):
            self._field([generator.target, generator.ifs, generator.is_async], inner)
            if index:
                self._field(generator.iter, inner)
        values = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._field(values, inner)

    def _name(self, place: Place, scope: _Scope) -> None:
        name = getattr(place.node, place.attribute)
        owner: _Scope | None = scope
        while owner and name not in owner.free and name not in owner.fixed:
            owner = owner.around
        if owner is None or name in owner.fixed:
            self.text.append(f"{'global' if owner is None else 'fixed'} {name}")
            return
        number = owner.free[name]
        if number is None:
            number = owner.free[name] = self._scopes
            self._scopes += 1
        self.text.append(f"variable {number}")
        self.places.append(place)


def own_variables(function: Function) -> set[str]:
    """Return every name that a function binds in its own scope, its parameters included."""
    parameters = {argument.arg for _, argument in _arguments(function.args)}
    return parameters | {*_stored(function.body), *_bound_otherwise(function.body)}


def _scope_of_function(function: Function, around: _Scope, *, free: bool) -> _Scope:
    parameters = {argument.arg for _, argument in _arguments(function.args)}
    fixed = set(_bound_otherwise(function.body))
    variables = set(_stored(function.body)) - parameters
    if free:
        variables |= parameters
    else:
        fixed |= parameters
    return _made(variables, fixed, around)


def _scope_of_lambda(node: ast.Lambda, around: _Scope, keywords: Collection[str]) -> _Scope:
    parameters = {argument.arg for _, argument in _arguments(node.args)}
    stored = set(_stored([node.body]))
    if parameters & set(keywords):
        return _made(stored, parameters, around)
    return _made(parameters | stored, set(), around)


def _made(variables: set[str], fixed: set[str], around: _Scope) -> _Scope:
    """Return a scope; a name that Python changes inside classes (`__name`) stays as it is."""
    fixed |= {name for name in variables if name.startswith("__")}
    return _Scope(dict.fromkeys(variables - fixed), fixed, around)


def _stored(body: list[ast.stmt] | list[ast.expr]) -> Iterator[str]:
    """Yield the variables that code binds in its own scope."""
    for node in _own(body):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.ExceptHandler(name=str(name)):
                yield name
            case _:
                pass


def _bound_otherwise(body: list[ast.stmt]) -> Iterator[str]:
    """Yield what imports, inner functions and patterns bind."""
    for node in _own(body):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.alias():
                yield node.asname or node.name.partition(".")[0]
            case (
                ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
                | ast.MatchMapping(rest=str(name))
            ):
                yield name
            case _:
                pass


def _own(body: list[ast.stmt] | list[ast.expr]) -> Iterator[ast.AST]:
    """Yield the nodes of a scope; of the scopes inside, what is evaluated or bound outside."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                waiting += [*node.decorator_list, *_defaults(node.args)]
            case ast.Lambda():
                waiting += _defaults(node.args)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                waiting.append(node.generators[0].iter)
                waiting += _walruses(node)
            case _:
                waiting += ast.iter_child_nodes(node)


def _walruses(node: _COMPREHENSION) -> Iterator[ast.Name]:
    """Yield the targets of `:=` in a comprehension, which belong to the function around it."""
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.NamedExpr):
            yield inner.target
        if not isinstance(inner, ast.Lambda):
            waiting += ast.iter_child_nodes(inner)


def _targets(node: _COMPREHENSION) -> Iterator[str]:
    for generator in node.generators:
        yield from (
            name.id
            for name in walk(generator.target)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        )


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]


def _arguments(arguments: ast.arguments) -> Iterator[tuple[str, ast.arg]]:
    """Yield each parameter with the sort of it."""
    for sort in ("posonlyargs", "args", "kwonlyargs"):
        yield from ((sort, argument) for argument in getattr(arguments, sort))
    for sort in ("vararg", "kwarg"):
        if argument := getattr(arguments, sort):
            yield sort, argument
