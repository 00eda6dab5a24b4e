"""What a release can meet beside broken calls: people and services that do what they should not."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.core import promotion_record
from bot.sandbox.azureml import paging, timeline
from bot.sandbox.demo import material
from bot.sandbox.github.git import BareRepository
from faults import story
from faults.rivals import put_document, take_lease, write_journal
from faults.story import PULL, Cast
from faults.world import World

_CROWD = 120  # comments: more than four pages of GitHub's
_LONG_AGO = "2024-01-01T00:00:00Z"
_CONFIG = "config/plants/P001/C001.yml"
# The second push of an apply: the first takes the lease, this one writes the journal.
_TAKING, _KEEPING = (f"GET */info/refs?service=git-receive-pack#{nth}" for nth in (1, 2))
_FIRST_WRITE = "PUT */batchEndpoints/*/deployments/*#1"


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
        plan: what goes wrong meanwhile; `second-writer` is where `rival` acts.
        rival: what somebody else does then to the repository; None writes to Azure.
        waits: the settings that differ.
    """

    step: str
    deed: Deed
    seconds: float = 0.0
    plan: str = ""
    rival: Callable[[BareRepository], None] | None = None
    waits: Mapping[str, str] = field(default_factory=dict)


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
    """Change what would be released once it is approved: leave one circuit where it is."""
    ada = stage.cast["ada"]
    ada.pull_branch()
    changed = ada.read(_CONFIG).replace(story.VERSION, "1.5.0")
    ada.commit("Leave one circuit out", {_CONFIG: changed})


def _pushed_after_tests(stage: Stage) -> None:
    """Change the environment under the same version once it is tested."""
    ada = stage.cast["ada"]
    ada.pull_branch()
    changed = ada.read(material.SCORE) + "\n# Nobody has tested this.\n"
    ada.commit("Reword a remark", {material.SCORE: changed})


def _approved_before(stage: Stage) -> None:
    """Let what people approved be a commit that asks for something else."""
    story.approve(stage.cast)
    main = stage.world.repository.git.find("refs/heads/main")
    stage.world.hub.store.change("UPDATE reviews SET commit_id = ?", main)


def _approved_too_early(stage: Stage) -> None:
    story.approve(stage.cast)
    stage.world.hub.store.change("UPDATE reviews SET submitted_at = ?", _LONG_AGO)


def _approval_grown_old(stage: Stage) -> None:
    """Let lise approve just after tests that ended days ago, and grace only now."""
    story.approve(stage.cast)
    ended = datetime.now(UTC) - timedelta(days=3)
    git, ref = stage.world.repository.git, promotion_record.ref_of("custom-tf-env", story.VERSION)
    told = json.loads(git.text("show", f"{ref}:{promotion_record.FILE}"))
    told["test"]["ended_at"] = ended.isoformat()
    put_document(git, ref, promotion_record.FILE, json.dumps(told).encode())
    given = f"{ended + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    sql = "UPDATE reviews SET submitted_at = ? WHERE author = 'lise'"
    stage.world.hub.store.change(sql, given)


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


def _spelt_otherwise(stage: Stage) -> None:
    """Let one deployment run what is asked already, under an id in another spelling."""
    azure = stage.world.azure
    key = next(key for key in azure.resources() if "/deployments/" in key and "prod" in key)
    body = azure.get(key) or {}
    runs = str(body["properties"]["environmentId"])
    other = runs.rpartition("/")[0].replace("/registries/", "/Registries/")
    body["properties"]["environmentId"] = f"{other}/{story.VERSION}"
    azure.put(key, key.rpartition("/")[0], body)
    story.merge(stage.cast)


def _in_small_pages(stage: Stage) -> None:
    stage.world.azure.put_setting(paging.PAGE_SIZE, 1)
    story.merge(stage.cast)


def _merged(stage: Stage) -> None:
    story.merge(stage.cast)


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
    "pushed after the tests": Scene("approve", _pushed_after_tests),
    "another commit is approved": Scene("approve", _approved_before),
    "approved too early": Scene("approve", _approved_too_early),
    "an approval grows old": Scene("approve", _approval_grown_old),
    "an id is spelt otherwise": Scene("apply", _spelt_otherwise),
    "Azure answers in small pages": Scene("apply", _in_small_pages),
    "the lease is held": Scene("apply", _held),
    "the lease is lost in a race": Scene(
        "apply", _merged, plan=f"{_TAKING}:second-writer", rival=take_lease
    ),
    "the lease is taken over": Scene(
        "apply", _merged, plan=f"{_FIRST_WRITE}:second-writer", rival=take_lease
    ),
    "the lease cannot be renewed": Scene(
        "apply",
        _merged,
        plan=f"{_KEEPING}:second-writer",
        rival=take_lease,
        waits={"ENVBOT_LEASE_SECONDS": "0"},
    ),
    "two runs write one journal": Scene(
        "apply", _merged, plan=f"{_KEEPING}:second-writer", rival=write_journal
    ),
    "a write fails": Scene("apply", _merged, plan=f"{_FIRST_WRITE}:operation-failed"),
}
