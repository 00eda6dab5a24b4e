"""Whether two syntax trees are the same, positions aside."""

import ast
from collections.abc import Sequence


def is_same(one: ast.AST, other: ast.AST) -> bool:
    """Tell whether two trees are equal; without recursion, and done at the first difference."""
    return are_same([one], [other])


def are_same(ones: Sequence[object], others: Sequence[object]) -> bool:
    """Tell whether two sequences of trees are equal, pair by pair."""
    pairs: list[tuple[object, object]] = [(list(ones), list(others))]
    while pairs:
        one, other = pairs.pop()
        if type(one) is not type(other):
            return False
        if isinstance(one, ast.AST):
            pairs += [(getattr(one, f, None), getattr(other, f, None)) for f in one._fields]
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            pairs += zip(one, other, strict=True)
        elif repr(one) != repr(other):  # 0.0 and -0.0 are equal, and are not the same
            return False
    return True
