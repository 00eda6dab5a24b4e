"""What the figures were measured on."""

import os
import platform
from pathlib import Path

from benchmarks.process import git, output


def description(folder: Path) -> list[str]:
    """Return lines that say what was measured, and where; `folder` is where the files lay."""
    project = Path(__file__).parents[1]
    changed = git(project, "status", "--porcelain", "--untracked-files=no")
    commit = git(project, "rev-parse", "--short=12", "HEAD")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return [
        f"machine: {_processor()}, {os.cpu_count()} cores, load {load} when it ended",
        f"system: {platform.system()} {platform.machine()}, files on {_file_system(folder)}",
        f"Python: {platform.python_implementation()} {platform.python_version()}",
        f"git: {output(['git', '--version']).removeprefix('git version ').rstrip()}",
        f"commit: {commit}{' and uncommitted changes' if changed else ''}",
    ]


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    for line in facts.read_text(encoding="utf-8").splitlines() if facts.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _file_system(folder: Path) -> str:
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "an unknown file system"
    fields = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    above = [(len(place), kind) for _, place, kind, *_ in fields if folder.is_relative_to(place)]
    return max(above, default=(0, "an unknown file system"))[1]
