"""One running world and the people in it, for a test to direct."""

import atexit
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import requests

from bot.adapters.folder import read_folder
from bot.core.environment import candidate_version, env_digest
from bot.core.tree import File
from bot.sandbox.azureml.control import Control
from bot.sandbox.demo import material
from bot.sandbox.demo.people import Person
from bot.sandbox.github.accounts import ACTIONS_BOT, token_of
from bot.sandbox.process import start
from bot.sandbox.world import World, running_world, sample_files
from faults import zygote
from tests.conversations.talk import Talk

PATIENCE_SECONDS = 100
CIRCUITS = tuple(f"P00{plant}/C00{circuit}" for plant in (1, 2) for circuit in (1, 2, 3))
# One circuit lags behind, so that the comments have somebody to point at.
LAGGARD = "P002/C003"


@dataclass
class Scene:
    """A world, the folder its people work in, what ends with it, and the last run looked at."""

    world: World
    home: Path
    ending: ExitStack
    people: dict[str, Person] = field(default_factory=dict)
    runs_seen: int = 0

    @property
    def azure(self) -> Control:
        return Control(self.world.state)

    def person(self, login: str) -> Person:
        if login not in self.people:
            self.people[login] = Person(self.world, login, self.home)
            self.ending.callback(self.people[login].close)
        return self.people[login]

    def settle(self, failing: Collection[str] = ()) -> None:
        """Wait until the bot has answered; exactly the jobs named may have failed since before."""
        idle = self._get(f"idle?timeout={PATIENCE_SECONDS}")
        assert idle.status_code == requests.codes.ok, "the bot is still busy"
        runs = [run for run in self._get("runs").json() if run["id"] > self.runs_seen]
        failed = {
            job["job"]: f"{run['id']}/{job['job']}.log"
            for run in runs
            for job in run["jobs"]
            if job["conclusion"] == "failure"
        }
        logs = [(self.world.state / "runs" / log).read_text() for log in failed.values()]
        assert set(failed) == set(failing), "\n".join(logs)
        self.runs_seen = max([self.runs_seen, *(run["id"] for run in runs)])

    def log(self, job: str) -> str:
        """Return what the newest run of a job printed, its exit code last."""
        runs = self._get("runs").json()
        newest = max(run["id"] for run in runs if any(one["job"] == job for one in run["jobs"]))
        return self._get(f"runs/{newest}/{job}/log").text

    def propose(self, login: str, branch: str, title: str, files: Mapping[str, str]) -> Talk:
        """Let somebody open a pull request with these files, and the bot answer it."""
        author = self.person(login)
        author.begin_branch(branch)
        author.commit(title, files)
        return self.open(login, title)

    def open(self, login: str, title: str) -> Talk:
        """Let somebody open a pull request from the branch they are on, and the bot answer it."""
        pull = self.person(login).open_pull(title, "")
        self.settle()
        return Talk(self.person("marie").repository, pull.number)

    def improve_logging(self, login: str, version: str) -> Talk:
        """Open the harmless pull request: one logger, one version, one notebook to come."""
        author = self.person(login)
        author.begin_branch(f"improve-logging-{version}")
        files = {
            material.SCORE: material.better_logging(author.read(material.SCORE)),
            material.SPEC: material.at_version(author.read(material.SPEC), version, "Log more"),
        }
        author.commit("Improve logging of predictions", files)
        return self.open(login, "Improve logging of predictions")

    def push_evidence(self, login: str, version: str, notebook: str | None = None) -> None:
        """Let the author push the notebook of a version, a complete one unless it is given."""
        author = self.person(login)
        author.pull_branch()
        text = material.evidence_notebook("custom-tf-env", self.candidate(login, version))
        author.commit(
            f"Show scoring with {version}", {f"evidence/{version}.ipynb": notebook or text}
        )
        self.settle()

    def candidate(self, login: str, version: str) -> str:
        """Return the rc version of what somebody's branch holds, from its files alone."""
        files = read_folder(self.person(login).folder, "environment")
        return candidate_version(version, env_digest(files))

    def say(self, talk: Talk, login: str, text: str, failing: Collection[str] = ()) -> None:
        """Let somebody comment, and the bot answer."""
        self.person(login).comment(talk.number, text)
        self.settle(failing)

    def approve(self, talk: Talk, *logins: str) -> None:
        for login in logins:
            self.person(login).approve(talk.number)
            self.settle()

    def merge(self, talk: Talk, login: str, failing: Collection[str] = ()) -> str:
        commit = self.person(login).merge(talk.number)
        self.settle(failing)
        return commit

    def dispatch(self, workflow: str, failing: Collection[str] = ()) -> None:
        """Run a workflow by hand, on main."""
        api = f"{self.world.github.url}/api/v3/repos/{self.world.repository}"
        headers = {"Authorization": f"Bearer {token_of('lise')}"}
        url = f"{api}/actions/workflows/{workflow}/dispatches"
        requests.post(url, json={"ref": "main"}, headers=headers, timeout=10).raise_for_status()
        self.settle(failing)

    def administer(self, path: str, settings: Mapping[str, object]) -> None:
        """Post to the GitHub sandbox's own door."""
        sent = {"repository": self.world.repository, **settings}
        answer = requests.post(f"{self.world.github.url}/sandbox/{path}", json=sent, timeout=10)
        answer.raise_for_status()

    def lose_azure(self) -> None:
        """Let Azure go away."""
        self.world.azure.stop()

    def regain_azure(self) -> None:
        """Let Azure answer again, as it was and where it was."""
        port = str(urlsplit(self.world.azure.url).port)
        azure = start("bot.sandbox.azureml", self.world.state, "azureml.json", "--port", port)
        self.ending.callback(azure.stop)

    def calls(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the bot's calls to GitHub's REST API with an id above `after`, in order."""
        found = self._get(f"calls?after={after}").json()
        return [call for call in found if call["login"] == ACTIONS_BOT]

    def unknown_calls(self) -> list[str]:
        """Return the calls that one of the servers could not answer."""
        github = self._get("unknown-calls").json()["calls"]
        return [*self.azure.unknown(), *(f"{one['method']} {one['path']}" for one in github)]

    def _get(self, path: str) -> requests.Response:
        url = f"{self.world.github.url}/sandbox/{path}"
        return requests.get(url, timeout=PATIENCE_SECONDS + 10)


@cache
def forked_bot() -> tuple[str, ...]:
    """Return the command of a bot whose jobs are forks of one process: they import nothing."""
    folder = TemporaryDirectory(prefix="envbot-")
    parent = zygote.start(Path(folder.name))
    atexit.register(folder.cleanup)
    atexit.register(parent.stop)
    return parent.command


@contextmanager
def running_scene(folder: Path, files: Mapping[str, File] | None = None) -> Iterator[Scene]:
    """Run a world with six circuits of the sample fleet, unless other files are given."""
    (folder / "home").mkdir()
    running = running_world(folder / "state", files or small_fleet(), bot=forked_bot())
    with running as world, ExitStack() as ending:
        scene = Scene(world, folder / "home", ending)
        scene.azure.script(job_seconds=0.2)
        yield scene


def small_fleet() -> dict[str, File]:
    """Return the sample repository with two plants of three circuits, one of them behind."""
    plants, kept = "config/plants/", {f"config/plants/{circuit}.yml" for circuit in CIRCUITS}
    files = {
        path: file
        for path, file in sample_files().items()
        if not path.startswith(plants) or path in kept
    }
    path = f"{plants}{LAGGARD}.yml"
    behind = files[path].data.replace(b"1.5.0", b"1.4.9")
    return {**files, path: replace(files[path], data=behind)}
