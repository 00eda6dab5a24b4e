"""What failed runs again with all that needed it, and what succeeded does not."""

import sys
from collections.abc import Iterator
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


def workflow() -> bytes:
    more = {"good": "", "once": "needs: good", "after": "needs: once\n    if: always()"}
    jobs = "".join(JOB.format(name=name, more=text) for name, text in more.items())
    return f"name: all\non: {{push: {{branches: [main]}}}}\njobs:{jobs}\n".encode()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    seed_repository(
        tmp_path / "state", "acme", "fleet", {".github/workflows/all.yml": ("100644", workflow())}
    )
    hub = Hub(tmp_path / "state")
    yield hub
    hub.store.close()


def test_a_failed_job_runs_again_and_so_does_what_needed_it(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(BOT, encoding="utf-8")
    seen = tmp_path / "seen"
    bot = [sys.executable, str(tmp_path / "bot.py"), str(seen)]
    runner = Runner(hub, IdTokens(hub.state), bot, at_once=1)
    repository = hub.repository("acme", "fleet")
    sha = repository.git.find("main") or ""
    moved = {"before": sha, "after": sha}
    push = Event("push", "", repository, Caller("ada"), repository.default_ref, sha, moved)
    try:
        runner.take(push)
        assert runner.await_quiet(PATIENCE_SECONDS)
        first = seen.read_text().split()

        again = runner.run_again()
        assert runner.await_quiet(PATIENCE_SECONDS)
        last = runner.run_again()
    finally:
        runner.close()

    assert (first, again, last) == (["good", "once", "after"], 1, 0)
    assert seen.read_text().split() == [*first, "once", "after"]
    assert [run["conclusion"] for run in list_runs(hub)] == ["success"]
