"""Somebody changes a deployment in the portal, and one issue tells of it until it is settled."""

import json
import os
import subprocess
import sys
from typing import Any

from github.Issue import Issue

from bot.sandbox.world import PROJECT, terminal_environment
from tests.conversations.azure import Production
from tests.conversations.conftest import Golden
from tests.conversations.scene import Scene
from tests.conversations.talk import normalised

CHANGED = "P001/C001"


def look(scene: Scene) -> list[str]:
    """Run the schedule; return what it wrote to GitHub."""
    seen = max((call["id"] for call in scene.calls()), default=0)
    scene.dispatch("schedule.yml")
    calls = scene.calls(after=seen)
    return [f"{one['method']} {one['path']}" for one in calls if one["method"] != "GET"]


def issues(scene: Scene) -> list[Issue]:
    return list(scene.person("lise").repository.get_issues(state="all"))


def shown(issue: Issue) -> str:
    labels = ", ".join(label.name for label in issue.labels)
    head = f"{issue.title} ({issue.state}; {labels}; by {issue.user.login})"
    return normalised(f"# {head}\n\n{issue.body}", issue.number)


def ask(scene: Scene) -> tuple[int, dict[str, Any]]:
    """Return the exit code of `envbot drift` in a terminal, and its JSON."""
    variables = {**os.environ, **terminal_environment(scene.world.state)}
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "drift", "--format", "json"],
        cwd=scene.person("marie").folder,
        env={**variables, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return ended.returncode, json.loads(ended.stdout)


def test_drift_is_told_in_one_issue_until_it_is_settled(own_scene: Scene, golden: Golden) -> None:
    scene = own_scene
    scene.person("marie").begin_branch("somewhere-to-be")
    with Production(scene.world) as production:
        production.deploy_environment(CHANGED, "1.4.9")

    opened = look(scene)
    (issue,) = issues(scene)
    golden.matches("1-found", shown(issue))
    assert [one.rpartition("/")[2] for one in opened] == ["issues"]
    assert look(scene) == []

    scene.dispatch("apply.yml")
    log = scene.log("apply")
    with Production(scene.world) as production:
        assert production.versions()[CHANGED] == "1.4.9"
    assert "1 changed outside of git" in log

    code, content = ask(scene)
    assert (code, [one["circuit"] for one in content["changed"]]) == (100, [CHANGED])
    assert content["changed"][0]["written_by_person"]

    issue.edit(state="closed")
    look(scene)
    assert issues(scene)[0].state == "open"

    with Production(scene.world) as production:
        production.deploy_environment(CHANGED, "1.5.0")
    look(scene)
    (issue,) = issues(scene)
    golden.matches("2-settled", shown(issue))
    assert look(scene) == []
    assert ask(scene)[0] == 0
