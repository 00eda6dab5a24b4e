"""The floor of every edit on disk: read each file and write the same bytes back in place.

Also a program, `python rewrite.py FOLDER`, that imports nothing beyond `os` and `sys`.
"""

import os
import sys

_LARGEST = 1 << 20


def rewrite_in_place(folder: str) -> int:
    """Return how many bytes were read from, and written back to, the files below `folder`."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            descriptor = os.open(f"{parent}/{name}", os.O_RDWR)
            total += os.pwrite(descriptor, os.read(descriptor, _LARGEST), 0)
            os.close(descriptor)
    return total


if __name__ == "__main__":
    rewrite_in_place(sys.argv[1])
