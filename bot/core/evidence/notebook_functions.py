"""The functions and classes of a notebook, walked where they are called with what they are given.

Only what stands in the notebook can be walked; what is imported is told by its name.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.core.evidence.notebook_calls import MADE
from bot.core.evidence.notebook_code import dotted_name
from bot.core.evidence.notebook_scope import NOTHING, Function, Scope, Sources, one_of

_MADE_UP: Sources = frozenset({(MADE, 0)})


class Arguments(NamedTuple):
    """What a call is given: by position, by name, and all of it together."""

    positional: tuple[Sources, ...]
    named: Mapping[str | None, Sources]
    together: Sources


class Functions:
    """Walks functions of the notebook; `active` are those that are being walked."""

    def __init__(
        self,
        scope: Scope,
        walk: Callable[[Sequence[ast.stmt]], None],
        sources: Callable[[ast.expr], Sources],
    ) -> None:
        self.active: list[str] = []
        self._scope = scope
        self._walk = walk
        self._sources = sources
        self._returned: list[Sources] = []
        self._yielded: Sources = NOTHING
        self._own: dict[int, frozenset[str]] = {}  # by the identity of nodes: looking again costs

    def give_back(self, value: Sources) -> None:
        """Note what the function that is being walked returns."""
        self._returned.append(value)

    def give_each(self, value: Sources) -> None:
        """Note what the generator that is being walked yields."""
        self._yielded |= value

    def call(self, node: ast.Call, receiver: Sources, given: Arguments) -> Sources | None:
        """Return what a call gives; None where it calls nothing of this notebook."""
        if found := self._method(node.func):
            owner, method = found
            return self._call_method(node.func, owner, method, receiver, given)
        match self._scope.functions.get(self._scope.full_name(node.func)):
            case ast.ClassDef() as owner:
                return given.together | (self._make(owner, given) or _MADE_UP)
            case ast.FunctionDef() | ast.AsyncFunctionDef() as function:
                bound = self._parameters(function, given)
                return given.together | self._enter(function.name, function, bound)[0]
        return None

    def hand(self, function: ast.expr, given: Sources) -> Sources:
        """Return what a function gives that is handed on, as in `map(score, samples)`."""
        local = self._scope.functions.get(function.id) if isinstance(function, ast.Name) else None
        if not isinstance(local, Function):
            return NOTHING
        names = [argument.arg for argument in ast.walk(local.args) if isinstance(argument, ast.arg)]
        return self._enter(local.name, local, dict.fromkeys(names, given))[0]

    def property_of(self, node: ast.Attribute) -> Sources | None:
        """Return what a property of an object of the notebook gives; None where it is none."""
        found = self._method(node)
        if found is None or not any(map(_is_property, found[1].decorator_list)):
            return None
        root = dotted_name(node).partition(".")[0]
        held = self._scope.values.get(root, NOTHING)
        return self._call_method(node, *found, held, Arguments((), {}, NOTHING))

    def _method(self, function: ast.expr) -> tuple[ast.ClassDef, Function] | None:
        """Return the method of the notebook that is called, and its object's class."""
        if not isinstance(function, ast.Attribute):
            return None
        owner = self._class(function.value)
        method = next(self._methods(owner, function.attr), None) if owner else None
        return (owner, method) if owner and method else None

    def _class(self, node: ast.expr) -> ast.ClassDef | None:
        match node:
            case ast.Name(id=name):
                owner = self._scope.objects.get(name) or self._scope.functions.get(name)
                return owner if isinstance(owner, ast.ClassDef) else None
            case ast.Call():
                return self._scope.class_of(node)
        return None

    def _methods(self, owner: ast.ClassDef, name: str) -> Iterator[Function]:
        """Yield the methods of this name, those of the class before those that it inherits."""
        seen, waiting = set[str](), [owner]
        while waiting:
            one = waiting.pop(0)
            seen.add(one.name)
            yield from (m for m in one.body if isinstance(m, Function) and m.name == name)
            bases = (self._scope.functions.get(dotted_name(base)) for base in one.bases)
            waiting += [b for b in bases if isinstance(b, ast.ClassDef) and b.name not in seen]

    def _call_method(
        self,
        place: ast.expr,
        owner: ast.ClassDef,
        method: Function,
        held: Sources,
        given: Arguments,
    ) -> Sources:
        """Walk a method; what it puts into `self`, the object holds afterwards."""
        root = dotted_name(place).partition(".")[0]
        bound = self._parameters(method, given, offset=0 if _is_static(method) else 1)
        result, held = self._with_self(owner, method, bound, held)
        if root in self._scope.objects:
            self._scope.values[root] = self._scope.values.get(root, NOTHING) | held
        return given.together | result

    def _make(self, owner: ast.ClassDef, given: Arguments) -> Sources:
        """Return what an object of a class of the notebook holds after `__init__`."""
        method = next(self._methods(owner, "__init__"), None)
        if method is None:
            return given.together
        bound = self._parameters(method, given, offset=1)
        return self._with_self(owner, method, bound, NOTHING)[1]

    def _with_self(
        self, owner: ast.ClassDef, method: Function, bound: Mapping[str, Sources], held: Sources
    ) -> tuple[Sources, Sources]:
        before = self._scope.objects
        self._scope.objects = before | {"self": owner}
        found = self._enter(f"{owner.name}.{method.name}", method, {**bound, "self": held})
        self._scope.objects = before
        return found

    def _enter(
        self, key: str, function: Function, bound: Mapping[str, Sources]
    ) -> tuple[Sources, Sources]:
        """Return what a function gives back, and what its `self` holds at the end."""
        if key in self.active:
            return NOTHING, bound.get("self", NOTHING)
        before, outer = dict(self._scope.values), (self._returned, self._yielded)
        self._returned, self._yielded = [], NOTHING
        self._scope.values |= bound
        self.active.append(key)
        self._walk(_until_it_ends(function.body))
        self.active.pop()
        result, after = one_of(self._returned) | self._yielded, self._scope.values
        own = self._own_names(function)
        self._scope.values = before | {n: v for n, v in after.items() if n not in own}
        self._returned, self._yielded = outer
        return result, after.get("self", NOTHING)

    def _own_names(self, function: Function) -> frozenset[str]:
        """Return the names that are the function's: gone at its end, unlike `global` ones."""
        if id(function) not in self._own:
            self._own[id(function)] = frozenset(_own_names(function))
        return self._own[id(function)]

    def _parameters(
        self, function: Function, given: Arguments, *, offset: int = 0
    ) -> Mapping[str, Sources]:
        stated = function.args
        parameters = [one.arg for one in (*stated.posonlyargs, *stated.args)][offset:]
        bound = self._defaults(stated)
        for rest in filter(None, (stated.vararg, stated.kwarg)):
            bound[rest.arg] = given.together
        bound |= dict(zip(parameters, given.positional, strict=False))
        bound |= {name: value for name, value in given.named.items() if name in bound}
        return bound

    def _defaults(self, stated: ast.arguments) -> dict[str, Sources]:
        placed = [*stated.posonlyargs, *stated.args]
        bound = {one.arg: NOTHING for one in (*placed, *stated.kwonlyargs)}
        last = placed[len(placed) - len(stated.defaults) :]
        pairs = [*zip(last, stated.defaults, strict=True)]
        pairs += [(a, d) for a, d in zip(stated.kwonlyargs, stated.kw_defaults, strict=True) if d]
        return bound | {one.arg: self._sources(default) for one, default in pairs}


def _own_names(function: Function) -> set[str]:
    own, shared = set[str](), set[str]()
    for node in ast.walk(function):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                own.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                shared.update(names)
    return own - shared


def _until_it_ends(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    """Return the statements up to the first that always leaves the function."""
    for place, statement in enumerate(body, start=1):
        if isinstance(statement, ast.Return | ast.Raise):
            return body[:place]
    return body


def _is_static(method: Function) -> bool:
    return any(dotted_name(one) == "staticmethod" for one in method.decorator_list)


def _is_property(decorator: ast.expr) -> bool:
    return dotted_name(decorator).rpartition(".")[2] in {"property", "cached_property"}
