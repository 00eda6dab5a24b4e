"""Calls that only look at a path, or ask where the process runs."""

import ast

# They put texts together and take them apart, or ask the disk; they never fail for a text.
_OF_TEXTS = frozenset({"basename", "dirname", "exists", "isdir", "isfile", "join"})
# Of these the value is a text again.
_GIVE_TEXTS = frozenset({"basename", "dirname", "join"})
# They may fail, and change nothing.
_ASK = frozenset({"getcwd", "getpid", "listdir"})
_ASK_OF_PATHS = frozenset({"abspath", "getsize", "isabs", "realpath", "splitext"})


def is_path_call(node: ast.Call) -> bool:
    """Tell whether a call is of a function of `os.path` that neither fails for texts nor acts."""
    name = _path_function(node)
    return name in _OF_TEXTS and (len(node.args) == 1 or (name == "join" and bool(node.args)))


def gives_text(node: ast.expr) -> bool:
    """Tell whether a call of `os.path` gives a text if it is given texts."""
    return isinstance(node, ast.Call) and is_path_call(node) and _path_function(node) in _GIVE_TEXTS


def only_asks(node: ast.Call) -> bool:
    """Tell whether a call changes nothing, though it may fail: `os.getcwd()`, `os.listdir(x)`."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr=name), keywords=[]):
            return name in _ASK
        case _:
            return is_path_call(node) or _path_function(node) in _ASK_OF_PATHS


def _path_function(node: ast.Call) -> str:
    match node:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Attribute(value=ast.Name(id="os"), attr="path"), attr=name
            ),
            keywords=[],
        ):
            return name
        case _:
            return ""
