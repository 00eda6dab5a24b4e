"""Import modules in the environment that this runs in, to prove that its image can be used.

This program runs on Azure ML compute, as `python image_probe.py MODULE...`, and needs only the
standard library of Python 3.8. That it runs at all shows that the image could be built and started;
without modules that is all it shows.

Exit codes: 0 every module imports · 1 one does not · 2 the arguments are wrong.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import traceback


def main(arguments: list[str] | None = None) -> int:
    """Import the modules named; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    modules = parser.parse_args(arguments).modules
    _say(f"Python {sys.version.split()[0]} starts in this image.")
    failed = [module for module in modules if not _imports(module)]
    _say(f"{len(modules) - len(failed)} of {len(modules)} modules import.")
    return 1 if failed else 0


def _imports(module: str) -> bool:
    """Import a module and say how that went; an exit inside of it is a failure like any other."""
    began = time.monotonic()
    try:
        importlib.import_module(module)
    except (Exception, SystemExit):  # noqa: BLE001 - whatever it raises is the finding
        traceback.print_exc()
        _say(f"{module} does not import.")
        return False
    _say(f"{module} imports in {time.monotonic() - began:.1f} s.")
    return True


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
