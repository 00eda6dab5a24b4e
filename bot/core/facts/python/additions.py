"""Definitions that were added, and that nothing which was there before can notice."""

import ast
import builtins
from collections import Counter
from collections.abc import Iterator

from bot.core.facts.python.annotation_values import Meanings, read_meanings
from bot.core.facts.python.annotations import is_plain_class
from bot.core.facts.python.definite import bound_after
from bot.core.facts.python.looked_up import looked_up, may_be_looked_up
from bot.core.facts.python.names import bindings, identifiers, is_dynamic, used
from bot.core.facts.python.quiet import (
    defined_in_class,
    is_data_class,
    is_quiet_class,
    is_quiet_constant,
    is_quiet_function,
    is_quiet_method,
    is_special,
)
from bot.core.facts.python.surroundings import Surroundings
from bot.core.facts.python.values import Function, base_names

# Names that a host calls where a file has them: Azure ML's entry script, and the hooks of other
# model servers, whose defaults a new function would replace.
HOOKS = frozenset(
    {"_load_pyfunc", "handle", "handler", "init", "initialize", "input_fn", "lambda_handler"}
    | {"main", "model_fn", "model_warmup_fn", "output_fn", "pre_model_fn", "predict_fn", "run"}
    | {"shutdown", "transform_fn"}
)
# Names that some host may look for in a new file or class of ours; a function that has been there
# under such a name is judged as any other.
_LOOKED_FOR_WORDS = (
    "EndpointHandler Predictor PythonPredictor TritonPythonModel app application create_app fit "
    "inference init_context load_context load_model make_app on_starting post_fork post_process "
    "post_worker_init postprocess pre_process predict preprocess read_input_data score "
    "score_unstructured serve transform transform_input transform_output when_ready"
)
_LOOKED_FOR = HOOKS | frozenset(_LOOKED_FOR_WORDS.split())
# Names of methods that libraries look for in objects of any class.
_PROTOCOLS_WORDS = (
    "build call close compute decision_function execute finalize fit forward from_config "
    "get_config get_params inverse_transform items keys load_context numpy partial_fit predict "
    "predict_proba read score set_params toJSON to_dict to_json to_numpy tolist train transform "
    "values write"
)
_PROTOCOLS = frozenset(_PROTOCOLS_WORDS.split())
_MOST_METHODS = 100  # new ones that are looked up in the other files


def added_definitions(
    before: ast.Module, after: ast.Module, around: Surroundings
) -> list[ast.stmt]:
    """Return the definitions at the top of `after` that cannot disturb anything.

    Functions, classes and constants with a new name that the code before neither bound nor read,
    whose definition does nothing but bind it.
    """
    if around.are_unknown or is_dynamic(before) or is_dynamic(after):
        return []
    bound = bindings(after)
    patterns = around.looked_up.union(looked_up(before)) - {"*"}  # of which that is of objects
    taken = bindings(before).keys() | used(before) | around.taken | set(dir(builtins))
    taken |= _LOOKED_FOR
    lists_classes = "__subclasses__" in around.identifiers | identifiers(before)
    return [
        statement
        for name, statement in _quiet(after, read_meanings(after, around.python))
        if name not in taken
        and bound[name] == 1
        and not name.startswith("__")
        and not may_be_looked_up(name, patterns)
        and not (isinstance(statement, ast.ClassDef) and lists_classes)
    ]


def _quiet(module: ast.Module, meanings: Meanings) -> Iterator[tuple[str, ast.stmt]]:
    known: set[str] = set()
    for statement in module.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if is_quiet_function(statement, meanings, known):
                    yield name, statement
            case ast.ClassDef(name=name):
                if is_quiet_class(statement, meanings, known):
                    yield name, statement
            case ast.Assign(targets=[ast.Name(id=name)]):
                if is_quiet_constant(statement):
                    yield name, statement
            case _:
                pass
        known |= bound_after(statement)


def take_out_methods(
    before: ast.Module, after: ast.Module, around: Surroundings
) -> list[tuple[str, Function]]:
    """Remove, in place, the methods that classes of `after` gained unnoticed; return them.

    The class has no base, and its name is new: no code had it for an attribute, or in a text.
    """
    if around.are_unknown or is_dynamic(before) or is_dynamic(after):
        return []
    meanings = read_meanings(after, around.python)
    taken = identifiers(before) | around.identifiers | _PROTOCOLS | _LOOKED_FOR
    patterns = around.looked_up.union(looked_up(before))
    gained = [
        (cls, method)
        for cls in _plain_classes(before, after, around, meanings)
        for method in _single_methods(cls)
        if method.name not in taken
        and is_quiet_method(method, meanings)
        and not may_be_looked_up(method.name, patterns)
    ]
    if len(gained) > _MOST_METHODS:
        return []
    found = [(cls, method) for cls, method in gained if not around.mention(method.name)]
    chosen = {id(method) for _, method in found}
    for cls, _ in found:
        cls.body = [inner for inner in cls.body if id(inner) not in chosen] or [ast.Pass()]
    return [(cls.name, method) for cls, method in found]


def _plain_classes(
    before: ast.Module, after: ast.Module, around: Surroundings, meanings: Meanings
) -> Iterator[ast.ClassDef]:
    """Yield the classes of both versions that nothing but their body makes what they are."""
    was, now = bindings(before), bindings(after)
    bases = around.bases | base_names(after)
    for statement in after.body:
        if (
            isinstance(statement, ast.ClassDef)
            and (is_plain_class(statement) or is_data_class(statement, meanings))
            and was[statement.name] == now[statement.name] == 1
            and statement.name not in bases
            and not _answers_for_any_name(statement)
        ):
            yield statement


def _answers_for_any_name(cls: ast.ClassDef) -> bool:
    names = {name for inner in cls.body for name in defined_in_class(inner)}
    return not names.isdisjoint({"__getattr__", "__getattribute__"})


def _single_methods(cls: ast.ClassDef) -> Iterator[Function]:
    counts = Counter(name for inner in cls.body for name in defined_in_class(inner))
    for inner in cls.body:
        if isinstance(inner, Function) and counts[inner.name] == 1 and not is_special(inner.name):
            yield inner
