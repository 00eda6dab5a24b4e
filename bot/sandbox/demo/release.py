"""Chapters 1 to 4: a pull request in, Azure ML changed."""

from dataclasses import dataclass

from bot.adapters.folder import read_folder
from bot.core.environment import candidate_version, env_digest
from bot.sandbox.demo import material
from bot.sandbox.demo.inspection import Snapshot, differing, versions
from bot.sandbox.demo.stage import ENVIRONMENT, Stage

CIRCUITS = 200
PLANTS = 24


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
    rows = [(name, f"{count:,}") for name, count in versions(fleet).items()]
    stage.say.table(f"Production: {len(plants)} endpoints", ("Environment", "Deployments"), rows)
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
    """Ada pushes the notebook she ran on the candidate."""
    ada = stage.person("ada")
    ada.pull_branch()
    notebook = material.evidence_notebook(ENVIRONMENT, proposed.candidate)
    path = f"evidence/{proposed.version}.ipynb"
    ada.commit(f"Show scoring with {proposed.version}", {path: notebook})
    stage.say.act("ada", f"pushes {path}, run on {proposed.candidate}")
    stage.settle()
    stage.tell_new(proposed.number)
    head = ada.pull(proposed.number).head.sha
    state, description = ada.status(head, "envbot/evidence")
    stage.say.check(f"the evidence is ticked: {description}", holds=state == "success")
    state, description = ada.status(head, "envbot/evidence-run")
    stage.say.check(f"envbot ran it as well: {description}", holds=state == "success")


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

    say.act("marie", "comments /promote registry")
    stage.person("marie").comment(number, "/promote registry")
    stage.settle()
    stage.tell_new(number)
    shared = stage.azure.environment("registry", proposed.candidate)
    say.check(f"the registry has {proposed.candidate}", holds=shared is not None)
    jobs = stage.azure.jobs("test")
    say.check(f"one pipeline job tested everything: {', '.join(jobs)}", holds=len(jobs) == 1)
    passed = f"all {CIRCUITS} production models passed" in stage.reply(number)
    say.check(f"all {CIRCUITS} production models passed", holds=passed)


def approve_and_merge(stage: Stage, proposed: Proposed, before: Snapshot) -> str:
    """Two people approve; the version is released; the merge makes production follow."""
    number, say = proposed.number, stage.say
    say.act("lise", "approves")
    stage.person("lise").approve(number)
    stage.settle()
    state, description = stage.release_status(number)
    say.check(f"one approval is not enough: {description}", holds=state == "pending")
    say.act("grace", "approves")
    stage.person("grace").approve(number)
    stage.settle()
    stage.tell_new(number)
    final = stage.azure.environment("registry", proposed.version)
    say.check(f"the registry has {ENVIRONMENT}:{proposed.version}", holds=final is not None)
    state, description = stage.release_status(number)
    say.check(f"envbot/release is green: {description}", holds=state == "success")

    commit = stage.person("lise").merge(number)
    say.act("lise", f"merges #{number} as {commit[:7]}")
    stage.settle()
    stage.tell_log("apply")
    stage.tell_new(number)
    _check_applied(stage, before, proposed.version)
    return commit


def _check_applied(stage: Stage, before: Snapshot, version: str) -> None:
    after = stage.azure.deployments()
    stage.say.check(
        f"{CIRCUITS} deployments run {version}", holds=versions(after) == {version: CIRCUITS}
    )
    changed = differing(before, after)
    stage.say.check(
        "nothing but the environment changed in any of them", holds=changed == {"environment"}
    )


def _candidate(stage: Stage, version: str) -> str:
    """Return the rc version that the branch's content must have, from its files alone."""
    ada = stage.person("ada")
    ada.pull_branch()
    return candidate_version(version, env_digest(read_folder(ada.folder, "environment")))
