"""What every test may rely on: the checkout, and an environment without this machine in it."""

import os
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from bot.adapters.git.process import Git
from tests.browser import CHROMIUM

# A loaded machine is not a failing test.
settings.register_profile("envbot", deadline=None, print_blob=True)
settings.load_profile("envbot")

# The files that play whole releases, longest first.
LONGEST = ("test_fault_seeds", "test_faults", "conversations")

FOREIGN = ("ACTIONS_", "ARM_", "AZURE", "GIT_", "GITHUB_", "REQUESTS_CA_BUNDLE", "RUNNER_")
GIT_IDENTITY = {
    "GIT_AUTHOR_NAME": "Test Author",
    "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_COMMITTER_NAME": "Test Committer",
    "GIT_COMMITTER_EMAIL": "committer@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker starts it when the others are done."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    turns = (turn for turn, name in enumerate(LONGEST) if name in item.path.as_posix())
    return next(turns, len(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def environment_of_nobody() -> Iterator[None]:
    """Hide the credentials, endpoints and git settings of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(FOREIGN)]:
            patch.delenv(name)
        for name, value in GIT_IDENTITY.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the root of this checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Run the machine's browser, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the verbs of the git processes that envbot starts from now on."""
    verbs: list[str] = []
    run, stream = Git.run, Git.stream

    def counted(self: Git, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
        verbs.append(arguments[2] if arguments[0] == "-c" else arguments[0])
        return run(self, *arguments, **options)

    def streamed(self: Git, *arguments: str) -> Generator[bytes, None, None]:
        verbs.append(arguments[0])
        return stream(self, *arguments)

    monkeypatch.setattr(Git, "run", counted)
    monkeypatch.setattr(Git, "stream", streamed)
    return verbs
