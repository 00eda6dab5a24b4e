"""One git process, run with nothing inherited that a repository or a user could bend."""

import base64
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.errors import BotError

FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
_TIMEOUT_SECONDS = 300
_STDERR_CAP = 400
# No hooks, no prompts, no system or user configuration: what runs here is decided here.
_ALWAYS = (
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.quotePath=false",
    "-c", "protocol.ext.allow=never",
    "-c", "gc.auto=0",
)  # fmt: skip


class GitError(BotError):
    """git answered with an error; `stderr` holds what it said."""

    def __init__(self, what: str, *, code: int, stderr: str) -> None:
        super().__init__(what)
        self.code = code
        self.stderr = stderr


class Git:
    """Runs git in one repository.

    Attributes:
        root: the repository, bare or not.
        token: sent to `server` as basic authentication; stays in the environment of the child.
        server: the URL prefix that may see the token, e.g. `https://github.com/`.
    """

    def __init__(
        self, root: Path, token: str | None = None, server: str = "https://github.com/"
    ) -> None:
        self.root = root
        self.token = token
        self.server = server

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        accept: Sequence[int] = (0,),
    ) -> subprocess.CompletedProcess[bytes]:
        """Return the finished process.

        Raises:
            GitError: git exited with a code that is not in `accept`, or took over five minutes.
        """
        try:
            finished = subprocess.run(
                ["git", *_ALWAYS, "-C", str(self.root), *arguments],
                input=stdin,
                capture_output=True,
                check=False,
                env={**self._environment(), **(environment or {})},
                timeout=_TIMEOUT_SECONDS,
            )
        except OSError as error:
            what = f"git cannot be run in {self.root} ({error.strerror})."
            raise GitError(what, code=-1, stderr="") from error
        except subprocess.TimeoutExpired as error:
            what = f"git {arguments[0]} took over {_TIMEOUT_SECONDS} s."
            raise GitError(what, code=-1, stderr="timed out") from error
        if finished.returncode not in accept:
            raise _error(arguments[0], finished)
        return finished

    def text(self, *arguments: str) -> str:
        """Return the standard output without the line end."""
        return self.run(*arguments).stdout.decode("utf-8", "replace").rstrip("\n")

    def _environment(self) -> dict[str, str]:
        inherited = {
            key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ
        }
        fixed = {
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
        }
        return inherited | fixed | self._authentication()

    def _authentication(self) -> dict[str, str]:
        if not self.token:
            return {}
        basic = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        return {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{self.server}.extraheader",
            "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {basic}",
        }


def _error(verb: str, finished: subprocess.CompletedProcess[bytes]) -> GitError:
    stderr = finished.stderr.decode("utf-8", "replace").strip()
    lines = stderr.splitlines() or [f"exit code {finished.returncode}"]
    # The last complaint: what follows it is advice, and often advice that does not apply here.
    said = next((line for line in reversed(lines) if line.startswith("fatal: ")), lines[-1])
    return GitError(
        f"git {verb} failed: {said[:_STDERR_CAP].rstrip('.')}.",
        code=finished.returncode,
        stderr=stderr,
    )
