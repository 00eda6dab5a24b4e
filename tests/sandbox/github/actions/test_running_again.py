"""What failed runs again with all that needed it, and what succeeded does not."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.sandbox.github.accounts import Caller
from bot.sandbox.github.actions.oidc import IdTokens
from bot.sandbox.github.actions.records import list_runs
from bot.sandbox.github.actions.runner import Runner
from bot.sandbox.github.hub import Event, Hub
from bot.sandbox.github.seed import seed_repository

# Stands for envbot: writes its job's name down; the job `once` fails the first time.
BOT = """
import pathlib, sys
seen = pathlib.Path(sys.argv[1])
before = seen.read_text() if seen.exists() else ""
seen.write_text(before + sys.argv[-1] + " ")
sys.exit("no" if sys.argv[-1] == "once" and "once" not in before else 0)
"""
JOB = """
  {name}:
    runs-on: ubuntu-24.04
    permissions: {{}}
    {more}
    steps: [{{id: envbot, run: envbot event --job {name}}}]"""
PATIENCE_SECONDS = 60


CHAIN = {"good": "", "once": "needs: good", "after": "needs: once\n    if: always()"}
ONE_AT_A_TIME = {"good": "concurrency: {group: good}"}


def workflow(more: Mapping[str, str]) -> bytes:
    jobs = "".join(JOB.format(name=name, more=text) for name, text in more.items())
    return f"name: all\non: {{push: {{branches: [main]}}}}\njobs:{jobs}\n".encode()


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    """Return where the bot writes down the jobs that it was."""
    return tmp_path / "seen"


@contextmanager
def running(tmp_path: Path, seen: Path, jobs: Mapping[str, str]) -> Iterator[tuple[Runner, Hub]]:
    """Run a repository with one workflow of these jobs."""
    state = tmp_path / "state"
    seed_repository(
        state, "acme", "fleet", {".github/workflows/all.yml": ("100644", workflow(jobs))}
    )
    (tmp_path / "bot.py").write_text(BOT, encoding="utf-8")
    hub = Hub(state)
    bot = [sys.executable, str(tmp_path / "bot.py"), str(seen)]
    runner = Runner(hub, IdTokens(hub.state), bot, at_once=1)
    try:
        yield runner, hub
    finally:
        runner.close()
        hub.store.close()


def pushed(hub: Hub) -> Event:
    """Return the event of a push to main."""
    repository = hub.repository("acme", "fleet")
    sha = repository.git.find("main") or ""
    moved = {"before": sha, "after": sha}
    return Event("push", "", repository, Caller("ada"), repository.default_ref, sha, moved)


def test_a_failed_job_runs_again_and_so_does_what_needed_it(tmp_path: Path, seen: Path) -> None:
    with running(tmp_path, seen, CHAIN) as (runner, hub):
        runner.take(pushed(hub))
        assert runner.await_quiet(PATIENCE_SECONDS)
        first = seen.read_text().split()

        again = runner.run_again()
        assert runner.await_quiet(PATIENCE_SECONDS)
        last = runner.run_again()
        ended = [run["conclusion"] for run in list_runs(hub)]

    assert (first, again, last) == (["good", "once", "after"], 1, 0)
    assert seen.read_text().split() == [*first, "once", "after"]
    assert ended == ["success"]


def test_what_gave_way_to_a_newer_run_does_not_run_again(tmp_path: Path, seen: Path) -> None:
    with running(tmp_path, seen, ONE_AT_A_TIME) as (runner, hub):
        for _ in range(3):
            runner.take(pushed(hub))
        assert runner.await_quiet(PATIENCE_SECONDS)
        ended = sorted(run["conclusion"] for run in list_runs(hub))
        again = runner.run_again()

    assert (ended, again) == (["cancelled", "success", "success"], 0)
