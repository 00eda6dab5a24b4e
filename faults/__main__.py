"""`python -m faults`: see `faults.command`, which worker processes can import by its name."""

import sys

from faults.command import main

if __name__ == "__main__":
    sys.exit(main())
