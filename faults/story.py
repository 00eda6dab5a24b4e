"""The release that the harness disturbs, step by step: what people do, and what that starts."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.adapters.folder import read_folder
from bot.core.environment import candidate_version, env_digest
from bot.core.tree import File
from bot.sandbox.azureml import operations, timeline
from bot.sandbox.demo import material
from bot.sandbox.demo.people import Person
from bot.sandbox.github.hub import Event
from bot.sandbox.world import NAME, OWNER, make_world, sample_files
from faults.servers import Server, Servers
from faults.world import World

VERSION = "1.5.1"
PULL = 1
_POLICY = "config/policy.yml"
AS_IT_IS: Mapping[str, str] = {}
_SCRIPT = {timeline.QUEUE_SECONDS: 0.0, timeline.RUN_SECONDS: 0.0, operations.SECONDS: 0.0}


@dataclass(frozen=True, slots=True)
class Place:
    """Where people work."""

    github: Server
    repository: str = f"{OWNER}/{NAME}"


class Cast:
    """The people, each with a clone below `home`."""

    def __init__(self, servers: Servers, home: Path) -> None:
        self._place = Place(servers.github)
        self._home = home
        self._people: dict[str, Person] = {}

    def __getitem__(self, login: str) -> Person:
        """Return somebody by login."""
        if login not in self._people:
            self._home.mkdir(exist_ok=True)
            self._people[login] = Person(self._place, login, self._home)
        return self._people[login]

    def close(self) -> None:
        """Close everybody's connections."""
        for person in self._people.values():
            person.close()


Deed = Callable[[Cast], None]


def propose(cast: Cast) -> None:
    """Open the pull request: one logger, one version."""
    ada = cast["ada"]
    ada.begin_branch("improve-logging")
    files = {
        material.SCORE: material.better_logging(ada.read(material.SCORE)),
        material.SPEC: material.at_version(ada.read(material.SPEC), VERSION, "Log more"),
    }
    ada.commit("Improve logging of predictions", files)
    ada.open_pull("Improve logging of predictions", "")


def prove(cast: Cast) -> None:
    """Push the notebook."""
    ada = cast["ada"]
    ada.pull_branch()
    candidate = candidate_version(VERSION, env_digest(read_folder(ada.folder, "environment")))
    notebook = material.evidence_notebook("custom-tf-env", candidate)
    ada.commit(f"Show scoring with {VERSION}", {f"evidence/{VERSION}.ipynb": notebook})


def promote(cast: Cast) -> None:
    """Give the command."""
    cast["marie"].comment(PULL, "/promote registry")


def approve(cast: Cast) -> None:
    """Approve, both groups at once; not in the second of the verdict, which would not count."""
    time.sleep(1.1)
    cast["lise"].approve(PULL)
    cast["grace"].approve(PULL)


def merge(cast: Cast) -> None:
    """Merge."""
    cast["lise"].merge(PULL)


STEPS: Mapping[str, Deed] = {
    "propose": propose,
    "prove": prove,
    "promote": promote,
    "approve": approve,
    "apply": merge,
}


def begin(state: Path, plants: int, circuits: int, edits: Mapping[str, str] = AS_IT_IS) -> None:
    """Put a fleet of `plants` with so many `circuits` each into `state`.

    In the policy each text of `edits` becomes the other.
    """
    wanted = {
        f"config/plants/P{plant:03d}/C{circuit:03d}.yml"
        for plant in range(1, plants + 1)
        for circuit in range(1, circuits + 1)
    }
    files = dict(sample_files())
    model = files["config/plants/P001/C001.yml"]
    files[_POLICY] = _edited(files[_POLICY], edits)
    made = {path: _config(model, path) for path in wanted}
    others = {path: file for path, file in files.items() if not path.startswith("config/plants/")}
    make_world(state, {**others, **made})


def _config(model: File, path: str) -> File:
    plant, circuit = path.removesuffix(".yml").split("/")[-2:]
    return replace(_edited(model, {"P001": plant, "C001": circuit}), path=path)


def _edited(file: File, edits: Mapping[str, str]) -> File:
    data = file.data
    for before, after in edits.items():
        data = data.replace(before.encode(), after.encode())
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False)
    return replace(file, oid=blob.hexdigest(), data=data)


def act(world: World, deed: Callable[[], None]) -> tuple[Event, ...]:
    """Let people do something; return what that starts, without starting it."""
    for name, value in _SCRIPT.items():
        world.azure.put_setting(name, value)
    events: list[Event] = []
    world.hub.emit = events.append
    deed()
    world.hub.emit = world.runner.take
    return tuple(events)
