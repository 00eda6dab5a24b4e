"""Imports that nothing uses, and the order of imports that cannot matter."""

import ast
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple, TypeGuard

from bot.core.facts.python.import_paths import loaded_modules, reached_modules
from bot.core.facts.python.log_calls import logger_name, read_scope
from bot.core.facts.python.names import alias_name, is_dynamic, used
from bot.core.facts.python.surroundings import Surroundings

# Modules of the standard library, Python 3.8 on, whose import changes nothing.
_STANDARD = (
    "abc argparse ast base64 bisect calendar collections concurrent configparser contextlib copy "
    "csv dataclasses datetime decimal enum fractions functools glob gzip hashlib heapq http "
    "importlib inspect io itertools json logging math multiprocessing numbers operator os pathlib "
    "pdb pickle platform pprint queue random re secrets shlex shutil signal socket statistics "
    "string struct subprocess sys tempfile textwrap threading time timeit traceback types typing "
    "urllib uuid warnings weakref xml zipfile"
)
# Packages whose import registers nothing that scoring could miss.
_QUIET = "joblib matplotlib numpy pandas requests scipy sklearn tqdm yaml"
STANDARD_MODULES = frozenset(_STANDARD.split())
_EARLY = STANDARD_MODULES | {"numpy", "pandas"}
_EXPERIMENTAL = "sklearn.experimental"  # its import adds classes to other modules
_FRAMEWORKS = frozenset({"keras", "tensorflow", "torch"})
QUIET_MODULES = STANDARD_MODULES | frozenset(_QUIET.split())

# Packages that import numpy themselves: where one is imported at the top, numpy is there.
_BRING_NUMPY = frozenset(
    {"h5py", "keras", "lightgbm", "numpy", "pandas", "scipy", "sklearn", "tensorflow", "xgboost"}
)

# Names that these modules have in every Python an image may hold: a new import cannot fail.
_KNOWN_NAMES: Mapping[str, frozenset[str]] = {
    "collections": frozenset({"Counter", "OrderedDict", "defaultdict", "deque", "namedtuple"}),
    "collections.abc": frozenset(
        {"AsyncGenerator", "AsyncIterable", "AsyncIterator", "Awaitable", "Callable", "Collection"}
        | {"Container", "Coroutine", "Generator", "Hashable", "ItemsView", "Iterable", "Iterator"}
        | {"KeysView", "Mapping", "MutableMapping", "MutableSequence", "MutableSet", "Reversible"}
        | {"Sequence", "Set", "Sized", "ValuesView"}
    ),
    "dataclasses": frozenset({"dataclass", "field"}),
    "datetime": frozenset({"date", "datetime", "timedelta", "timezone"}),
    "enum": frozenset({"Enum", "IntEnum", "auto"}),
    "functools": frozenset({"lru_cache", "partial", "reduce", "wraps"}),
    "pathlib": frozenset({"Path"}),
    "time": frozenset({"monotonic", "perf_counter", "sleep", "time"}),
    "typing": frozenset(
        {"Any", "Callable", "ClassVar", "Collection", "DefaultDict", "Deque", "Dict", "FrozenSet"}
        | {"AnyStr", "AsyncIterator", "Awaitable", "BinaryIO", "IO", "KeysView", "NewType"}
        | {"SupportsFloat", "SupportsInt", "TextIO", "final", "runtime_checkable"}
        | {"Final", "Generator", "Generic", "Hashable", "Iterable", "Iterator", "List", "Literal"}
        | {"Mapping", "MutableMapping", "NamedTuple", "NoReturn", "Optional", "Protocol"}
        | {"Sequence", "Set", "Sized", "TYPE_CHECKING", "Text", "Tuple", "Type", "TypeVar"}
        | {"TypedDict", "Union", "cast", "overload"}
    ),
}


class _Usage(NamedTuple):
    """What decides whether a statement of one side is needed.

    Attributes:
        names: read by either side, or taken by other files.
        loggers: names that hold nothing but a logger.
        present: imports that the other, earlier side has, as `dump` shows them; None on the
            earlier side. An import that only the later side has must be sure to succeed.
        ours: names under which files of ours are imported: those are no standard modules.
        reached: modules that code reaches through the names of their packages.
        later: imports that the other, later side has; nothing on that side itself.
        has_numpy: whether that side cannot be imported without numpy.
    """

    names: frozenset[str]
    loggers: frozenset[str]
    present: frozenset[str] | None
    ours: frozenset[str]
    reached: frozenset[str]
    later: frozenset[str]
    has_numpy: bool = False


def remove_unused(before: ast.Module, after: ast.Module, around: Surroundings) -> None:
    """Remove, in place, unused imports without effect and loggers that nothing uses.

    What is left of neighbouring imports without effect is put in one order. Nothing happens where
    any name may be used unseen.
    """
    if around.are_unknown or is_dynamic(before) or is_dynamic(after):
        return
    present, has_numpy = _single_imports(before), _has_numpy(before)
    loggers = read_scope(before).loggers, read_scope(after).loggers
    reached = reached_modules(before) | reached_modules(after)
    later = _single_imports(after)
    size = -1
    while size != len(before.body) + len(after.body):
        size = len(before.body) + len(after.body)
        names = frozenset(used(before) | used(after) | around.taken)
        before.body = _needed_of(
            before, _Usage(names, loggers[0], None, around.modules, reached, later)
        )
        after.body = _needed_of(
            after,
            _Usage(names, loggers[1], present, around.modules, reached, frozenset(), has_numpy),
        )
    for module in (before, after):
        module.body = _ordered(module.body, around.modules)


