"""All nodes of a syntax tree, at the least cost: proofs look at each some fifty times."""

import ast

# Fields that hold a text, a number, or how a name is used, in whichever node.
_NO_NODES = frozenset(
    {
        *("arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level"),
        *("lineno", "module", "simple", "tag", "type_comment"),
    }
)
_LEAVES = (ast.Constant, ast.Global, ast.Nonlocal)


class _Parts(dict[type[ast.AST], tuple[str, ...]]):
    """The fields in which a node of a type may hold others."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        names = () if issubclass(kind, _LEAVES) else kind._fields
        self[kind] = tuple(name for name in names if name not in _NO_NODES)
        return self[kind]


_PARTS = _Parts()


def walk(tree: ast.AST) -> list[ast.AST]:
    """Return a node and all inside it, outer ones first; what only says how a name is used is not.

    As `ast.walk` without `Load`, `Store` and `Del`, in about a tenth of the time. The list is made
    at once: what changes in the tree afterwards does not show in it.
    """
    found = [tree]
    for node in found:
        for name in _PARTS[type(node)]:
            value = getattr(node, name, None)
            if type(value) is list:
                # `{**more}` has a key that is None, and so has a keyword without a default.
                found += [part for part in value if part] if None in value else value
            elif isinstance(value, ast.AST):
                found.append(value)
    return found
