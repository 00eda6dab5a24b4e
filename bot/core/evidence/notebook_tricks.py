"""Code that makes a notebook say what did not happen: replaced functions, texts run as code.

Each has an honest use somewhere, but none that evidence needs.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from bot.core.evidence.notebook_code import dotted_name

_SHOWS = frozenset({"print", "display", "open", "write", "showtraceback", "excepthook"})
_PATCHES = frozenset({"patch", "patch.object", "patch.dict", "patch.multiple"})
_VERSION = re.compile(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.])")
_VARIABLE = re.compile(r"AZUREML_(?:ARM_)?ENV(?:IRONMENT)?(?:_\w{1,40})?")
_RUNS_TEXT = frozenset({"exec", "eval", "compile", "__import__"})
_NAMESPACES = frozenset({"globals", "locals", "vars"})
_WRITES = frozenset(
    {"dump", "save", "savetxt", "savez", "save_model", "to_csv", "to_parquet", "to_json"}
    | {"to_pickle", "write_text", "write_bytes", "log_model"}
)


def tricks(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the end of a sentence about the cell for each trick in it."""
    nodes = [node for statement in statements for node in ast.walk(statement)]
    if any(map(_replaces, nodes)):
        yield "puts something else in the place of what loads, scores or shows"
    if any(map(_runs_text, nodes)):
        yield "runs text as code"
    if any(map(_asks, nodes)):
        yield "shows what a person types when it runs"
    if any(_sets_environment(node) for node in nodes):
        yield "sets an environment variable to a version"


def writes(statements: Sequence[ast.stmt]) -> bool:
    """Tell whether the cell writes a file that could be loaded as model or sample."""
    names = [
        dotted_name(node.func)
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
    ]
    return any(
        name.rpartition(".")[2] in _WRITES and not name.startswith(("json.", "yaml."))
        for name in names
    )


def _replaces(node: ast.AST) -> bool:
    match node:
        case ast.Assign():
            return any(map(_is_replaced, node.targets))
        case ast.AnnAssign() | ast.AugAssign():
            return _is_replaced(node.target)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name in _SHOWS - {"write"}
        case ast.Call():
            return _patches(node)
    return False


def _is_replaced(target: ast.expr) -> bool:
    match target:
        case ast.Name(id=name):
            return name in _SHOWS - {"write"}
        case ast.Subscript(value=ast.Call() as call):
            return dotted_name(call.func) in _NAMESPACES
        case ast.Subscript(value=place):
            return dotted_name(place) == "sys.modules" or dotted_name(place).endswith("__dict__")
        case ast.Attribute(attr=attribute):
            is_own = dotted_name(target).startswith("self.")
            return not is_own and (attribute in _SHOWS or _does(attribute))
    return False


def _does(name: str) -> bool:
    """Tell whether what has this name loads or scores, rather than being loaded or a score."""
    return name.startswith(("load", "read_", "predict")) or name in {"run", "infer", "invoke"}


def _patches(node: ast.Call) -> bool:
    name = dotted_name(node.func)
    if name.endswith("set_custom_exc"):
        return True
    if name.rpartition(".")[2] in {"setattr", "__setattr__"}:
        return any(isinstance(one, ast.Constant) and _does(str(one.value)) for one in node.args)
    return name.removeprefix("unittest.").removeprefix("mock.") in _PATCHES


def _runs_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _RUNS_TEXT
    )


def _asks(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and dotted_name(node.func) == "input"


def _sets_environment(node: ast.AST) -> bool:
    """Tell whether a text is put into the environment that a version could be read from."""
    match node:
        case ast.Assign(targets=[ast.Subscript(value=place, slice=key)], value=value):
            is_setting = dotted_name(place).endswith("environ")
            return is_setting and (_has_version(value) or _names_environment(key))
        case ast.Call(args=arguments):
            name = dotted_name(node.func)
            is_setter = name.endswith(("putenv", "environ.setdefault", "environ.update"))
            given = (*arguments, *node.keywords)
            return is_setter and any(_has_version(one) or _names_environment(one) for one in given)
    return False


def _names_environment(node: ast.AST) -> bool:
    """Tell whether a text is the name of the variable in which Azure ML names the environment."""
    texts = [str(part.value) for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return any(_VARIABLE.fullmatch(text) for text in texts)


def _has_version(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Constant) and bool(_VERSION.search(str(part.value)))
        for part in ast.walk(node)
    )
