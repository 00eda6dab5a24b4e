"""Chapter 4: two people approve, production follows, and what goes wrong on the way is mended."""

import time
from collections import Counter

from bot.errors import BotError
from bot.sandbox.demo.inspection import Snapshot, differing, versions
from bot.sandbox.demo.lost_machine import lose_job
from bot.sandbox.demo.release import CIRCUITS, Proposed
from bot.sandbox.demo.stage import ENVIRONMENT, Stage

_BEFORE_THE_LOSS = 60  # deployments written
_PATIENCE_SECONDS = 60
_POLL_SECONDS = 0.3
_UNLUCKY = "batch-endpoint-plant-P007/deployments/deployment-circuit-C003"
_FAILURE = {
    "resource": _UNLUCKY,
    "code": "OutOfCapacity",
    "message": "The region is out of capacity for this deployment.",
}


def approve(stage: Stage, proposed: Proposed) -> None:
    """Two people approve; the tested candidate gets its final version."""
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


def merge_and_lose_the_runner(stage: Stage, proposed: Proposed) -> str:
    """Lise merges; the machine that applies is lost half way. Returns the merge commit."""
    say = stage.say
    stage.control.script(operation_failures=[_FAILURE])
    since = _last_call(stage)
    commit = stage.person("lise").merge(proposed.number)
    say.act("lise", f"merges #{proposed.number} as {commit[:7]}; production is written at once")
    _await_writes(stage, since)
    [process] = lose_job(stage.world, "apply")
    say.act("the machine", f"that applies it is lost: SIGKILL to process {process}")
    stage.settle(failing=("apply",))
    stage.tell_new(proposed.number)
    runs = versions(stage.azure.deployments())
    say.check(
        f"{runs[proposed.version]} deployments run {proposed.version}, "
        f"{runs['1.5.0']} still run 1.5.0, {runs['failed']} failed",
        holds=0 < runs[proposed.version] < CIRCUITS - 1,
    )
    return commit


def resume(stage: Stage, proposed: Proposed, before: Snapshot) -> None:
    """Repeating finishes what was begun; the one deployment that fails keeps nobody waiting."""
    since = _last_call(stage)
    _retry(stage, proposed.number)
    after = versions(stage.azure.deployments())
    say = stage.say
    say.check(
        f"{after[proposed.version]} deployments run {proposed.version}, {after['failed']} failed",
        holds=after == {proposed.version: CIRCUITS - 1, "failed": 1},
    )
    say.check("the bot says which, and why", holds="OutOfCapacity" in stage.reply(proposed.number))

    say.act("Azure", "has capacity again")
    stage.control.script(operation_failures=[])
    _retry(stage, proposed.number)
    after_all = stage.azure.deployments()
    say.check(
        f"{CIRCUITS} deployments run {proposed.version}",
        holds=versions(after_all) == {proposed.version: CIRCUITS},
    )
    only = differing(before, after_all) == {"environment"}
    say.check(
        "nothing but the environment changed in any of them, envbot's own tag aside", holds=only
    )
    twice = [name for name, count in _writes(stage, since).items() if count > 1]
    say.check(
        "only the one that failed was written again",
        holds=[name.lower() for name in twice] == [_UNLUCKY.lower()],
    )


def _retry(stage: Stage, number: int) -> None:
    stage.say.act("marie", "comments /retry")
    stage.person("marie").comment(number, "/retry")
    stage.settle()
    stage.tell_reply(number)


def _await_writes(stage: Stage, since: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while _writes(stage, since).total() < _BEFORE_THE_LOSS:
        if time.monotonic() > deadline:
            raise BotError("The apply wrote nothing that could be interrupted.")
        time.sleep(_POLL_SECONDS)


def _last_call(stage: Stage) -> int:
    calls = stage.control.log()
    return int(calls[-1]["seq"]) if calls else 0


def _writes(stage: Stage, since: int) -> Counter[str]:
    """Return how often each deployment was written after a call."""
    calls = stage.control.log(after=since)
    paths = [one["target"].partition("?")[0] for one in calls if one["method"] == "PUT"]
    return Counter(
        path.rpartition("/batchEndpoints/")[2] for path in paths if "/deployments/" in path
    )
