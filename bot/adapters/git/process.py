"""One git process, run with nothing inherited that a repository or a user could bend."""

import base64
import os
import subprocess
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import IO

from bot.errors import BotError

FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
_TIMEOUT_SECONDS = 300
_STDERR_CAP = 400
_CHUNK_BYTES = 65_536
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
                self._command(arguments),
                input=stdin,
                capture_output=True,
                check=False,
                env={**self._environment(), **(environment or {})},
                timeout=_TIMEOUT_SECONDS,
            )
        except OSError as error:
            raise self._cannot_be_run(error) from error
        except subprocess.TimeoutExpired as error:
            raise _took_too_long(arguments[0]) from error
        if finished.returncode not in accept:
            raise _error(arguments[0], finished)
        return finished

    def stream(self, *arguments: str) -> Generator[bytes, None, None]:
        """Yield what git writes, each text that it ends by NUL, while it writes on.

        Close it to read no further: git is ended then, and what it was yet to say is lost.

        Raises:
            GitError: git exited with another code than 0, or took over five minutes.
        """
        with TemporaryFile() as stderr, self._start(arguments, stderr.fileno()) as process:
            timer = Timer(_TIMEOUT_SECONDS, process.kill)
            timer.start()
            try:
                yield from _ended_by_nul(process.stdout)
                code = process.wait()
                if not timer.is_alive():
                    raise _took_too_long(arguments[0])
                if code != 0:
                    stderr.seek(0)
                    finished = subprocess.CompletedProcess(process.args, code, b"", stderr.read())
                    raise _error(arguments[0], finished)
            finally:
                timer.cancel()
                process.kill()

    def text(self, *arguments: str) -> str:
        """Return the standard output without the line end."""
        return self.run(*arguments).stdout.decode("utf-8", "replace").rstrip("\n")

    def _start(self, arguments: Sequence[str], stderr: int) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command(arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=self._environment(),
            )
        except OSError as error:
            raise self._cannot_be_run(error) from error

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return ["git", *_ALWAYS, "-C", str(self.root), *arguments]

    def _cannot_be_run(self, error: OSError) -> GitError:
        what = f"git cannot be run in {self.root} ({error.strerror})."
        return GitError(what, code=-1, stderr="")

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


def _ended_by_nul(stdout: IO[bytes] | None) -> Iterator[bytes]:
    rest = b""
    while stdout and (chunk := stdout.read(_CHUNK_BYTES)):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _took_too_long(verb: str) -> GitError:
    what = f"git {verb} took over {_TIMEOUT_SECONDS} s."
    return GitError(what, code=-1, stderr="timed out")


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
