"""The adapter against a sandbox GitHub in this process, with every REST call counted."""

import itertools
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.adapters.github import GitHubHosting, GitHubSettings
from bot.sandbox.github import conversation, merge, pulls, pushes
from bot.sandbox.github.accounts import Caller, add_account, token_of
from bot.sandbox.github.actions.oidc import IdTokens
from bot.sandbox.github.app import make_app
from bot.sandbox.github.hub import Hub, Repository
from bot.sandbox.github.seed import seed_repository
from bot.sandbox.listening import listen
from tests.adapters.github.scripted import SECONDARY_WAIT, Scripted, scripted_server

BOT = "envbot[bot]"
API = "/api/v3"
Hook = Callable[[], None]


@dataclass
class Recorder:
    """An ASGI application around the sandbox that notes each REST call, in order."""

    app: ASGIApp
    calls: list[str] = field(default_factory=list)
    before: dict[str, Hook] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            call = f"{scope['method']} {scope['path'].removeprefix(API)}"
            self.calls.append(call)
            hook = self.before.pop(call, None)
            if hook is not None:
                hook()
        await self.app(scope, receive, send)


@dataclass
class Served:
    """A sandbox that answers at `url`."""

    hub: Hub
    url: str
    recorder: Recorder


@contextmanager
def _serve(state: Path) -> Iterator[Served]:
    hub = Hub(state)
    recorder = Recorder(make_app(hub, None, IdTokens(state)))
    options = uvicorn.Config(
        recorder, log_level="error", lifespan="off", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(options)
    listening = listen()
    hub.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield Served(hub, hub.url, recorder)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
        hub.store.close()


@dataclass
class Desk:
    """One repository of a served sandbox, and the bot that looks at it."""

    served: Served
    repository: Repository
    hosting: GitHubHosting
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def hub(self) -> Hub:
        return self.served.hub

    def cost(self, act: Callable[[], object]) -> list[str]:
        """Return the REST calls that `act` makes, without the repository's own prefix."""
        calls = self.served.recorder.calls
        start = len(calls)
        act()
        prefix = f"/repos/{self.repository.full_name}"
        return [call.replace(prefix, "") for call in calls[start:]]

    def before(self, call: str, hook: Hook) -> None:
        """Run `hook` once, right before the sandbox sees the next `call` ("DELETE /issues/…")."""
        method, _, path = call.partition(" ")
        full = f"{method} /repos/{self.repository.full_name}{path}"
        self.served.recorder.before[full] = hook

    def commit(self, branch: str, *people: str, parent: str = "main") -> str:
        """Put a commit by each of `people` on a new branch; return the last one's id."""
        start = self.repository.git.text("rev-parse", f"refs/heads/{parent}")
        lines = [f"reset refs/heads/{branch}\nfrom {start}\n"]
        for number, person in enumerate(people):
            lines.append(
                f"commit refs/heads/{branch}\n"
                f"author {person} <{person}@users.noreply.github.com> 1767600000 +0000\n"
                f"committer {person} <{person}@users.noreply.github.com> 1767600000 +0000\n"
                f"data 3\nAdd\nM 100644 inline {branch}.txt\ndata {len(str(number))}\n{number}\n"
            )
        self.repository.git.run("fast-import", "--quiet", "--force", data="".join(lines).encode())
        return self.repository.git.text("rev-parse", f"refs/heads/{branch}")

    def push(self, branch: str, login: str, *people: str, parent: str = "main") -> str:
        """Push a commit by each of `people` as `login`, on top of `parent`, as a branch."""
        before = self.repository.git.refs("refs/heads/")
        sha = self.commit(branch, *people, parent=parent)
        pushes.follow(self.hub, self.repository, Caller(login), before)
        return sha

    def delete(self, branch: str, login: str) -> None:
        """Delete a branch as `login`."""
        before = self.repository.git.refs("refs/heads/")
        self.repository.git.delete_ref(f"refs/heads/{branch}")
        pushes.follow(self.hub, self.repository, Caller(login), before)

    def restore(self, branch: str, sha: str, login: str) -> None:
        """Make a branch that was deleted anew, where it was."""
        before = self.repository.git.refs("refs/heads/")
        self.repository.git.set_ref(f"refs/heads/{branch}", sha)
        pushes.follow(self.hub, self.repository, Caller(login), before)

    def reopen(self, number: int, login: str) -> None:
        pull = pulls.find_pull(self.hub, self.repository, number)
        pulls.reopen(self.hub, self.repository, Caller(login), pull)

    def open_pull(self, *people: str, author: str = "ada", draft: bool = False) -> int:
        """Open a pull request from a new branch with a commit by each of `people`."""
        branch = f"feature-{next(self.numbers)}"
        self.commit(branch, *(people or (author,)))
        new = pulls.NewPull(f"Add {branch}", "", branch, "main", draft)
        row = pulls.open_pull(self.hub, self.repository, Caller(author), new)
        return int(row["number"])

    def say(self, number: int, body: str, login: str = "ada") -> int:
        """Comment on an issue or pull request; return the comment's id."""
        row = conversation.add_comment(self.hub, self.repository, Caller(login), number, body)
        return int(row["id"])

    def comments(self, number: int) -> list[tuple[str, str]]:
        """Return author and body of each comment, oldest first."""
        rows = conversation.list_comments(self.hub, self.repository, number)
        return [(row["author"], row["body"]) for row in rows]

    def review(self, number: int, login: str, event: str = "APPROVE") -> None:
        asked = (event, "because", "")
        conversation.add_review(self.hub, self.repository, Caller(login), number, asked)

    def merge(self, number: int) -> str:
        self.hub.change_settings(self.repository, {"required_statuses": []})
        repository = self.hub.repository(self.repository.owner, self.repository.name)
        return merge.merge(self.hub, repository, Caller("grace"), number, merge.MergeRequest())

    def hosting_as(self, login: str, repository: str = "") -> GitHubHosting:
        """Return the adapter with the token of `login`; whoever asks for it closes it."""
        return hosting_at(
            f"{self.served.url}{API}", repository or self.repository.full_name, token_of(login)
        )


def hosting_at(url: str, repository: str, token: str) -> GitHubHosting:
    """Return the adapter without pauses between its calls."""
    settings = GitHubSettings(
        api_url=url,
        repository=repository,
        token=token,
        login=BOT,
        pause=0,
        pause_between_writes=0,
        backoff=0.001,
        longest_wait=2,
        secondary_rate_wait=SECONDARY_WAIT,
    )
    return GitHubHosting(settings)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with _serve(tmp_path_factory.mktemp("github")) as served:
        yield served


@pytest.fixture(scope="session")
def names() -> Iterator[str]:
    return (f"envs-{number}" for number in itertools.count())


@pytest.fixture
def desk(served: Served, names: Iterator[str]) -> Iterator[Desk]:
    """Return a fresh repository that the bot may write to, and the bot."""
    name = next(names)
    files: Mapping[str, tuple[str, bytes]] = {"README.md": ("100644", b"# Plants\n")}
    seed_repository(served.hub.state, "plant", name, files)
    repository = served.hub.repository("plant", name)
    add_account(served.hub.store, BOT, "Bot")
    token = f"ghs_{name}"
    grants = '{"contents": "write", "pull-requests": "write", "statuses": "write"}'
    served.hub.store.insert(
        "tokens", token=token, login=BOT, repository=repository.id, permissions=grants
    )
    hosting = hosting_at(f"{served.url}{API}", f"plant/{name}", token)
    yield Desk(served, repository, hosting)
    hosting.close()


@pytest.fixture
def closed_port() -> int:
    """Return a port of this machine at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture
def script() -> Iterator[Scripted]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def scripted_hosting(script: Scripted) -> Iterator[GitHubHosting]:
    """Return the adapter in front of a server that answers what the test wrote down."""
    with closing(hosting_at(script.url, "plant/envs", "ghs_secret")) as hosting:
        yield hosting
