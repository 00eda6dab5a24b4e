"""IPython's own lines, written as the Python that would do the same.

What only sets IPython up, and what of a shell line cannot be followed, becomes `pass`.
"""

import keyword
import re

from bot.core.evidence.notebook import Cell

_LINE_MAGIC = re.compile(r"^(?P<indent>[ \t]*)(?:%time(?:it)?[ \t]+(?P<timed>.+)|[%!?].*|.*\?)$")
_ASSIGNED_MAGIC = re.compile(r"^(?P<target>[ \t]*[\w, ]+=)[ \t]*(?P<line>[!%].*)$")
_PYTHON_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")
_SHELL_CELL_MAGICS = ("%%bash", "%%sh", "%%script bash", "%%script sh", "%%!", "%%system", "%%sx")
_UNCHECKED = re.compile(r"--(?:no-raise-error|bg)\b")
_FILE_CELL_MAGICS = ("%%writefile", "%%file")
# Files that could be taken for the model, the sample or the script that scores.
_SUFFIXES = r"\.(?:py|txt|sh|pkl|joblib|keras|h5|onnx|pt|npy|npz|csv|parquet|jsonl?)\b"
_INTO_SOURCE = re.compile(rf"(?:>|\btee\b|\bsed[ \t]+-i)[^|;]{{0,80}}{_SUFFIXES}")
_WRITE = "written_file.write_text(None)"
_ECHO = re.compile(r"(?:echo|printf)\b(?P<said>.*)")
_EXPORT = re.compile(r"(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)=(?P<value>\S.*)")
_SETS = re.compile(r"%(?:set_)?env[ \t]+(?P<name>\w+)(?:[ \t]*=[ \t]*|[ \t]+)(?P<value>\S.*)")
_RUNS = re.compile(r"%run[ \t]+(?:\S*/)?(?P<module>[A-Za-z_]\w*)\.py")
_GETS = re.compile(r"%env[ \t]+(?P<name>\w+)[ \t]*")
_PYTHON = re.compile(r"(?:\S*/)?python[0-9.]*\b.*")
_CONTINUED = re.compile(r"^[ \t]*[!%](?:[^\n]*\\\n)+[^\n]*", re.MULTILINE)
_LINE_END = re.compile(r"\\\n[ \t]*")
_NAME = re.compile(r"[{$]\{?([A-Za-z_]\w*)")

SHELL = "ipython_shell"
"""Stands for what a `!` line calls; its arguments are the line and the names that occur in it."""


def as_python(cell: Cell) -> str:
    """Return the source of a code cell as Python; empty for a cell of another language."""
    source = cell.source
    if not source.lstrip().startswith("%%"):
        return _lines(source)
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith(_FILE_CELL_MAGICS):
        return _WRITE
    if first.startswith(_PYTHON_CELL_MAGICS):
        return _lines(rest)
    if first.startswith(_SHELL_CELL_MAGICS) and not _UNCHECKED.search(first):
        joined = re.sub(r"\\\n", " ", rest)
        return "\n".join(_shell(line.strip()) for line in joined.split("\n"))
    return ""


def is_captured(cell: Cell) -> bool:
    """Tell whether IPython keeps all output of the cell from its readers."""
    return cell.source.lstrip().startswith("%%capture")


def _lines(source: str) -> str:
    joined = _CONTINUED.sub(lambda found: _LINE_END.sub(" ", found[0]), source)
    return "\n".join(map(_line, joined.split("\n")))


def _line(line: str) -> str:
    assigned = _ASSIGNED_MAGIC.match(line)
    if assigned:
        return f"{assigned['target']} {_expression(assigned['line'])}"
    magic = _LINE_MAGIC.match(line)
    if magic is None or (line.rstrip().endswith("?") and not re.match(r"^\s*[\w.?]+\s*$", line)):
        return line
    return magic["indent"] + (magic["timed"] or _magic(line.strip()))


def _expression(line: str) -> str:
    made = _shell(line[1:].strip()) if line.startswith("!") else _magic(line.strip())
    return made if made.startswith(SHELL) else "None"


def _magic(line: str) -> str:
    if line.startswith("!"):
        return _shell(line.lstrip("!").strip())
    if sets := _SETS.fullmatch(line):
        return f"os.environ[{sets['name']!r}] = {sets['value']!r}"
    if gets := _GETS.fullmatch(line):
        return f"os.environ[{gets['name']!r}]"
    if runs := _RUNS.fullmatch(line):
        return f"from {runs['module']} import init, run"
    return "pass"


def _shell(line: str) -> str:
    """Return a shell command as Python: what it says, sets, or runs with Python."""
    if _INTO_SOURCE.search(line):
        return _WRITE
    if echo := _ECHO.fullmatch(line):
        return f"print({_arguments(echo['said'])})"
    if export := _EXPORT.fullmatch(line):
        return f"{export['name']} = {export['value']!r}"
    return f"print({SHELL}({_arguments(line)}))" if _PYTHON.fullmatch(line) else "pass"


def _arguments(text: str) -> str:
    names = [name for name in _NAME.findall(text) if not keyword.iskeyword(name)]
    return ", ".join([repr(text), *names])
