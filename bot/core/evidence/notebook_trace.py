"""Follow the values of a notebook: from loaded model and loaded data to predictions on display.

A walk over syntax trees in the order of the cells. It knows of each variable which loads and which
scoring its value came from; nothing is run, and branches that cannot be taken are left out.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.evidence import notebook_calls as calls
from bot.core.evidence import notebook_programs as programs
from bot.core.evidence.notebook_calls import DATA, DATA_FILE, MODEL, PREDICTION
from bot.core.evidence.notebook_code import dotted_name, is_ever_false
from bot.core.evidence.notebook_scope import NOTHING, Function, Scope, Sources, has, serials
from bot.core.evidence.notebook_texts import Printed, assigned_text, printed, typed_texts

_MAX_STEPS = 200_000


class TooComplicatedError(Exception):
    """The code branches into more steps than an evidence notebook has."""


@dataclass(slots=True)
class Trace:
    """Numbers of the cells in which something happens, in order.

    Attributes:
        scoring: where a loaded model scores loaded data.
        modelless: where something scores that is no loaded model.
        dataless: where a loaded model scores data that was not loaded.
        showing: where predictions are shown as such, not only counted.
        printed: what is typed into a cell of what it prints, call by call.
        predictions: what the notebook calls its predictions, such as `y` or `table['y']`.
    """

    model: list[int] = field(default_factory=list)
    data: list[int] = field(default_factory=list)
    scoring: list[int] = field(default_factory=list)
    modelless: list[int] = field(default_factory=list)
    dataless: list[int] = field(default_factory=list)
    showing: list[int] = field(default_factory=list)
    printed: dict[int, list[Printed]] = field(default_factory=dict)
    predictions: list[str] = field(default_factory=list)


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
        self.trace = Trace()
        self._number = 0
        self._scope = Scope()
        self._active: list[str] = []
        self._returned: Sources = NOTHING
        self._serial = 0
        self._steps = 0
        self._texts: dict[str, str] = {}
        self._off: set[str] = set()

    def cell(self, number: int, statements: Sequence[ast.stmt]) -> None:
        """Walk one cell; its last expression is shown, as Jupyter does."""
        self._number = number
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
            case ast.Import() | ast.ImportFrom():
                self._scope.take_import(node)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Expr() | ast.Return():
                self._simple(node)
            case ast.For() | ast.AsyncFor():
                self._scope.bind(node.target, self._sources(node.iter))
                self._all([*node.body, *node.orelse])
            case ast.withitem(optional_vars=ast.expr() as target):
                self._scope.bind(target, self._sources(node.context_expr))
            case ast.If() | ast.While() if self._is_skipped(node.test):
                self._all(node.orelse)
            case ast.expr():
                self._sources(node)
            case _:
                self._all(ast.iter_child_nodes(node))

    def _is_skipped(self, test: ast.expr) -> bool:
        """Tell whether a branch is never taken, as in `if False:` or after `RUN = False`."""
        return is_ever_false(test) or (isinstance(test, ast.Name) and test.id in self._off)

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self._statement(node)

    def _simple(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign():
                self._assign(node)
            case ast.AnnAssign(value=ast.expr() as given):
                self._scope.bind(node.target, self._sources(given))
            case ast.AugAssign():
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
            if isinstance(target, ast.Name):
                self._texts[target.id] = assigned_text(node.value, self._texts)
                switch = self._off.add if is_ever_false(node.value) else self._off.discard
                switch(target.id)
        if len(self.trace.scoring) > scored and has(value, PREDICTION):
            self._name_predictions(node)

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
        given = self._union([*node.args, *node.keywords])
        name = self._scope.full_name(node.func)
        local = self._scope.functions.get(name)
        if local is not None:
            return given | self._enter(local, node)
        if self._is_showing(node):
            self._print(node.args)
            for argument in node.args:
                self._show(argument)
        if name in programs.STARTS:
            said = " ".join(typed_texts(node, self._texts)[:-2])
            runs = programs.starts_scorer(name, node, said)
            return receiver | given | (self._start(said, given) if runs else NOTHING)
        loaded = self._load(name)
        if calls.scores(name) or (isinstance(node.func, ast.Name) and has(receiver, MODEL)):
            trusted = calls.is_environments_scorer(name) and self._scope.is_imported(node.func)
            return receiver | given | self._score(receiver, given, trusted=trusted)
        return receiver | given | loaded

    def _load(self, name: str) -> Sources:
        kinds = calls.loads(name)
        self._serial += 1
        for kind, cells in ((MODEL, self.trace.model), (DATA, self.trace.data)):
            if kind in kinds:
                cells.append(self._number)
        return frozenset((kind, self._serial) for kind in kinds)

    def _score(self, receiver: Sources, given: Sources, *, trusted: bool) -> Sources:
        """Return what scoring gives; `trusted` code of the environment brings its own model."""
        models = serials(receiver | given, MODEL)
        data = serials(given, DATA) - serials(receiver, MODEL)
        if trusted and not data and has(given, DATA_FILE):
            self.trace.data.append(self._number)
            data = frozenset({0})
        if not models and not trusted:
            self.trace.modelless.append(self._number)
            return NOTHING
        # One load that could be either is not both: the model needs a load of its own.
        if not data or (not trusted and len(models | data) == 1):
            self.trace.dataless.append(self._number)
            return NOTHING
        self.trace.scoring.append(self._number)
        self._serial += 1
        return frozenset({(PREDICTION, self._serial)})

    def _start(self, said: str, given: Sources) -> Sources:
        """Return what a program shows that scores; it is told where model and sample are."""
        if programs.names_model(said) or has(given, MODEL):
            self.trace.model.append(self._number)
        if programs.names_sample(said):
            self.trace.data.append(self._number)
        if not self.trace.model:
            self.trace.modelless.append(self._number)
            return NOTHING
        if not (programs.names_sample(said) or has(given, DATA)):
            self.trace.dataless.append(self._number)
            return NOTHING
        self.trace.scoring.append(self._number)
        self._serial += 1
        return frozenset({(PREDICTION, self._serial)})

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
            self.trace.showing.append(self._number)

    def _print(self, nodes: Sequence[ast.expr]) -> None:
        self.trace.printed.setdefault(self._number, []).append(printed(nodes, self._texts))

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
