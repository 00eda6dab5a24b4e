"""Where the `envbot` script and `python -m bot` begin."""

import atexit
import gc
import sys

from bot import __version__


def main() -> None:
    """Run envbot; to tell the version it loads no command line, which is most of the time."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"envbot, version {__version__}\n")
        return
    # Loading makes no cycles to collect; looking for them takes a fifteenth of a classification.
    gc.set_threshold(100_000)
    # Nor does ending: what is left dies with the process, and a look through it takes a tenth.
    atexit.register(gc.freeze)
    from bot.cli import main as run  # noqa: PLC0415 - that is what the version need not load

    run()


if __name__ == "__main__":
    main()
