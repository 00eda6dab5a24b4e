"""A sandbox GitHub in this process, with every exchange compared with GitHub's description."""

import itertools
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from github import Auth, Github
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.sandbox.github.accounts import token_of
from bot.sandbox.github.actions.oidc import IdTokens
from bot.sandbox.github.actions.runner import Runner
from bot.sandbox.github.app import make_app
from bot.sandbox.github.hub import Hub
from bot.sandbox.github.seed import seed_repository
from bot.sandbox.listening import listen
from tests.sandbox.github.conformance import Conformance

FILES = {
    "README.md": ("100644", b"# Plants\n"),
    "config/plants/P001/C001.yml": ("100644", b'plant_id: "P001"\n'),
    "run.sh": ("100755", b"#!/bin/sh\n"),
}
WHO = ["-c", "user.name=ada", "-c", "user.email=ada@users.noreply.github.com"]


@dataclass
class Served:
    """A sandbox that answers at `url`."""

    hub: Hub
    url: str
    conformance: Conformance
    runner: Runner | None = None


@contextmanager
def _serve(state: Path, bot: list[str] | None) -> Iterator[Served]:
    hub, tokens = Hub(state), IdTokens(state)
    runner = Runner(hub, tokens, bot) if bot is not None else None
    if runner is not None:
        hub.emit = runner.take
    conformance = Conformance(make_app(hub, runner, tokens))
    config = uvicorn.Config(
        conformance,
        port=0,
        log_level="error",
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    listening = listen()
    hub.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield Served(hub, hub.url, conformance, runner)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
        if runner is not None:
            runner.close()
        hub.store.close()


@dataclass
class Desk:
    """What a test works with: one repository of a served sandbox, and its people."""

    served: Served
    folder: Path
    name: str
    stack: ExitStack
    places: Iterator[int] = field(default_factory=itertools.count)

    @property
    def url(self) -> str:
        return self.served.url

    def client(self, token: str, per_page: int = 100) -> Github:
        made = Github(
            auth=Auth.Token(token),
            base_url=f"{self.url}/api/v3",
            per_page=per_page,
            seconds_between_requests=0,
            seconds_between_writes=0,
            retry=None,
        )
        self.stack.callback(made.close)
        return made

    def repository(self, login: str = "ada", per_page: int = 100) -> Repository:
        return self.client(token_of(login), per_page).get_repo(self.name)

    def remote(self, token: str) -> str:
        return self.url.replace("http://", f"http://x-access-token:{token}@") + f"/{self.name}.git"

    def clone(self, token: str = "") -> Path:
        place = self.folder / f"clone-{next(self.places)}"
        git(self.folder, "clone", "-q", self.remote(token or token_of("ada")), str(place))
        return place

    def push_branch(self, branch: str, files: Mapping[str, str], token: str = "") -> str:
        """Commit `files` on top of `branch`, or of main, and push it; return the commit."""
        place = self.clone(token)
        known = git(place, "branch", "-r", "--list", f"origin/{branch}").strip()
        git(place, "checkout", "-q", "-B", branch, f"origin/{branch}" if known else "HEAD")
        for path, text in files.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text, encoding="utf-8")
        git(place, "add", "-A")
        git(place, "commit", "-q", "-m", f"Change {', '.join(files)}")
        git(place, "push", "-q", "origin", f"HEAD:refs/heads/{branch}")
        return git(place, "rev-parse", "HEAD").strip()

    def open_pull(self, branch: str = "feature", login: str = "ada") -> PullRequest:
        self.push_branch(branch, {f"{branch}.txt": "hello\n"})
        return self.repository(login).create_pull(
            base="main", head=branch, title=f"Add {branch}", body="Why: **because**."
        )

    def job_token(self, **permissions: str) -> str:
        """Return a token as a job with these permissions has it."""
        store = self.served.hub.store
        owner, _, name = self.name.partition("/")
        token = f"ghs_test_{next(self.places)}_{name}"
        scopes = {scope.replace("_", "-"): level for scope, level in permissions.items()}
        store.insert(
            "tokens",
            token=token,
            login="github-actions[bot]",
            repository=self.served.hub.repository(owner, name).id,
            permissions=str(scopes).replace("'", '"'),
        )
        return token

    def settings(self, **settings: object) -> None:
        owner, _, name = self.name.partition("/")
        hub = self.served.hub
        hub.change_settings(hub.repository(owner, name), settings)


def git(place: Path, *arguments: str) -> str:
    """Run git as somebody without configuration; raises when it fails."""
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": str(place),
    }
    done = subprocess.run(
        ["git", *WHO, *arguments],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


@pytest.fixture(name="git", scope="session")
def _git() -> Callable[..., str]:
    return git


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with _serve(tmp_path_factory.mktemp("github"), None) as served:
        yield served


@pytest.fixture(scope="session")
def names() -> Iterator[str]:
    return (f"plant/envs-{number}" for number in itertools.count())


@pytest.fixture
def desk(served: Served, names: Iterator[str], tmp_path: Path) -> Iterator[Desk]:
    """A fresh repository in a sandbox whose events start nothing."""
    name = next(names)
    before = len(served.conformance.problems)
    owner, _, short = name.partition("/")
    seed_repository(served.hub.state, owner, short, FILES)
    with ExitStack() as stack:
        yield Desk(served, tmp_path, name, stack)
    assert served.conformance.problems[before:] == []


@pytest.fixture
def start_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Start a sandbox of one's own, whose workflow jobs run the given command."""
    with ExitStack() as stack:

        def start(files: Mapping[str, tuple[str, bytes]], bot: list[str]) -> Desk:
            state = tmp_path / "state"
            seed_repository(state, "plant", "envs", {**FILES, **files})
            served = stack.enter_context(_serve(state, bot))
            return Desk(served, tmp_path, "plant/envs", stack)

        yield start
