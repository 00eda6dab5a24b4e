"""What a release can meet beside broken calls: people and services that do what they should not."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.core.production import lease
from bot.core.production.lease import Lease
from bot.sandbox.azureml import timeline
from bot.sandbox.github.git import BareRepository
from faults import story
from faults.story import PULL, Cast
from faults.world import World

_CROWD = 120  # comments: more than four pages of GitHub's
_LONG_AGO = "2024-01-01T00:00:00Z"
_CONFIG = "config/plants/P001/C001.yml"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scene is set."""

    world: World
    cast: Cast


Deed = Callable[[Stage], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens in the place of a step of the release, or just before it.

    Attributes:
        step: the world is as it was before anybody acted in this step.
        seconds: how long the test of the models takes.
    """

    step: str
    deed: Deed
    seconds: float = 0.0


def _one_model_fails(stage: Stage) -> None:
    azure = stage.world.azure
    model = next(key for key in azure.resources() if re.search(r"/models/[^/]+$", key))
    azure.put_setting(timeline.FAILING, [(azure.get(model) or {})["name"]])
    story.promote(stage.cast)


def _stranger_promotes(stage: Stage) -> None:
    stage.cast["ada"].comment(PULL, "/promote registry")


def _edited(stage: Stage) -> None:
    """Let somebody write a command into a comment that marie wrote earlier."""
    stage.cast["marie"].comment(PULL, "/promote registry")
    later = f"{datetime.now(UTC) + timedelta(seconds=5):%Y-%m-%dT%H:%M:%SZ}"
    sql = "UPDATE comments SET updated_at = ? WHERE body = ?"
    stage.world.hub.store.change(sql, later, "/promote registry")


def _too_late(stage: Stage) -> None:
    stage.world.hub.store.change("UPDATE statuses SET created_at = ?", _LONG_AGO)
    story.promote(stage.cast)


def _in_a_crowd(stage: Stage) -> None:
    for number in range(_CROWD):
        stage.cast["ada"].comment(PULL, f"Remark {number}.")
    story.promote(stage.cast)


def _pusher_approves(stage: Stage) -> None:
    _push(stage, "lise", "Reword the notes")
    story.approve(stage.cast)


def _author_approves(stage: Stage) -> None:
    """Let who opened the pull request approve it, which GitHub itself would refuse."""
    story.approve(stage.cast)
    stage.world.hub.store.change("UPDATE issues SET author = 'lise' WHERE number = ?", PULL)


def _pushed_after_approval(stage: Stage) -> None:
    """Change what would be released once it is approved: the config of one circuit."""
    ada = stage.cast["ada"]
    ada.pull_branch()
    changed = ada.read(_CONFIG).replace("sequence_length: 24", "sequence_length: 48")
    ada.commit("Look back longer", {_CONFIG: changed})


def _taken(stage: Stage) -> None:
    """Let somebody else's content have the final version before it is shared."""
    azure = stage.world.azure
    rc = next(key for key in azure.resources() if "/registries/" in key and "-rc.g" in key)
    final = rc.rpartition("-rc.g")[0]
    body = json.loads(json.dumps(azure.get(rc)).replace(rc.rpartition("/")[2], story.VERSION))
    properties = body["properties"]
    properties["tags"] = {**(properties.get("tags") or {}), "env_digest": "0" * 64}
    azure.put(final, final.rpartition("/")[0], body)
    story.approve(stage.cast)


def _past_the_gate(stage: Stage) -> None:
    """Push to main what nobody approved, as a repository's administrator could."""
    hub, lise = stage.world.hub, stage.cast["lise"]
    hub.change_settings(stage.world.repository, {"bypass_actors": ["lise"]})
    lise.begin_branch("main")
    ahead = lise.read(_CONFIG).replace("1.5.0", story.VERSION)
    lise.commit("Move one circuit ahead", {_CONFIG: ahead})


def _held(stage: Stage) -> None:
    """Let another run hold the lease of production when the merge comes."""
    take_lease(stage.world.repository.git)
    story.merge(stage.cast)


def take_lease(git: BareRepository) -> None:
    """Take the lease of production for a run that nobody knows."""
    held = Lease("somebody", "elsewhere", datetime.now(UTC) + timedelta(hours=1))
    blob = git.run("hash-object", "-w", "--stdin", data=lease.to_json(held)).decode().strip()
    listing = f"100644 blob {blob}\t{lease.FILE}\n".encode()
    tree = git.run("mktree", data=listing).decode().strip()
    git.set_ref(lease.ref_of("production"), git.commit_tree(tree, (), "Held", "x <x@example.com>"))


def _push(stage: Stage, login: str, message: str) -> None:
    """Let somebody push to ada's branch a file that nothing depends on."""
    ada = stage.cast["ada"]
    ada.pull_branch()
    person = stage.cast[login]
    shutil.copytree(ada.folder, person.folder)
    person.commit(message, {"docs/notes.md": f"{message}.\n"})


SCENES: Mapping[str, Scene] = {
    "one model fails": Scene("promote", _one_model_fails),
    "the test takes time": Scene("promote", lambda stage: story.promote(stage.cast), 0.5),
    "a stranger promotes": Scene("promote", _stranger_promotes),
    "the command is edited": Scene("promote", _edited),
    "the evidence is old": Scene("promote", _too_late),
    "a long conversation": Scene("promote", _in_a_crowd),
    "a pusher approves": Scene("approve", _pusher_approves),
    "the author approves": Scene("approve", _author_approves),
    "the version is taken": Scene("approve", _taken),
    "pushed after approval": Scene("apply", _pushed_after_approval),
    "pushed past the gate": Scene("apply", _past_the_gate),
    "the lease is held": Scene("apply", _held),
}
