"""The job in dev that runs the evidence notebook on its candidate, as asked and as recorded."""

import hashlib
import re
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from bot.core.canonical import digest
from bot.core.evidence.notebook import UnreadableNotebookError, read_notebook
from bot.core.evidence.reading import read_code
from bot.core.model_test import JobStatus

RunState: TypeAlias = Literal["none", "running", "passed", "failed"]
"""`none`: there is no job for this content yet."""

ATTEMPTS = 5
PROGRAM = "notebook_run.py"
NOTEBOOK, EXECUTED, RESULT, REQUEST = "notebook.ipynb", "executed.ipynb", "result.json", "run.json"
OUTPUT = "evidence"
_PROGRAM_WITH = f"python {PROGRAM} --output ${{{{outputs.{OUTPUT}}}}}"
_COMMAND = re.compile(
    rf"{re.escape(_PROGRAM_WITH)} --sha (?P<sha>[0-9a-f]{{40,64}}) --pr (?P<pr>[0-9]{{1,9}})"
    r" --env-digest (?P<env_digest>[0-9a-f]{64}) --nonce (?P<nonce>[0-9a-f]{32})"
)


class EvidenceRequest(NamedTuple):
    """One attempt at running one notebook on one candidate.

    Attributes:
        version: the rc version in dev.
        sha: the head when it was first asked for; names nothing, so that a push which leaves
            environment and notebook alone finds the same job.
        predictions: what the notebook calls its predictions.
    """

    environment: str
    version: str
    compute: str
    env_digest: str
    pr: int
    sha: str
    notebook: bytes
    predictions: tuple[str, ...]
    attempt: int = 1

    @property
    def job_name(self) -> str:
        """Return the name that this attempt has whoever repeats it."""
        name = f"evidence-{self.env_digest[:8]}-{self._fingerprint()}"
        return name if self.attempt == 1 else f"{name}-{self.attempt}"

    @property
    def notebook_digest(self) -> str:
        """Return the sha256 of the notebook's bytes, in hex digits."""
        return hashlib.sha256(self.notebook).hexdigest()

    def command(self, nonce: str) -> str:
        """Return what the job runs; its parameters stand in it, where nobody can change them."""
        parameters = f"--pr {self.pr} --env-digest {self.env_digest} --nonce {nonce}"
        return f"{_PROGRAM_WITH} --sha {self.sha} {parameters}"

    @property
    def is_last(self) -> bool:
        """Tell whether there are no further attempts at this content."""
        return self.attempt >= ATTEMPTS

    def next_attempt(self) -> "EvidenceRequest":
        """Return the attempt after this one."""
        return self._replace(attempt=self.attempt + 1)

    @property
    def last_job_name(self) -> str:
        """Return the name of the attempt after which there are none."""
        return self._replace(attempt=ATTEMPTS).job_name

    def _fingerprint(self) -> str:
        asked = [self.environment, self.version, self.compute, self.env_digest, self.pr]
        return digest([*asked, self.notebook_digest])[:12]


class EvidenceRecord(NamedTuple):
    """What Azure's interface says about a job, and the files that it left.

    Attributes:
        environment_id: what the job ran in.
        files: its outputs by name, of a job that has ended; written by code of strangers.
        url: its page.
    """

    name: str
    status: JobStatus
    environment_id: str = ""
    command: str = ""
    files: Mapping[str, bytes] = {}
    url: str = ""

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.status != "running"

    @property
    def parameters(self) -> Mapping[str, str]:
        """Return `sha`, `pr`, `env_digest` and `nonce`; nothing if it ran another command."""
        found = _COMMAND.fullmatch(self.command)
        return found.groupdict() if found else {}


class EvidenceRun(NamedTuple):
    """How the run of the notebook stands; `text` fits into a status and repeats no output.

    Attributes:
        is_spent: it failed as often as this content may be run; nothing runs it again.
    """

    state: RunState = "none"
    text: str = ""
    url: str = ""
    is_spent: bool = False


NOT_RUN = EvidenceRun()


def predictions_of(notebook: bytes) -> tuple[str, ...] | None:
    """Return what the notebook calls its predictions; None for bytes that are no notebook."""
    try:
        trace = read_code(read_notebook(notebook)).trace
    except UnreadableNotebookError:
        return None
    return tuple(dict.fromkeys(trace.predictions))
