"""Somebody with write access who goes round the bot, through GitHub's own doors."""

import time
from collections.abc import Collection, Mapping

from bot.sandbox.demo.lost_machine import lose_job
from tests.conversations.azure import Production
from tests.conversations.scene import Scene
from tests.conversations.talk import Talk

_PATIENCE_SECONDS = 30
_POLL_SECONDS = 0.05


def may_bypass(scene: Scene, *logins: str) -> None:
    """Let these people, and nobody else, push to main and merge what is not green."""
    scene.administer("settings", {"bypass_actors": logins})


def approve_at_once(scene: Scene, talk: Talk, *logins: str) -> None:
    """Let several people approve before the bot has answered any of them."""
    for login in logins:
        scene.person(login).approve(talk.number)
    scene.settle()


def push_to_main(
    scene: Scene, message: str, files: Mapping[str, str], failing: Collection[str] = ()
) -> None:
    """Commit to main itself, past every pull request, and wait for what that starts."""
    ada = scene.person("ada")
    ada.begin_branch("main")
    ada.commit(message, files)
    scene.settle(failing)


def read_main(scene: Scene, path: str) -> str:
    """Return a file of main as it is now."""
    ada = scene.person("ada")
    ada.begin_branch("main")
    return ada.read(path)


def write_ref(scene: Scene, ref: str, file: str, text: str) -> None:
    """Make a ref of the bot hold a document, as any writer can."""
    ada = scene.person("ada")
    ada.begin_branch("forged")
    (ada.folder / file).write_text(text, encoding="utf-8")
    ada._run("add", "--", file)
    ada._run("commit", "--quiet", "-m", "Forge")
    ada._run("push", "--quiet", "origin", f"HEAD:{ref}")


def delete_refs(scene: Scene, prefix: str) -> list[str]:
    """Delete every ref below `prefix`, as any writer can; return their names."""
    ada = scene.person("ada")
    found = [line.split("\t")[1] for line in ada._run("ls-remote", "origin").splitlines()]
    refs = [ref for ref in found if ref.startswith(prefix)]
    for ref in refs:
        ada._run("push", "--quiet", "origin", f":{ref}")
    return refs


def kill_apply_once_it_writes(scene: Scene) -> None:
    """End the apply job of this world, as a lost machine would, after its first write."""
    with Production(scene.world) as production:
        before, deadline = production.versions(), time.monotonic() + _PATIENCE_SECONDS
        while production.versions() == before:
            assert time.monotonic() < deadline, "nothing was written"
            time.sleep(_POLL_SECONDS)
    assert lose_job(scene.world, "apply"), "the apply ended before it could be killed"
