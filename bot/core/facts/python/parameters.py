"""Parameters that were appended with a default under which the function does what it did."""

import ast
import copy
from collections.abc import Collection, Iterator
from typing import NamedTuple

from bot.core.facts.python.additions import HOOKS
from bot.core.facts.python.annotation_values import Meanings, origin_of, read_meanings
from bot.core.facts.python.annotations import QUIET_DECORATORS, is_plain_class
from bot.core.facts.python.folding import Folder
from bot.core.facts.python.local_names import function_pairs
from bot.core.facts.python.names import bindings, identifiers, is_dynamic
from bot.core.facts.python.quiet import is_constant, is_data_class, is_quiet_constant
from bot.core.facts.python.same import are_same, is_same
from bot.core.facts.python.scopes import own_variables
from bot.core.facts.python.surroundings import Surroundings
from bot.core.facts.python.values import Function, read_uncalled
from bot.core.facts.python.walk import walk

# Names of what counts or names the parameters of a function, where a file has them anywhere.
_COUNTERS_WORDS = (
    "__code__ __defaults__ __kwdefaults__ co_argcount co_varnames curve_fit fire getfullargspec "
    "inspect signature typer vectorize"
)
_COUNTERS = frozenset(_COUNTERS_WORDS.split())


_MOST = 10  # parameters that one function may gain


class Appended(NamedTuple):
    """A function that gained parameters; `signature` is how they read."""

    function: str
    signature: str
    line: int


class _Gained(NamedTuple):
    """A new parameter and its default."""

    name: str
    default: ast.expr


def take_out_parameters(
    before: ast.Module, after: ast.Module, around: Surroundings
) -> list[Appended]:
    """Make functions of `after`, in place, what they were without the parameters they gained.

    Such a parameter is optional, stands after all others, and its default makes the function do
    what it did: with the default in its place the code is the same. The function is never handed
    on as a value, which something could ask for its parameters.
    """
    if not around.are_read or (identifiers(before) | identifiers(after)) & _COUNTERS:
        return []
    values = read_uncalled(before) | read_uncalled(after) | around.passed | HOOKS
    meanings, constants = read_meanings(after, around.python), _constants(after, around)
    free = _functions_of_their_own(after, meanings)
    found = []
    for name, was, now in function_pairs(before, after):
        gained = _gained(was.args, now.args)
        if not 0 < len(gained) <= _MOST or now.name in values or name not in free:
            continue
        known = {name for name, line in constants.items() if line < now.lineno}
        if not all(_is_fixed(one.default, known) for one in gained):
            continue
        body = _without(now, gained)
        if body is not None and are_same(was.body, body):
            signature = ", ".join(f"{one.name}={ast.unparse(one.default)}" for one in gained)
            found.append(Appended(name, signature, now.lineno))
            now.args, now.body = was.args, body
    return found


def _functions_of_their_own(module: ast.Module, meanings: Meanings) -> set[str]:
    """Return the functions, and the methods of classes without a base, that nothing wraps."""
    plain = QUIET_DECORATORS - {"tensorflow.function"}
    found = set()
    for prefix, function in _functions(module, meanings):
        called = (d.func if isinstance(d, ast.Call) else d for d in function.decorator_list)
        is_plain = all(origin_of(decorator, meanings) in plain for decorator in called)
        if is_plain and not is_dynamic(function):
            found.add(f"{prefix}{function.name}")
    return found


def _functions(module: ast.Module, meanings: Meanings) -> Iterator[tuple[str, Function]]:
    """Yield functions at the top, and methods of classes without a base, with `Class.`."""
    for statement in module.body:
        if isinstance(statement, Function):
            yield "", statement
        elif isinstance(statement, ast.ClassDef) and (
            is_plain_class(statement) or is_data_class(statement, meanings)
        ):
            for inner in statement.body:
                if isinstance(inner, Function):
                    yield f"{statement.name}.", inner


def _constants(module: ast.Module, around: Surroundings) -> dict[str, int]:
    """Return the constants at the top that nothing can bind anew, each with its line."""
    counts = bindings(module)
    return {
        statement.targets[0].id: statement.lineno
        for statement in module.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and is_quiet_constant(statement)
        and counts[statement.targets[0].id] == 1
        and statement.targets[0].id not in around.written
    }


def _gained(old: ast.arguments, new: ast.arguments) -> list[_Gained]:
    """Return the parameters that were appended; none if anything else about them differs."""
    size, more = len(old.args), len(new.args) - len(old.args)
    kept = {argument.arg for argument in old.kwonlyargs}
    words = list(zip(new.kwonlyargs, new.kw_defaults, strict=True))
    rest = ast.arguments(
        posonlyargs=new.posonlyargs,
        args=new.args[:size],
        vararg=new.vararg,
        kwonlyargs=[argument for argument, _ in words if argument.arg in kept],
        kw_defaults=[default for argument, default in words if argument.arg in kept],
        kwarg=new.kwarg,
        defaults=new.defaults[: len(new.defaults) - more] if more > 0 else new.defaults,
    )
    if more < 0 or len(new.defaults) - len(old.defaults) != more:
        return []
    if old.kwarg or (old.vararg and more) or not is_same(old, rest):
        return []
    placed = zip(new.args[size:], new.defaults[len(new.defaults) - more :], strict=True)
    named = [(argument, default) for argument, default in words if argument.arg not in kept]
    return [
        _Gained(argument.arg, default)
        for argument, default in [*(placed if more else ()), *named]
        if default is not None
    ]


def _is_fixed(default: ast.expr, constants: Collection[str]) -> bool:
    return is_constant(default) or (isinstance(default, ast.Name) and default.id in constants)


def _without(function: Function, gained: list[_Gained]) -> list[ast.stmt] | None:
    """Return the body with each parameter's default in its place; None if that proves nothing."""
    counts = bindings(function)
    body = copy.deepcopy(function.body)
    for one in gained:
        folder = Folder(one.name, one.default)
        body = folder.suite(body) or [ast.Pass()]
        if counts[one.name] != 1 or folder.changes_the_function:
            return None
        if _variables_lost(function, folder.dropped, body):
            return None
    return body


def _variables_lost(function: Function, dropped: list[ast.AST], body: list[ast.stmt]) -> set[str]:
    """Return the names that only dropped code made variables of the function, and that it uses."""
    bound = {name for node in dropped for name in bindings(node)}
    used = {n.id for s in body for n in walk(s) if isinstance(n, ast.Name)}
    rest = copy.copy(function)
    rest.body = body
    return (bound & used) - own_variables(rest)
