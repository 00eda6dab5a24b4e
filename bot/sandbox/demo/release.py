"""Chapters 1 to 3: a pull request, its evidence, its candidate tested on every model."""

from dataclasses import dataclass

from bot.adapters.folder import read_folder
from bot.core.environment import candidate_version, env_digest
from bot.sandbox.demo import material
from bot.sandbox.demo.inspection import Snapshot, versions
from bot.sandbox.demo.stage import ENVIRONMENT, Stage

CIRCUITS = 200
PLANTS = 24
_UNLUCKY = "sensor_model_P003_C004"
_FAILURE_LOG = f"""\
Traceback (most recent call last):
  File "sensor_scoring/preprocessing.py", line 31, in write_windows
OSError: [Errno 28] No space left on device: '/tmp/{_UNLUCKY}.npy'
"""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A pull request with its candidate."""

    number: int
    version: str
    candidate: str


def show_fleet(stage: Stage) -> Snapshot:
    """Show what production runs before anything happens; return it."""
    fleet = stage.azure.deployments()
    plants: dict[str, int] = {}
    for key in fleet:
        plants[key.split("/")[0]] = plants.get(key.split("/")[0], 0) + 1
    stage.say.check(
        f"{CIRCUITS} deployments in {PLANTS} plants run {ENVIRONMENT} 1.5.0",
        holds=versions(fleet) == {"1.5.0": CIRCUITS} and len(plants) == PLANTS,
    )
    return fleet


def open_logging_improvement(stage: Stage, version: str, branch: str) -> Proposed:
    """Ada improves logging; the bot reviews, edits 200 configs, registers the candidate."""
    ada = stage.person("ada")
    ada.begin_branch(branch)
    score, spec = ada.read(material.SCORE), ada.read(material.SPEC)
    summary = "Log each prediction with its sensor and confidence"
    ada.commit(
        "Improve logging of predictions",
        {
            material.SCORE: material.better_logging(score),
            material.SPEC: material.at_version(spec, version, summary),
        },
    )
    pull = ada.open_pull("Improve logging of predictions", "Who scored what, and how sure.")
    stage.say.act("ada", f"opens #{pull.number}: {pull.title} ({version})")
    stage.settle()
    return Proposed(pull.number, version, _candidate(stage, version))


def check_reviewed(stage: Stage, proposed: Proposed) -> None:
    """Check what the bot said and did about the pull request."""
    number, ada, say = proposed.number, stage.person("ada"), stage.say
    stage.tell_new(number)
    pull, summary = ada.pull(number), stage.summary(number)
    say.check("the bot calls it non-breaking", holds="Non-breaking environment change" in summary)
    say.check("it says which rule decides, and where", holds="logging_changed" in summary)
    edited = ada.numstat(pull.base.sha, pull.head.sha, "config/plants")
    one_line = all(added == removed == "1" for added, removed, _ in edited)
    say.check(
        f"{CIRCUITS} configs changed, one line in each", holds=len(edited) == CIRCUITS and one_line
    )
    commits = [commit.commit.message for commit in pull.get_commits()]
    say.check("the bot made one commit of it", holds=len(commits) == 2)  # noqa: PLR2004 - ada's and the bot's
    registered = stage.azure.environment("dev", proposed.candidate)
    say.check(f"dev has {ENVIRONMENT}:{proposed.candidate}", holds=registered is not None)
    state, description = stage.release_status(number)
    say.check(f"envbot/release is pending: {description}", holds=state == "pending")
    say.check("the evidence checklist is open", holds="- [ ]" in summary)


def push_evidence(stage: Stage, proposed: Proposed) -> None:
    """Ada pushes the notebook she ran on the candidate; a forged one before it is refused."""
    ada = stage.person("ada")
    ada.pull_branch()
    notebook = material.evidence_notebook(ENVIRONMENT, proposed.candidate)
    path = f"evidence/{proposed.version}.ipynb"
    ada.commit(f"Show scoring with {proposed.version}", {path: notebook})
    stage.say.act("ada", f"runs the notebook on {proposed.candidate} and pushes {path}")
    stage.settle()
    stage.tell_new(proposed.number)
    head = ada.pull(proposed.number).head.sha
    state, description = ada.status(head, "envbot/evidence")
    stage.say.check(f"the evidence is ticked: {description}", holds=state == "success")
    state, description = ada.status(head, "envbot/evidence-run")
    stage.say.check(f"envbot ran it as well: {description}", holds=state == "success")


def push_forged_evidence(stage: Stage, proposed: Proposed) -> None:
    """Ada pushes a notebook that looks complete: of another candidate, and it hides errors."""
    ada, say = stage.person("ada"), stage.say
    ada.pull_branch()
    other = f"{proposed.version}-rc.g00c0ffee"
    path = f"evidence/{proposed.version}.ipynb"
    notebook = material.forged_notebook(ENVIRONMENT, other)
    ada.commit(f"Show scoring with {proposed.version}", {path: notebook})
    say.act("ada", f"pushes {path}: run on {other}, and scoring hides its errors")
    stage.settle()
    stage.tell_new(proposed.number)
    summary = stage.summary(proposed.number)
    state, description = ada.status(ada.pull(proposed.number).head.sha, "envbot/evidence")
    say.check(f"the notebook is refused: {description}", holds=state not in ("", "success"))
    say.check("the checklist names the other candidate", holds=other in summary)
    say.check("it names the cell that hides errors", holds="cell 4" in summary.lower())


def promote(stage: Stage, proposed: Proposed) -> None:
    """An outsider is refused; an ML engineer's command shares the candidate and tests all."""
    number, say = proposed.number, stage.say
    say.act("mallory", "comments /promote registry")
    stage.person("mallory").comment(number, "/promote registry")
    stage.settle()
    stage.tell_new(number)
    say.check("an outsider is refused, with a reason", holds="PERM_DENIED" in stage.reply(number))
    untouched = stage.azure.environment("registry", proposed.candidate) is None
    say.check("nothing happened", holds=untouched and not stage.azure.jobs("test"))

    stage.control.script(failing_models=[_UNLUCKY], failure_log=_FAILURE_LOG)
    say.act("marie", "comments /promote registry")
    stage.person("marie").comment(number, "/promote registry")
    stage.settle()
    stage.tell_new(number)
    shared = stage.azure.environment("registry", proposed.candidate)
    say.check(f"the registry has {proposed.candidate}", holds=shared is not None)
    jobs = stage.azure.jobs("test")
    say.check(f"one pipeline job tested everything: {', '.join(jobs)}", holds=len(jobs) == 1)
    named = f"1 of {CIRCUITS} models did not pass" in stage.reply(number)
    named = named and "No space left on device" in stage.reply(number)
    say.check("the reply names the one that failed, with its log", holds=named)
    state, description = stage.release_status(number)
    say.check(f"envbot/release stays closed: {description}", holds=state == "pending")


def repeat_tests(stage: Stage, proposed: Proposed) -> None:
    """What made the one model fail is repaired; the tests are repeated, and all pass."""
    number, say = proposed.number, stage.say
    first = stage.azure.jobs("test")
    stage.control.script(failing_models=[], failure_log="")
    say.act("marie", "clears the disk of the test cluster and comments /retry")
    stage.person("marie").comment(number, "/retry")
    stage.settle()
    stage.tell_new(number)
    passed = f"all {CIRCUITS} production models passed" in stage.reply(number)
    say.check(f"all {CIRCUITS} production models passed", holds=passed)
    again = len(stage.azure.jobs("test")) - len(first)
    say.check("the tests ran as a second job", holds=len(first) == again == 1)


def _candidate(stage: Stage, version: str) -> str:
    """Return the rc version that the branch's content must have, from its files alone."""
    ada = stage.person("ada")
    ada.pull_branch()
    return candidate_version(version, env_digest(read_folder(ada.folder, "environment")))
