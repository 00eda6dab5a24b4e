"""The shape of the house: which way imports point, how long functions are, how files are named."""

import ast
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import Exit

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "bot").rglob("*.py"))
}
MODULES = [pytest.param(name, id=name) for name in SOURCES]

# Who may import whom. A part that is missing here has no place in the house yet.
MAY_IMPORT = {
    "__init__": set[str](),
    "__main__": {"__init__", "cli"},
    "errors": {"core"},
    "core": {"core", "errors"},
    "handlers": {"core", "errors", "handlers"},
    "adapters": {"__init__", "adapters", "core", "errors", "settings"},
    "jobs": {"jobs"},
    "sandbox": {"__init__", "adapters", "core", "errors", "sandbox"},
    "settings": {"errors"},
    "wiring": {"adapters", "core", "errors", "handlers", "settings"},
    "cli": {
        *("__init__", "adapters", "cli_cloud", "cli_local", "cli_output", "cli_sandbox"),
        *("core", "errors", "handlers", "wiring"),
    },
    "cli_cloud": {"__init__", "adapters", "cli_output", "core", "handlers", "wiring"},
    "cli_local": {"__init__", "adapters", "cli_output", "core", "errors", "handlers", "wiring"},
    "cli_output": {"errors"},
    "cli_sandbox": {"errors", "sandbox"},
}
PURE_PACKAGES = {"bot", "msgspec", "nbformat", "packaging", "yaml"}
IMPURE_STANDARD_LIBRARY = {
    "asyncio",
    "glob",
    "http",
    "io",
    "logging",
    "os",
    "pathlib",
    "platform",
    "random",
    "secrets",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "uuid",
}
CLOCKS = {"now", "today", "utcnow"}
VAGUE_NAMES = {"base", "common", "helpers", "manager", "misc", "shared", "util", "utils"}
SDKS = {"azure", "github"}


def part_of(module: str) -> str:
    """Return the part of the house that a name belongs to: `bot.core.tree` is in `core`."""
    part = module.removeprefix("bot").removeprefix(".").split(".")[0]
    return "__init__" if part in {"", "__version__"} else part


def imports(module: str) -> Iterator[str]:
    """Yield the absolute name of everything that a module imports, wherever the import stands."""
    for node in ast.walk(ast.parse(SOURCES[module].read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top_level(names: Iterator[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def functions() -> Iterator[tuple[str, int]]:
    """Yield each function of the bot with its number of lines, its docstring not counted."""
    for module, path in SOURCES.items():
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{module}.{node.name}", length(node)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def raises_again(handler: ast.ExceptHandler) -> bool:
    """Tell cleaning up on the way out from catching."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_inwards(module: str) -> None:
    part = part_of(module)
    used = {part_of(name) for name in imports(module) if name.split(".")[0] == "bot"}

    assert part in MAY_IMPORT, f"say in MAY_IMPORT what bot.{part} may import"
    assert used <= MAY_IMPORT[part]


@pytest.mark.parametrize("module", [name for name in SOURCES if part_of(name) == "core"])
def test_core_needs_neither_the_machine_nor_the_network(module: str) -> None:
    used = top_level(imports(module))
    foreign = {name for name in used if name not in sys.stdlib_module_names} - PURE_PACKAGES

    assert not foreign
    assert not used & IMPURE_STANDARD_LIBRARY


@pytest.mark.parametrize("module", [name for name in SOURCES if part_of(name) == "core"])
def test_core_opens_no_file_and_reads_no_clock(module: str) -> None:
    calls = [
        node.func
        for node in ast.walk(ast.parse(SOURCES[module].read_bytes()))
        if isinstance(node, ast.Call)
    ]

    assert "open" not in {call.id for call in calls if isinstance(call, ast.Name)}
    assert not CLOCKS & {call.attr for call in calls if isinstance(call, ast.Attribute)}


@pytest.mark.parametrize("module", [name for name in SOURCES if part_of(name) == "handlers"])
def test_handlers_know_ports_and_no_sdk(module: str) -> None:
    assert not top_level(imports(module)) & SDKS


@pytest.mark.parametrize("module", MODULES)
def test_a_file_is_named_after_what_it_holds(module: str) -> None:
    assert not set(module.rsplit(".", maxsplit=1)[-1].split("_")) & VAGUE_NAMES


@pytest.mark.parametrize("module", [name for name in SOURCES if name != "bot.cli"])
def test_only_the_command_line_catches_everything(module: str) -> None:
    caught = [
        node.type
        for node in ast.walk(ast.parse(SOURCES[module].read_bytes()))
        if isinstance(node, ast.ExceptHandler) and not raises_again(node)
    ]
    names = {ast.unparse(kind) if kind else "everything" for kind in caught}

    assert not names & {"everything", "Exception", "BaseException"}


def test_functions_read_in_one_breath() -> None:
    lengths = dict(functions())
    long = sorted(name for name, lines in lengths.items() if lines > 40)

    assert statistics.median(lengths.values()) <= 10
    assert not [name for name, lines in lengths.items() if lines > 60]
    assert len(long) < 0.02 * len(lengths), long


REPORT_IMPORTS = """
import atexit, json, sys
from pathlib import Path

report = Path(sys.argv.pop(1))
atexit.register(lambda: report.write_text(json.dumps(sorted(sys.modules))))
from bot.cli import main
sys.exit(main())
"""


def run_and_report_imports(tmp_path: Path, *arguments: str, cwd: Path) -> set[str]:
    """Run `envbot arguments`, and return the top-level packages that it had imported at the end."""
    report = tmp_path / "modules.json"
    finished = subprocess.run(
        [sys.executable, "-c", REPORT_IMPORTS, str(report), *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode in {Exit.OK, Exit.BLOCKED}, finished.stdout + finished.stderr
    return top_level(iter(json.loads(report.read_text())))


@pytest.fixture
def repository(tmp_path: Path, checkout: Path) -> Path:
    """Return a git repository with one commit: the sample environment and two of its circuits."""
    root = tmp_path / "repository"
    shutil.copytree(checkout / "environment", root / "environment")
    shutil.copytree(checkout / "config", root / "config", ignore=shutil.ignore_patterns("plants"))
    for circuit in sorted((checkout / "config" / "plants").rglob("*.yml"))[:2]:
        target = root / circuit.relative_to(checkout)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(circuit, target)
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", "-C", str(root), *command], check=True)
    return root


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--help",), id="help"),
        pytest.param(("validate", "--root", "."), id="validate"),
        pytest.param(("classify", "--base-dir", ".", "--head-dir", "."), id="classify"),
        pytest.param(("review", "--base", "HEAD", "--head", "HEAD"), id="review"),
    ],
)
def test_a_review_loads_no_sdk(
    tmp_path: Path, repository: Path, arguments: tuple[str, ...]
) -> None:
    assert not run_and_report_imports(tmp_path, *arguments, cwd=repository) & SDKS
