"""A release with all that can go wrong on its way, and its rollback: played, shown, checked."""

import tempfile
from pathlib import Path

import requests

from bot.sandbox.demo import apply, release
from bot.sandbox.demo.blocked import open_undeclared_upgrade
from bot.sandbox.demo.bypass import push_past_approval
from bot.sandbox.demo.inspection import Inspector
from bot.sandbox.demo.narration import Narrator
from bot.sandbox.demo.rollback import roll_back
from bot.sandbox.demo.stage import Stage
from bot.sandbox.interrupt import await_interrupt
from bot.sandbox.world import World, running_world, sample_platform


def play(state: Path | None, *, serve: bool) -> None:
    """Play the story on `state`, or in a folder of its own that is gone afterwards.

    Raises:
        BotError: a step's outcome is not what it should be.
    """
    with tempfile.TemporaryDirectory(prefix="envbot-demo-") as temporary:
        place = state or Path(temporary) / "state"
        with running_world(place) as world:
            stage = _stage(world, Path(temporary))
            _play(stage)
            if serve:
                _serve(stage)


def _stage(world: World, home: Path) -> Stage:
    platform = sample_platform()
    return Stage(world, platform, home, Inspector(world, platform), Narrator())


def _play(stage: Stage) -> None:
    say = stage.say
    say.chapter(0, "A fleet in production")
    before = release.show_fleet(stage)
    say.chapter(1, "A pull request improves logging")
    proposed = release.open_logging_improvement(stage, "1.5.1", "improve-logging")
    release.check_reviewed(stage, proposed)
    say.chapter(2, "Evidence: a forged notebook, then an honest one")
    release.push_forged_evidence(stage, proposed)
    release.push_evidence(stage, proposed)
    say.chapter(3, "The registry, and every production model tested")
    release.promote(stage, proposed)
    release.repeat_tests(stage, proposed)
    say.chapter(4, "Approved, merged, applied, although a machine is lost and Azure fails")
    apply.approve(stage, proposed)
    merge = apply.merge_and_lose_the_runner(stage, proposed)
    apply.resume(stage, proposed, before)
    say.chapter(5, "git revert is the rollback")
    roll_back(stage, merge, before)
    say.chapter(6, "A push past every approval")
    push_past_approval(stage, "1.5.1")
    say.chapter(7, "A breaking change that calls itself a patch")
    open_undeclared_upgrade(stage, "1.5.2")
    _finish(stage)


def _finish(stage: Stage) -> None:
    stage.say.chapter(8, "The fleet at the end")
    stage.tell_envbot("status")
    unknown = stage.control.unknown()
    stage.say.check("every call to Azure was one the sandbox knows", holds=not unknown)
    url = f"{stage.world.github.url}/sandbox/unknown-calls"
    count = requests.get(url, timeout=10).json()["count"]
    stage.say.check("every call to GitHub was one the sandbox knows", holds=count == 0)
    stage.say.end()


def _serve(stage: Stage) -> None:
    """Leave a pull request that waits for `/promote registry`, and the servers up."""
    proposed = release.open_logging_improvement(stage, "1.5.3", "improve-logging-again")
    release.push_evidence(stage, proposed)
    stage.say.text(f"\nRead on and type as anybody:  {stage.world.page(proposed.number)}")
    stage.say.text("Comment /promote registry as marie and watch. Ctrl-C ends both servers.")
    await_interrupt()