def _needed_of(module: ast.Module, usage: _Usage) -> list[ast.stmt]:
    return [part for statement in module.body for part in _needed(statement, usage)]


def _single_imports(module: ast.Module) -> frozenset[str]:
    return frozenset(ast.dump(single) for statement in module.body for single in _split(statement))


def _has_numpy(module: ast.Module) -> bool:
    """Tell whether an import at the top of a module needs numpy."""
    return any(
        name.partition(".")[0] in _BRING_NUMPY
        for statement in module.body
        for single in _split(statement)
        for name in [single.names[0].name if isinstance(single, ast.Import) else single.module]
        if name and not getattr(single, "level", 0)
    )


def _split(statement: ast.stmt) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield one import for each name that an import statement binds."""
    match statement:
        case ast.Import(names=names):
            for alias in names:
                yield ast.copy_location(ast.Import([alias]), statement)
        case ast.ImportFrom(names=names, module=module, level=level):
            for alias in names:
                yield ast.copy_location(ast.ImportFrom(module, [alias], level), statement)
        case _:
            return


def _needed(statement: ast.stmt, usage: _Usage) -> Iterator[ast.stmt]:
    """Yield what stays of a statement at the top of a module, its imports split."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        singles = list(_split(statement))
        loads_anyhow = any(ast.dump(single) in usage.later for single in singles)
        for single in singles:
            is_spare = loads_anyhow and _is_class(single) and ast.dump(single) not in usage.later
            is_used = alias_name(single.names[0]) in usage.names
            if is_used or not (is_spare or _may_go(single, usage)):
                yield single
    elif not _is_unused_logger(statement, usage):
        yield statement


def _is_unused_logger(statement: ast.stmt, usage: _Usage) -> bool:
    name = logger_name(statement)
    return name in usage.loggers and name not in usage.names


def _may_go(single: ast.Import | ast.ImportFrom, usage: _Usage) -> bool:
    """Tell whether an import has no effect, and whether it is sure to succeed where it is new."""
    if not usage.reached.isdisjoint(loaded_modules(single)):
        return False
    if usage.present is None or ast.dump(single) in usage.present:
        return _is_quiet_import(single, usage.ours)
    name = single.names[0].name
    root = (name if isinstance(single, ast.Import) else single.module or "").partition(".")[0]
    if root in usage.ours:
        return False
    if isinstance(single, ast.Import):
        return root in STANDARD_MODULES or (name == "numpy" and usage.has_numpy)
    return single.level == 0 and name in _KNOWN_NAMES.get(single.module or "", frozenset())


def _ordered(body: list[ast.stmt], ours: frozenset[str]) -> list[ast.stmt]:
    """Return `body` with each run of neighbouring imports in one order, where it cannot matter.

    Quiet imports that follow each other are sorted; those of Python, numpy and pandas also go
    before the frameworks that they stand behind, which import them themselves. So are the classes
    that follow each other from one module, whichever it is.
    """
    body = [one for _, run in groupby(body, _module_of_class) for one in _sorted_classes(list(run))]
    body = _by_run(body, QUIET_MODULES | _FRAMEWORKS, ours, _early_first)
    return _by_run(body, QUIET_MODULES, ours, _sorted)


def _by_run(
    body: list[ast.stmt],
    modules: frozenset[str],
    ours: frozenset[str],
    arrange: Callable[[list[ast.stmt]], list[ast.stmt]],
) -> list[ast.stmt]:
    """Return `body` with each run of neighbouring imports of these modules arranged."""
    arranged: list[ast.stmt] = []
    for is_run, statements in groupby(body, lambda one: _root(one) in modules - ours):
        run = list(statements)
        arranged += arrange(run) if is_run and _is_clear(run) else run
    return arranged


def _is_class(single: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    """Tell whether an import takes a class from a module: no name of a module begins so."""
    return isinstance(single, ast.ImportFrom) and single.names[0].name[0].isupper()


def _module_of_class(single: ast.stmt) -> tuple[str | None, int] | None:
    return (single.module, single.level) if _is_class(single) else None


def _sorted_classes(run: list[ast.stmt]) -> list[ast.stmt]:
    return _sorted(run) if _module_of_class(run[0]) and _is_clear(run) else run


def _early_first(run: list[ast.stmt]) -> list[ast.stmt]:
    return sorted(run, key=lambda statement: _root(statement) not in _EARLY)


def _sorted(run: list[ast.stmt]) -> list[ast.stmt]:
    return sorted(run, key=ast.dump)


def _is_clear(run: list[ast.stmt]) -> bool:
    """Tell whether no two imports give one name another meaning."""
    meanings = {(name, what) for statement in run for name, what in _meanings(statement)}
    return len(meanings) == len({name for name, _ in meanings})


def _meanings(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    """Yield each name that an import binds with what it binds it to."""
    for single in _split(statement):
        alias = single.names[0]
        is_plain = isinstance(single, ast.Import) and alias.asname is None
        yield alias_name(alias), alias_name(alias) if is_plain else ast.dump(single)


def _is_quiet_import(statement: ast.stmt, ours: frozenset[str]) -> bool:
    return _root(statement) in QUIET_MODULES - ours


def _root(statement: ast.stmt) -> str:
    """Return the first part of the module that a single import names; nothing for others."""
    match statement:
        case ast.Import(names=[alias]):
            path = alias.name
        case ast.ImportFrom(module=str(module), level=0):
            path = module
        case _:
            path = ""
    return "" if _EXPERIMENTAL in path else path.partition(".")[0]
