"""`python client.py SOCKET ARGUMENT...`: runs envbot in a fork of the zygote, and ends as it does.

The runner starts this in the place of `envbot`. It imports nothing of ours, so it starts at once.
"""

import json
import os
import socket
import sys
from pathlib import Path


def main() -> int:
    """Ask for a fork with this process's environment, folder and output; return its exit code."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(sys.argv[1])
        asked = {
            "arguments": sys.argv[2:],
            "environment": dict(os.environ),
            "folder": str(Path.cwd()),
        }
        data = json.dumps(asked).encode()
        socket.send_fds(connection, [len(data).to_bytes(4, "big")], [1, 2])
        connection.sendall(data)
        code = connection.recv(16)
    return int(code or b"70")


if __name__ == "__main__":
    sys.exit(main())
