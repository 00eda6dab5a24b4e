"""Chapter 6: somebody pushes to main, past every approval."""

import requests

from bot.sandbox.demo.inspection import Snapshot
from bot.sandbox.demo.stage import Stage

_CONFIG = "config/plants/P001/C001.yml"


def push_past_approval(stage: Stage, version: str) -> None:
    """An administrator pushes a circuit's version to main; production stays as it is."""
    ada, say = stage.person("ada"), stage.say
    before = stage.azure.deployments()
    _let_bypass(stage, "ada")
    ada.begin_branch("main")
    config = ada.read(_CONFIG)
    ada.commit("Take 1.5.1 again", {_CONFIG: config.replace("1.5.0", version)})
    say.act("ada", f"pushes to main itself: P001/C001 is to run {version}")
    stage.settle(failing=("apply",))
    stage.tell_log("apply")
    log = stage.log("apply")
    say.check("the run fails, and lists it as unapproved", holds="1 unapproved" in log)
    _check_untouched(stage, before)

    ada.commit("Take it back", {_CONFIG: config})
    say.act("ada", "takes it back")
    stage.settle()
    say.check("main and production agree again", holds="unapproved" not in stage.log("apply"))
    _let_bypass(stage)


def _check_untouched(stage: Stage, before: Snapshot) -> None:
    same = stage.azure.deployments() == before
    stage.say.check("nothing was written: production is as it was", holds=same)


def _let_bypass(stage: Stage, *logins: str) -> None:
    """Let these people, and nobody else, push past the protection of main."""
    sent = {"repository": stage.world.repository, "bypass_actors": logins}
    url = f"{stage.world.github.url}/sandbox/settings"
    requests.post(url, json=sent, timeout=10).raise_for_status()
