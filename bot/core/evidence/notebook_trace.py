"""Follow the values of a notebook: from loaded model and loaded data to predictions on display.

A walk over syntax trees in the order of the cells. It knows of each variable which loads and which
scoring its value came from; nothing is run, and branches that cannot be taken are left out.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence

from bot.core.evidence import notebook_calls as calls
from bot.core.evidence import notebook_programs as programs
from bot.core.evidence.notebook_calls import DATA, DATA_FILE, MODEL, PREDICTION
from bot.core.evidence.notebook_code import dotted_name
from bot.core.evidence.notebook_record import Recorder, Trace
from bot.core.evidence.notebook_scope import NOTHING, Function, Scope, Sources, has, without
from bot.core.evidence.notebook_texts import TypedTexts

_MAX_STEPS = 200_000


class TooComplicatedError(Exception):
    """The code branches into more steps than an evidence notebook has."""


def follow(cells: Iterable[tuple[int, Sequence[ast.stmt]]]) -> Trace:
    """Return the trace of parsed cells, given with their numbers.

    Raises:
        TooComplicatedError: following them would take too long.
    """
    walker = _Walker()
    for number, statements in cells:
        walker.cell(number, statements)
    return walker.trace


def _until_it_ends(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    """Return the statements up to the first that always leaves the function."""
    for place, statement in enumerate(body, start=1):
        if isinstance(statement, ast.Return | ast.Raise):
            return body[:place]
    return body


class _Walker:
    """The state of the walk: what every name's value came from."""

    def __init__(self) -> None:
        self._record = Recorder()
        self.trace = self._record.trace
        self._scope = Scope()
        self._active: list[str] = []
        self._returned: Sources = NOTHING
        self._steps = 0
        self._typed = TypedTexts()
        self._objects: dict[str, ast.ClassDef] = {}

    def cell(self, number: int, statements: Sequence[ast.stmt]) -> None:
        """Walk one cell; its last expression is shown, as Jupyter does."""
        self._record.number = number
        for statement in statements:
            self._statement(statement)
        if statements and isinstance(statements[-1], ast.Expr):
            self._show(statements[-1].value)
            if not self._is_showing(statements[-1].value):
                self._print([statements[-1].value])

    # --- statements ---

    def _statement(self, node: ast.AST) -> None:
        self._count_step()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._scope.define(node)
                self._typed.define(node)
            case ast.Import() | ast.ImportFrom():
                self._scope.take_import(node)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Expr() | ast.Return():
                self._simple(node)
            case ast.For() | ast.AsyncFor():
                self._scope.bind(node.target, self._sources(node.iter))
                self._typed.take(node.target, node.iter)
                self._all([*node.body, *node.orelse])
            case ast.withitem(optional_vars=ast.expr() as target):
                self._scope.bind(target, self._sources(node.context_expr))
            case ast.If() | ast.While() if self._typed.is_off(node.test):
                self._all(node.orelse)
            case ast.expr():
                self._sources(node)
            case _:
                self._all(ast.iter_child_nodes(node))

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self._statement(node)

    def _simple(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign():
                self._assign(node)
            case ast.AnnAssign(value=ast.expr() as given):
                self._scope.bind(node.target, self._sources(given))
                self._typed.take(node.target, given)
            case ast.AugAssign():
                self._typed.add(node.target, node.value)
                self._scope.bind(
                    node.target, self._sources(node.value) | self._sources(node.target)
                )
            case ast.Return(value=ast.expr() as given):
                self._returned |= self._sources(given)
            case ast.Expr():
                self._mutate(node.value, self._sources(node.value))

    def _assign(self, node: ast.Assign) -> None:
        scored = len(self.trace.scoring)
        value = self._sources(node.value)
        for target in node.targets:
            self._bind(target, node.value, value)
            self._typed.take(target, node.value)
            self._remember_object(target, node.value)
        if len(self.trace.scoring) > scored and has(value, PREDICTION):
            self._name_predictions(node)

    def _remember_object(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        self._objects.pop(target.id, None)
        if isinstance(value, ast.Call):
            made = self._scope.functions.get(self._scope.full_name(value.func))
            if isinstance(made, ast.ClassDef):
                self._objects[target.id] = made

    def _bind(self, target: ast.expr, given: ast.expr, value: Sources) -> None:
        """Assign part by part where both sides have as many, as in `a, b = 1, 2`."""
        match target, given:
            case (ast.Tuple(elts=targets), ast.Tuple(elts=parts)) if len(targets) == len(parts):
                for one, part in zip(targets, map(self._sources, parts), strict=True):
                    self._scope.bind(one, part)
            case _:
                self._scope.bind(target, value)

    def _mutate(self, node: ast.expr, value: Sources) -> None:
        """Let `results.append(x)` and `model.load_model(x)` change what the name holds."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return
        root = dotted_name(node.func).partition(".")[0]
        if node.func.attr in calls.MUTATING and root in self._scope.values:
            self._scope.values[root] |= value
            if has(value, PREDICTION) and not self._active:
                self.trace.predictions.append(root)

    # --- expressions ---

    def _sources(self, node: ast.AST) -> Sources:
        """Return what the value of an expression came from."""
        self._count_step()
        match node:
            case ast.Name():
                return self._scope.values.get(node.id, NOTHING)
            case ast.Constant(value=str() as text) if calls.names_data_file(text):
                return frozenset({(DATA_FILE, 0)})
            case ast.Call():
                return self._call(node)
            case ast.NamedExpr():
                value = self._sources(node.value)
                self._scope.bind(node.target, value)
                return value
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                for generator in node.generators:
                    self._scope.bind(generator.target, self._sources(generator.iter))
        return self._union(ast.iter_child_nodes(node))

    def _name_predictions(self, node: ast.Assign) -> None:
        """Note what holds predictions after this; names inside of functions are gone by then."""
        opaque = isinstance(node.value, ast.Call) and (
            dotted_name(node.value.func) in calls.OPAQUE_CALLS
        )
        if self._active or opaque:
            return
        for target in node.targets:
            if isinstance(target, ast.Name | ast.Subscript | ast.Attribute):
                self.trace.predictions.append(ast.unparse(target))

    def _union(self, nodes: Iterable[ast.AST]) -> Sources:
        found = NOTHING
        for node in nodes:
            found |= self._sources(node)
        return found

    def _call(self, node: ast.Call) -> Sources:
        receiver = self._sources(node.func)
        given = self._given(node, receiver)
        name = self._scope.full_name(node.func)
        if method := self._method(node.func):
            return given | self._enter_method(method, node)
        if local := self._scope.functions.get(name):
            return given | self._enter(local, node)
        if self._is_showing(node):
            self._print(node.args)
            for argument in node.args:
                self._show(argument)
        if name.rpartition(".")[2] in calls.FILLING:
            return without(receiver | given, PREDICTION)
        return receiver | given | self._result(node, name, receiver, given)

    def _given(self, node: ast.Call, receiver: Sources) -> Sources:
        """Return the sources of the arguments; a lambda is called with what the others hold."""
        every = [*node.args, *(word.value for word in node.keywords)]
        lambdas = [one for one in every if isinstance(one, ast.Lambda)]
        given = self._union(one for one in every if not isinstance(one, ast.Lambda))
        if not lambdas:
            return given
        before = dict(self._scope.values)
        for one in lambdas:
            names = (parameter.arg for parameter in one.args.args)
            self._scope.values |= dict.fromkeys(names, receiver | given)
        given |= self._union(one.body for one in lambdas)
        self._scope.values = before
        return given

    def _result(self, node: ast.Call, name: str, receiver: Sources, given: Sources) -> Sources:
        """Return what a call of something outside the notebook loads or scores."""
        if name in programs.STARTS:
            said = self._typed.said(node.args)
            is_scorer = programs.starts_scorer(name, node, said)
            return self._record.start(said, given) if is_scorer else NOTHING
        loaded = self._record.load(name)
        if calls.scores(name) or (isinstance(node.func, ast.Name) and has(receiver, MODEL)):
            trusted = calls.is_environments_scorer(name) and self._scope.is_imported(node.func)
            return self._record.score(receiver, given, trusted=trusted)
        if has(given, MODEL) and has(given, DATA) and any(map(self._is_scorer, node.args)):
            return self._record.score(given, given, trusted=False)
        return loaded

    def _is_scorer(self, node: ast.expr) -> bool:
        """Tell whether an argument is a function that scores, as in `map(model.predict, x)`."""
        return isinstance(node, ast.Attribute) and calls.scores(self._scope.full_name(node))

    def _enter(self, function: Function | ast.ClassDef, call: ast.Call) -> Sources:
        """Walk a function of the notebook with the values it is called with."""
        if isinstance(function, ast.ClassDef):
            return self._enter_class(function, call)
        if function.name in self._active:
            return NOTHING
        before, returned = dict(self._scope.values), self._returned
        self._returned = NOTHING
        self._scope.values |= self._parameters(function, call)
        self._active.append(function.name)
        self._all(_until_it_ends(function.body))
        self._active.pop()
        result, self._scope.values, self._returned = self._returned, before, returned
        return result

    def _method(self, function: ast.expr) -> Function | None:
        """Return the method of the notebook that is called on an object of the notebook."""
        match function:
            case ast.Attribute(value=ast.Name(id=root), attr=name) if root in self._objects:
                methods = [one for one in self._objects[root].body if isinstance(one, Function)]
                return next((one for one in methods if one.name == name), None)
        return None

    def _enter_method(self, method: Function, call: ast.Call) -> Sources:
        """Walk a method; what it puts into `self`, the object holds afterwards."""
        root = dotted_name(call.func).partition(".")[0]
        key = f"{root}.{method.name}"
        if key in self._active:
            return NOTHING
        before, returned = dict(self._scope.values), self._returned
        held = before.get(root, NOTHING)
        self._returned = NOTHING
        self._scope.values |= {**self._parameters(method, call, offset=1), "self": held}
        self._active.append(key)
        self._all(_until_it_ends(method.body))
        self._active.pop()
        result, self._returned = self._returned, returned
        before[root] = held | self._scope.values.get("self", NOTHING)
        self._scope.values = before
        return result

    def _enter_class(self, node: ast.ClassDef, call: ast.Call) -> Sources:
        """Return what an object of a class of the notebook holds after `__init__`."""
        found = NOTHING
        if node.name in self._active:
            return found
        self._active.append(node.name)
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                before = dict(self._scope.values)
                self._scope.values |= self._parameters(method, call, offset=1)
                self._scope.values["self"] = NOTHING
                self._all(method.body)
                found, self._scope.values = self._scope.values["self"], before
        self._active.pop()
        return found

    def _parameters(
        self, function: Function, call: ast.Call, *, offset: int = 0
    ) -> Mapping[str, Sources]:
        parameters = [*function.args.posonlyargs, *function.args.args][offset:]
        every = [*parameters, *function.args.kwonlyargs]
        bound = {parameter.arg: NOTHING for parameter in every}
        for parameter, argument in zip(parameters, call.args, strict=False):
            bound[parameter.arg] = self._sources(argument)
        for keyword in call.keywords:
            if keyword.arg in bound:
                bound[keyword.arg] = self._sources(keyword.value)
        return bound

    # --- what is shown ---

    def _show(self, node: ast.expr) -> None:
        if has(self._visible(node), PREDICTION):
            self.trace.showing.append(self._record.number)

    def _print(self, nodes: Sequence[ast.expr]) -> None:
        self.trace.printed.setdefault(self._record.number, []).append(self._typed.printed(nodes))

    def _is_showing(self, node: ast.expr) -> bool:
        called = self._scope.full_name(node.func) if isinstance(node, ast.Call) else ""
        return called.rpartition(".")[2] in calls.SHOWING

    def _visible(self, node: ast.AST) -> Sources:
        """Return the sources of what a reader sees of a value, not of its length or type."""
        self._count_step()
        match node:
            case ast.Compare():
                return NOTHING
            case ast.Attribute() if node.attr in calls.OPAQUE_ATTRIBUTES:
                return NOTHING
            case ast.Call():
                return self._visible_call(node)
            case ast.IfExp():
                return self._visible(node.body) | self._visible(node.orelse)
            case ast.Name():
                return self._scope.values.get(node.id, NOTHING)
            case _:
                parts = [self._visible(child) for child in ast.iter_child_nodes(node)]
                return NOTHING.union(*parts)

    def _visible_call(self, node: ast.Call) -> Sources:
        name = dotted_name(node.func)
        if name in calls.OPAQUE_CALLS or name.rpartition(".")[2] in calls.SILENT_CALLS:
            return NOTHING
        children = [node.func, *node.args, *node.keywords]
        seen = NOTHING.union(*map(self._visible, children))
        return seen | (self._call(node) - self._union(children))

    def _count_step(self) -> None:
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise TooComplicatedError
