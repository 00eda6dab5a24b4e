"""What the values of expressions came from: which load, which scoring."""

import ast
from collections.abc import Callable, Iterable, Sequence

from bot.core.evidence import notebook_calls as calls
from bot.core.evidence import notebook_programs as programs
from bot.core.evidence.notebook_calls import (
    DATA,
    DATA_FILE,
    MADE,
    MODEL,
    PREDICTION,
    SPARK,
    TYPED_FILE,
)
from bot.core.evidence.notebook_code import made_of
from bot.core.evidence.notebook_functions import Arguments, Functions
from bot.core.evidence.notebook_scope import NONE, NOTHING, Sources, has, one_of, without
from bot.core.evidence.notebook_shown import Shown
from bot.core.evidence.notebook_state import State

_MADE_UP: Sources = frozenset({(MADE, 0)})


class Values:
    """Evaluates expressions to the sources of their values; calls of functions are followed."""

    def __init__(self, state: State, walk: Callable[[Sequence[ast.stmt]], None]) -> None:
        self.functions = Functions(state.scope, walk, self.of)
        self.shown = Shown(state, lambda call: self._given_by.get(id(call), NOTHING))
        self._state = state
        self._given_by: dict[int, Sources] = {}  # by the identity of the call

    def of(self, node: ast.AST) -> Sources:
        """Return what the value of an expression came from."""
        self._state.steps.take()
        match node:
            case ast.Name():
                return self._state.scope.values.get(node.id, NOTHING)
            case ast.Constant() | ast.List() | ast.Tuple() | ast.Dict():
                return _typed(node) or self._all(ast.iter_child_nodes(node))
            case ast.Call():
                return self._call(node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.NamedExpr():
                value = self.of(node.value)
                self._state.scope.bind(node.target, value)
                return value
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                for generator in node.generators:
                    self._state.scope.bind(generator.target, self.of(generator.iter))
                    self._all(generator.ifs)
        return self._choice(node)

    def _choice(self, node: ast.AST) -> Sources:
        match node:
            case ast.IfExp() if self._state.typed.is_off(node.test):
                return self.of(node.orelse)
            case ast.IfExp(body=body, orelse=orelse):
                self.of(node.test)
                parts = [body, orelse]
            case ast.BoolOp(op=ast.Or(), values=parts):
                pass
            case ast.Subscript(value=ast.List(elts=parts) | ast.Tuple(elts=parts)):
                pass
            case ast.BinOp(op=ast.Mult()) if _is_zero(node.left) or _is_zero(node.right):
                return NOTHING
            case _:
                return self._all(made_of(node))
        return one_of(map(self.of, parts))

    def _all(self, nodes: Iterable[ast.AST]) -> Sources:
        return NOTHING.union(*map(self.of, nodes))

    def _attribute(self, node: ast.Attribute) -> Sources:
        given = self.functions.property_of(node)
        value = self.of(node.value) if given is None else given
        return without(value, PREDICTION) if node.attr in calls.OPAQUE_ATTRIBUTES else value

    def _call(self, node: ast.Call) -> Sources:
        receiver = self.of(node.func)
        given = self._arguments(node, receiver)
        around = receiver | given.together
        found = self.functions.call(node, receiver, given)
        if found is None:
            self.shown.call(node, receiver)
            found = around | self._result(node, receiver, given.together)
        name = self._state.scope.full_name(node.func)
        self._given_by[id(node)] = found - around
        if name in calls.OPAQUE_CALLS or name.rpartition(".")[2] in calls.FILLING:
            return without(found, PREDICTION)
        return found

    def _arguments(self, node: ast.Call, receiver: Sources) -> Arguments:
        """Return what a call is given; a lambda is called with what the others hold."""
        lambdas = [one for one in [*node.args, *node.keywords] if _is_lambda(one)]
        placed = {id(one): self.of(one) for one in node.args if not _is_lambda(one)}
        named = {word.arg: self.of(word.value) for word in node.keywords if not _is_lambda(word)}
        together = NOTHING.union(*placed.values(), *named.values())
        if lambdas:
            together |= self._handed_lambdas(lambdas, receiver | together)
        positional = tuple(placed.get(id(one), NOTHING) for one in node.args)
        return Arguments(positional, named, together)

    def _handed_lambdas(self, nodes: Sequence[ast.AST], given: Sources) -> Sources:
        before = dict(self._state.scope.values)
        lambdas = [inner for one in nodes for inner in [getattr(one, "value", one)]]
        found = NOTHING
        for one in lambdas:
            if isinstance(one, ast.Lambda):
                names = (parameter.arg for parameter in one.args.args)
                self._state.scope.values |= dict.fromkeys(names, given)
                found |= self.of(one.body)
        self._state.scope.values = before
        return found

    def _result(self, node: ast.Call, receiver: Sources, given: Sources) -> Sources:
        """Return what a call of something outside the notebook loads or scores."""
        scope, record = self._state.scope, self._state.record
        name = scope.full_name(node.func)
        trusted = calls.is_environments_scorer(name) and scope.is_imported(node.func)
        if name in programs.STARTS or (trusted and name.endswith(".main")):
            return self._started(node, name, given)
        if made := self._made(node, name, given):
            return made
        loaded = NOTHING
        if not (scope.is_own(node.func) or has(given, TYPED_FILE)):
            loaded = record.load(name)
        if name.endswith(".get_tensor"):  # what TensorFlow Lite was told to score before
            return record.score(receiver, receiver, trusted=False)
        if self._scores(node, name, receiver):
            return record.score(receiver, given, trusted=trusted)
        return loaded | self._handed(node, name, receiver | given)

    def _made(self, node: ast.Call, name: str, given: Sources) -> Sources:
        """Return what is made of what a call is given, rather than loaded; nothing for most."""
        if calls.makes_up(name):
            return _MADE_UP
        if calls.builds_model(name) and has(given, DATA):
            return self._state.record.load_model()
        is_text = name.endswith(("StringIO", "BytesIO"))
        if is_text and not self._state.typed.printed(node.args).is_read:
            return frozenset({(TYPED_FILE, 0)})
        return NOTHING

    def _started(self, node: ast.Call, name: str, given: Sources) -> Sources:
        """Return what a program gives, or its `main` that is called from here."""
        said = self._state.typed.said([*node.args, *(word.value for word in node.keywords)])
        is_scorer = name.endswith(".main") or programs.starts_scorer(name, node, said)
        return self._state.record.start(said, given) if is_scorer else NOTHING

    def _scores(self, node: ast.Call, name: str, receiver: Sources) -> bool:
        if isinstance(node.func, ast.Name) and has(receiver, MODEL):
            return True
        return calls.scores(name) or (
            name.rpartition(".")[2] == "transform" and has(receiver, SPARK)
        )

    def _handed(self, node: ast.Call, name: str, given: Sources) -> Sources:
        """Return what functions give that the call is given, as in `map(model.predict, x)`."""
        functions = node.args
        if isinstance(node.func, ast.Call) and self._is_delayed(node.func):
            functions = node.func.args
        elif name.rpartition(".")[2] not in calls.HANDING:
            functions = [one for one in functions if self._is_scorer(one)]
        if any(map(self._is_scorer, functions)) and has(given, MODEL) and has(given, DATA):
            return self._state.record.score(given, given, trusted=False)
        loaded = (self._state.record.load(name) for name in map(self._imported, functions) if name)
        handed = (self.functions.hand(one, given) for one in functions)
        return NOTHING.union(*loaded, *handed)

    def _imported(self, node: ast.expr) -> str:
        """Return the full name of a function from outside the notebook; empty for others."""
        return self._state.scope.full_name(node) if self._state.scope.is_imported(node) else ""

    def _is_delayed(self, node: ast.Call) -> bool:
        """Tell whether this is the first half of `delayed(score)(sample)`."""
        return self._state.scope.full_name(node.func).rpartition(".")[2] in calls.DELAYING

    def _is_scorer(self, node: ast.expr) -> bool:
        """Tell whether an argument is a function that scores."""
        if not isinstance(node, ast.Attribute):
            return False
        return calls.scores(self._state.scope.full_name(node))


def _typed(node: ast.expr) -> Sources:
    """Return what a literal holds: a file's name, numbers, nothing at all; empty for others."""
    match node:
        case ast.Constant(value=str() as text) if calls.names_data_file(text):
            return frozenset({(DATA_FILE, 0)})
        case ast.Constant(value=float()):
            return _MADE_UP
        case ast.Constant(value=value):
            return NOTHING if any(map(str.isdigit, str(value))) else NONE
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return NONE
        case ast.List(elts=parts) | ast.Tuple(elts=parts) if all(map(_is_number, parts)):
            return _MADE_UP
    return NOTHING


def _is_number(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=int() | float()):
            return True
        case ast.UnaryOp(operand=inner):
            return _is_number(inner)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return all(map(_is_number, parts))
    return False


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def _is_lambda(node: ast.AST) -> bool:
    return isinstance(getattr(node, "value", node), ast.Lambda)
